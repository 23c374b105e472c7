"""Queries against a gallery by the harness of `mrseek eval`, each measure with its interval and chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.measured import Measured, measured_mean
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.ranking_task import RankingTask, score_task
from retrieval.evaluation.relevance import Keys, shared_keys
from retrieval.evaluation.score_sources import VectorScores

_BLOCK_BYTES = 1 << 26


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What came of a ranking.

    Attributes:
        found: by measure, over the queries with anything relevant.
        pool: median number of items that a query ranks.
    """

    found: dict[str, Measured]
    pool: int


def ranked(
    queries: ItemVectors,
    gallery: ItemVectors,
    asking: Sequence[Keys],
    there: Sequence[Keys],
    clusters: NDArray[np.int64],
    measures: Sequence[str],
    left_out: Sequence[Keys] | None = None,
) -> Ranked:
    """Measures of all queries.

    Args:
        queries: those who ask, one or several vectors each.
        gallery: those who are ranked.
        asking: keys of each query; who shares one is relevant.
        there: keys of each gallery item.
        clusters: int64 (queries,): drawn together by the bootstrap.
        measures: such as "hit@10".
        left_out: keys of each query; who shares one leaves its ranking.
    """
    nobody = [frozenset[str]()] * len(asking)
    excluded = shared_keys(left_out or nobody, there)
    task = RankingTask(VectorScores(queries, gallery), shared_keys(asking, there), excluded, clusters)
    scores = score_task(task, [parse_measure(one) for one in measures], block_bytes=_BLOCK_BYTES)
    answerable = scores.relevant > 0
    found = {
        name: measured_mean(
            scores.reached.values[answerable, column],
            clusters[answerable],
            float(scores.chance.values[answerable, column].mean()),
        )
        for column, name in enumerate(measures)
    }
    return Ranked(found, int(np.median(scores.pool)))
