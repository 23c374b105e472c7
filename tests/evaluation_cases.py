"""Small worlds of series, reports and vectors for the evaluation's tests."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData, ReportFacts, SeriesFacts, SpacedVectors
from retrieval.evaluation.item_vectors import group_vectors

SPACE = "shared"


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def spaced(vectors: NDArray[np.float32], owners: Sequence[int] | None = None, space: str = SPACE) -> SpacedVectors:
    """One vector an item, or those that `owners` gives it."""
    of = np.arange(len(vectors)) if owners is None else np.array(owners, np.int64)
    return SpacedVectors(group_vectors(vectors, of, int(of.max()) + 1), space)


def world(
    series: Sequence[tuple[str, str, str]],
    reports: Sequence[tuple[str, str, str]] = (),
    vectors: Mapping[Channel, SpacedVectors] | None = None,
) -> EvaluationData:
    """Series are (study, patient, label), reports (study, patient, text)."""
    return EvaluationData(
        series=SeriesFacts(
            ids=tuple(f"ser-{i}" for i in range(len(series))),
            studies=tuple(one[0] for one in series),
            patients=tuple(one[1] for one in series),
            labels=tuple((one[2],) for one in series),
        ),
        reports=ReportFacts(
            ids=tuple(f"rep-{i}" for i in range(len(reports))),
            studies=tuple(one[0] for one in reports),
            patients=tuple(one[1] for one in reports),
            texts=tuple(one[2] for one in reports),
        ),
        vectors=vectors or {},
        relevance_columns=("label",),
    )


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
