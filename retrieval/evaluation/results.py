"""What an evaluation found: frozen types, no computation. `report.py` prints them."""

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.records import Channel
from retrieval.evaluation.intervals import Interval
from retrieval.evaluation.metrics import Measure
from retrieval.evaluation.task_names import Exclusion, Task
from retrieval.evaluation.tasks import SkippedTask


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, with all that it is read against.

    Attributes:
        value: over the queries that have a relevant item.
        interval: 95 %, by patient; None with fewer than two patients.
        chance: what a random order gets on the same queries, exactly.
        ceiling: what the best order gets.
        null: what random vectors got through the same code.
    """

    value: float
    interval: Interval | None
    chance: float
    ceiling: float
    null: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Of a number a query, over the queries."""

    min: int
    median: float
    max: int


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task on one channel.

    Attributes:
        queries: all that ask, those without a relevant item included.
        without_relevant: queries that no item of the gallery is relevant for; in no mean.
        without_vector: queries that could not be asked; they score as if nothing had come back.
        patients: clusters of the intervals, over the queries with a relevant item.
        pool: gallery items (series or reports), before exclusion.
        pool_studies: studies that they belong to.
        exclusion: who left the ranking; None where nobody does.
        excluded: gallery items left out, a query.
        relevant: relevant items, a query that has any.
        figures: by measure.
        notes: what a reader must know before believing a number.
    """

    task: Task
    channel: Channel
    queries: int
    without_relevant: int
    without_vector: int
    patients: int
    pool: int
    pool_studies: int
    exclusion: Exclusion | None
    excluded: Spread
    relevant: Spread
    figures: Mapping[Measure, Figure]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What was evaluated: enough to find it again."""

    snapshot: int
    encoder: str
    fingerprint: str
    code_version: str
    series: int
    reports: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All tasks, what was skipped and why, and the settings that decide every number."""

    subject: Subject | None  # None where the vectors come from arrays
    tasks: tuple[TaskResult, ...]
    skipped: tuple[SkippedTask, ...]
    configuration: Mapping[str, object]
