"""Slow, obvious retrieval scoring: sort the whole gallery, walk down the list. Tests compare the fast code with it."""

from collections.abc import Callable, Iterable
from itertools import pairwise, permutations
from math import log2

import numpy as np

from retrieval.evaluation.metrics import Measure, MeasureKind
from retrieval.evaluation.rank_lists import RankLists, rank_lists


def of_order(measure: Measure, order: list[int], gains: dict[int, float]) -> float:
    """The measure of one ranking, by its textbook definition; `order` lists items best first."""
    k = measure.cutoff or len(order)
    found = [item in gains for item in order]
    ranks = [place + 1 for place, hit in enumerate(found) if hit]
    first = ranks[0] if ranks else None
    match measure.kind:
        case MeasureKind.HIT:
            return float(any(found[:k]))
        case MeasureKind.RECALL:
            return sum(found[:k]) / len(gains)
        case MeasureKind.PRECISION:
            return sum(found[:k]) / k
        case MeasureKind.R_PRECISION:
            return sum(found[: len(gains)]) / len(gains)
        case MeasureKind.MRR:
            return 1 / first if first and first <= k else 0.0
        case MeasureKind.MAP:
            return sum(sum(found[:rank]) / rank for rank in ranks) / len(gains)
        case MeasureKind.NDCG:
            dcg = sum(gains.get(item, 0.0) / log2(place + 2) for place, item in enumerate(order[:k]))
            best = sorted(gains.values(), reverse=True)[:k]
            return dcg / sum(gain / log2(place + 2) for place, gain in enumerate(best))
        case MeasureKind.MEAN_RANK | MeasureKind.MEDIAN_RANK:
            return float(first if first else len(order) + 1)


def over_ties(value: Callable[[list[int]], float], scores: list[float]) -> float:
    """The mean of `value` over every order of the items that sorts the scores."""
    orders = [p for p in permutations(range(len(scores))) if _falls(scores[i] for i in p)]
    return float(np.mean([value(list(order)) for order in orders]))


def _falls(scores: Iterable[float]) -> bool:
    row = list(scores)
    return all(a >= b for a, b in pairwise(row))


def lists_of(
    scores: list[list[float]], relevant: list[list[int]], excluded: list[list[int]] | None = None
) -> RankLists:
    """Rank lists of score rows that are written out by hand."""
    left_out = excluded or [[] for _ in scores]
    return rank_lists(
        np.array(scores, np.float32),
        [np.array(items, np.int64) for items in relevant],
        [np.array(items, np.int64) for items in left_out],
    )
