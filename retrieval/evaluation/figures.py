"""From scores of queries to numbers: each with its interval, chance, ceiling and what the baselines got."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.baselines import Baseline
from retrieval.evaluation.intervals import Resamples, draw_patients, everyone_once, interval_of
from retrieval.evaluation.median_rank import median_rank
from retrieval.evaluation.metrics import Measure, MeasureKind
from retrieval.evaluation.ranking_task import QueryScores, TaskScores
from retrieval.evaluation.results import Figure


def figures_of(
    scores: TaskScores,
    clusters: NDArray[np.int64],
    measures: Sequence[Measure],
    *,
    draws: int,
    generator: np.random.Generator,
    baselines: Mapping[Baseline, TaskScores] | None = None,
) -> dict[Measure, Figure]:
    """One figure a measure, over the queries that have a relevant item.

    Args:
        scores: of the queries.
        clusters: int64, shape (queries,): the patient of each.
        measures: the columns of the scores.
        draws: resamples of the patients.
        generator: of these resamples.
        baselines: what knows nothing got.
    """
    scored = scores.relevant > 0
    asked = scores.where(scored)
    resamples = draw_patients(clusters[scored], draws, generator)
    sample = everyone_once(clusters[scored])
    several = resamples.counts.shape[1] > 1
    return {
        measure: Figure(
            value=_point(asked.reached, column, measure, sample),
            interval=interval_of(summary(asked.reached, column, measure, resamples)) if several else None,
            chance=_point(asked.chance, column, measure, sample),
            ceiling=_point(asked.ceiling, column, measure, sample),
            baselines={name: _of_baseline(one, column, measure) for name, one in (baselines or {}).items()},
        )
        for column, measure in enumerate(measures)
    }


def summary(standing: QueryScores, column: int, measure: Measure, resamples: Resamples) -> NDArray[np.float64]:
    """One number a draw, shape (draws,): the median of the ranks, or the mean of the queries' values."""
    if measure.kind is MeasureKind.MEDIAN_RANK:
        return median_rank(standing.first, resamples)
    return resamples.means(standing.values[:, column])


def _point(standing: QueryScores, column: int, measure: Measure, sample: Resamples) -> float:
    return float(summary(standing, column, measure, sample)[0]) if len(standing.values) else float("nan")


def _of_baseline(scores: TaskScores, column: int, measure: Measure) -> float:
    known = scores.reached.where(scores.relevant > 0)
    return _point(known, column, measure, everyone_once(np.arange(len(known.values))))
