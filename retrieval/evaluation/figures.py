"""From scores of queries to numbers: each with its interval, chance, ceiling and what the baselines got."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.baselines import Baseline
from retrieval.evaluation.intervals import Interval, everyone_once
from retrieval.evaluation.mean_interval import mean_interval
from retrieval.evaluation.median_rank import median_rank, median_rank_interval
from retrieval.evaluation.metrics import Measure, MeasureKind
from retrieval.evaluation.ranking_task import QueryScores, TaskScores
from retrieval.evaluation.results import Figure


def figures_of(
    scores: TaskScores,
    clusters: NDArray[np.int64],
    measures: Sequence[Measure],
    baselines: Mapping[Baseline, TaskScores] | None = None,
) -> dict[Measure, Figure]:
    """One figure a measure, over the queries that have a relevant item.

    Args:
        scores: of the queries.
        clusters: int64, shape (queries,): the patient of each.
        measures: the columns of the scores.
        baselines: what knows nothing got.
    """
    scored = scores.relevant > 0
    asked, patients = scores.where(scored), clusters[scored]
    worst_rank = float(asked.pool.max(initial=0)) + 1.0
    return {
        measure: Figure(
            value=_summary(asked.reached, column, measure),
            interval=_interval(asked.reached, column, measure, patients, worst_rank=worst_rank),
            chance=_summary(asked.chance, column, measure),
            ceiling=_summary(asked.ceiling, column, measure),
            baselines={name: _of_baseline(one, column, measure) for name, one in (baselines or {}).items()},
        )
        for column, measure in enumerate(measures)
    }


def _summary(standing: QueryScores, column: int, measure: Measure) -> float:
    """The median of the ranks, or the mean of the queries' values; NaN over no query."""
    if not len(standing.values):
        return float("nan")
    if measure.kind is MeasureKind.MEDIAN_RANK:
        return float(median_rank(standing.first, everyone_once(np.zeros(len(standing.values), np.int64)))[0])
    return float(standing.values[:, column].mean())


def _interval(
    standing: QueryScores, column: int, measure: Measure, patients: NDArray[np.int64], *, worst_rank: float
) -> Interval | None:
    if measure.kind is MeasureKind.MEDIAN_RANK:
        return median_rank_interval(standing.first, patients)
    values = standing.values[:, column]
    if measure.is_rank:
        return mean_interval(values, patients, least=1.0, most=worst_rank)
    return mean_interval(np.clip(values, 0.0, 1.0), patients)  # sums of probabilities may end at 1 + 1e-16


def _of_baseline(scores: TaskScores, column: int, measure: Measure) -> float:
    return _summary(scores.reached.where(scores.relevant > 0), column, measure)
