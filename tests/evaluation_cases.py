"""Small worlds of series, reports and vectors for the evaluation's tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.item_vectors import ItemVectors, group_vectors
from retrieval.evaluation.items import Items, Values, joined

SPACE = "shared"


@dataclass(frozen=True)
class Spaced:
    """The vectors of a channel, and the space that they live in."""

    items: ItemVectors
    space: str


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def spaced(vectors: NDArray[np.float32], owners: Sequence[int] | None = None, space: str = SPACE) -> Spaced:
    """One vector an item, or those that `owners` gives it."""
    of = np.arange(len(vectors)) if owners is None else np.array(owners, np.int64)
    return Spaced(group_vectors(vectors, of, int(of.max()) + 1), space)


def world(
    series: Sequence[tuple[str, str, str]],
    reports: Sequence[tuple[str, str, str]] = (),
    vectors: Mapping[Channel, Spaced] | None = None,
) -> EvaluationData:
    """Series are (study, patient, label), reports (study, patient, text); the label is the region, all else is T1.

    A series knows the texts of its study, as the reader of collections tells it.
    """
    texts: dict[str, dict[str, None]] = {}
    for study, _, text in reports:
        texts.setdefault(study, {})[text] = None
    columns: dict[str, list[Values]] = {
        "study": [values(one[0]) for one in series],
        "patient": [values(one[1]) for one in series],
        "region": [values(one[2]) for one in series],
        "sequence": [("T1",)] * len(series),
        "report": [tuple(texts.get(one[0], ())) if one[0] else () for one in series],
    }
    columns["region+sequence"] = joined([columns["region"], columns["sequence"]])
    told: dict[str, list[Values]] = {
        "study": [values(one[0]) for one in reports],
        "patient": [values(one[1]) for one in reports],
        "report": [values(one[2]) for one in reports],
        "region": [tuple(dict.fromkeys(r for s, _, r in series if s and s == one[0] and r)) for one in reports],
        "sequence": [("T1",)] * len(reports),
    }
    told["region+sequence"] = joined([told["region"], told["sequence"]])
    given = dict(vectors or {})
    spoken = given.pop(Channel.REPORT, None)
    ids = tuple(f"ser-{place}" for place in range(len(series)))
    names = tuple(f"rep-{place}" for place in range(len(reports)))
    return EvaluationData(
        scans={
            channel: Items("series", ids, columns, with_all(one.items, len(ids)), one.space)
            for channel, one in given.items()
        },
        texts=Items("report", names, told, with_all(spoken.items, len(names)), spoken.space) if spoken else None,
    )


def values(value: str) -> Values:
    return (value,) if value else ()


def with_all(vectors: ItemVectors, items: int) -> ItemVectors:
    """Items past the last owner have no vectors."""
    missing = np.full(items + 1 - len(vectors.offsets), vectors.offsets[-1])
    return ItemVectors(vectors.vectors, np.concatenate([vectors.offsets, missing]).astype(np.int64))


def archive(patients: int, seed: int, *, skill: float, dimension: int = 32) -> EvaluationData:
    """Patients with 1 or 2 studies of 1 to 3 series and a report of 1 to 4 passages; `skill` 0 is random vectors."""
    generator = np.random.default_rng(seed)
    series, reports, scans, passages, owners = [], [], [], [], []
    for patient in range(patients):
        for study in range(generator.integers(1, 3)):
            name, truth = f"stu-{patient}-{study}", generator.standard_normal(dimension)
            for _ in range(generator.integers(1, 4)):
                series.append((name, f"pat-{patient}", str(generator.integers(4))))
                scans.append(skill * truth + generator.standard_normal(dimension))
            for _ in range(generator.integers(1, 5)):
                owners.append(len(reports))
                passages.append(skill * truth + generator.standard_normal(dimension))
            reports.append((name, f"pat-{patient}", f"text of {name}"))
    image = spaced(unit(np.array(scans)))
    return world(
        series,
        reports,
        {Channel.IMAGE: image, Channel.CARD: image, Channel.REPORT: spaced(unit(np.array(passages)), owners)},
    )
