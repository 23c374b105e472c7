"""Text to scan over a few dozen series: what the first five hits of short queries are worth.

Precision is taken at 5, or at the number of relevant series where that is smaller, so that 1 can always be reached. A
random order gets the share of relevant series on average. Intervals draw queries anew: the gallery stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.measured import Measured, measured_mean, measured_ratio
from encoders.contract import Vectors

_CUTOFF = 5


@dataclass(frozen=True, slots=True)
class QueryPrecision:
    """Precision of the image channel and of the card channel on the same queries, and the one over the other."""

    image: Measured
    card: Measured
    ratio: Measured


def precisions(scores: Vectors, relevant: NDArray[np.bool_], ids: Sequence[str]) -> NDArray[np.float64]:
    """The precision of each query, float64 (queries,); ties fall by series id.

    Args:
        scores: (queries, series).
        relevant: (queries, series), at least one a query.
        ids: of the series.

    >>> scores = np.array([[0.9, 0.8, 0.7]], np.float32)
    >>> precisions(scores, np.array([[True, False, True]]), ["a", "b", "c"]).tolist()
    [0.5]
    """
    by_id = np.argsort(np.array(ids), kind="stable")
    values = []
    for row, right in zip(scores[:, by_id], relevant[:, by_id], strict=True):
        order = np.argsort(-row, kind="stable")
        values.append(right[order[: min(_CUTOFF, int(right.sum()))]].mean())
    return np.array(values, np.float64)


def query_precision(
    queries: Vectors, images: Vectors, cards: Vectors, relevant: NDArray[np.bool_], ids: Sequence[str]
) -> QueryPrecision:
    """Both channels on queries with at least one relevant series.

    Args:
        queries: unit rows (queries, dimension).
        images, cards: unit rows (series, dimension) of the same space.
        relevant: (queries, series).
        ids: of the series.
    """
    asked = relevant.any(axis=1)
    relevant = relevant[asked]
    image, card = (precisions(queries[asked] @ rows.T, relevant, ids) for rows in (images, cards))
    each, chance = np.arange(len(relevant)), float(relevant.mean())
    return QueryPrecision(
        measured_mean(image, each, chance), measured_mean(card, each, chance), measured_ratio(image, card, each)
    )
