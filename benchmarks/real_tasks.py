"""The naming tasks on real series, and the ways in which a model may name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import class_names as names
from benchmarks.class_prompts import class_vectors, region_prompts, sequence_prompts
from benchmarks.linear_probe import probe_scores
from benchmarks.naming import Naming, name_scores
from benchmarks.real_split import RealSeries
from encoders.contract import TextTower, Vectors
from training.pool_format import SampleLabels


@dataclass(frozen=True, slots=True)
class NamingTask:
    """What is to be named, and how the truth is read."""

    name: str
    classes: tuple[str, ...]
    prompts: Callable[[str], tuple[str, ...]]
    of_real: Callable[[dict[str, str]], str]
    of_phantom: Callable[[SampleLabels], str]

    def truth(self, series: Sequence[RealSeries]) -> list[str]:
        """The right name of each real series; "" where none is asked."""
        return [self.of_real(one.manifest) for one in series]


TASKS = (
    NamingTask(
        "region",
        names.REGION_NAMES,
        region_prompts,
        names.region_of_real,
        lambda label: names.region_of_phantom(label.region),
    ),
    NamingTask(
        "sequence",
        names.SEQUENCE_NAMES,
        sequence_prompts,
        names.sequence_of_real,
        lambda label: names.sequence_of_phantom(label.sequence, label.contrast),
    ),
    NamingTask(
        "sequence with T1c",
        names.SEQUENCE_NAMES_T1C,
        sequence_prompts,
        lambda row: names.sequence_of_real(row, agent_apart=True),
        lambda label: names.sequence_of_phantom(label.sequence, label.contrast, agent_apart=True),
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Vectors with labels that a probe learns from; `source` says which they are."""

    source: str
    vectors: Vectors
    labels: Callable[[NamingTask], list[str]]


def zero_shot(task: NamingTask, vectors: Vectors, text: TextTower) -> NDArray[np.float64]:
    """Cosines with the classes' prompts, float64 (series, classes)."""
    classes = class_vectors(task.classes, task.prompts, text.encode)
    scores: NDArray[np.float64] = vectors.astype(np.float64) @ classes.T.astype(np.float64)
    return scores


def name_by_probe(task: NamingTask, vectors: Vectors, lessons: Lessons) -> NDArray[np.float64]:
    """Scores of a linear probe that learnt from lessons, float64 (series, classes)."""
    return probe_scores(lessons.vectors, lessons.labels(task), vectors, task.classes)


def judged(task: NamingTask, scores: NDArray[np.float64], series: Sequence[RealSeries]) -> Naming:
    """Scores of real series against the manifest."""
    return name_scores(scores, task.truth(series), task.classes, [one.patient for one in series])
