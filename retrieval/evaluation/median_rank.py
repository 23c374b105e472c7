"""The median rank of the first relevant item, over queries and over the random order inside ties."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.intervals import Interval, Resamples
from retrieval.evaluation.mean_interval import patients_of, spread_interval
from retrieval.evaluation.metrics import hit_probability
from retrieval.evaluation.rank_lists import NOT_FOUND, FirstRelevant

_HALF = 1e-12  # sums of probabilities that should be one half differ from it by less


def median_rank(first: FirstRelevant, resamples: Resamples) -> NDArray[np.float64]:
    """The median rank in each resample, float64, shape (draws,); infinite where half of the queries returned nothing
    relevant.

    The rank of a tied query is not a number but a distribution, P(rank <= t) = hit@t; the median is taken of the
    mixture of all of them. So a ranking that ties everything scores what chance scores. As usual, an even number of
    ranks has the mean of the two middle ones: for ranks without ties this is `numpy.median`.
    """
    last = _last_rank(first)
    queries = resamples.sums(np.ones(len(first.above)))
    known: dict[int, NDArray[np.float64]] = {}

    def share(top: int) -> NDArray[np.float64]:
        if top not in known:
            known[top] = resamples.sums(hit_probability(first, top)) / queries
        return known[top]

    lower = _smallest(share, last, len(queries), 0.5 - _HALF)
    upper = _smallest(share, last, len(queries), 0.5 + _HALF)
    return (lower + upper) / 2.0


def median_rank_interval(first: FirstRelevant, clusters: NDArray[np.int64]) -> Interval | None:
    """The 95 % interval of the median rank; None where all queries are of one patient, or none is.

    A rank could be the median if the interval of the share of queries that find something within it holds one half; so
    it begins at 1 at the least, and is unbounded above where too few patients found anything: 5 patients cannot bound a
    median, whatever they score.

    Args:
        first: the ranks, of queries that have a relevant item.
        clusters: the patient of each query, shape (queries,).

    Source: Woodruff, "Confidence Intervals for Medians and Other Position Measures", JASA 1952.
    """
    patients = patients_of(clusters)
    if len(patients.sizes) < 2:
        return None
    known: dict[int, Interval] = {}

    def share(top: int) -> Interval:
        if top not in known:
            known[top] = spread_interval(hit_probability(first, top), patients) or Interval(0.0, 1.0)
        return known[top]

    last = _last_rank(first)
    low = _first_where(lambda top: share(top).high >= 0.5, last)
    return Interval(low, _first_where(lambda top: share(top).low > 0.5, last))


def _last_rank(first: FirstRelevant) -> int:
    """The last rank that a first relevant item can have."""
    return int((first.above + first.size)[first.above < NOT_FOUND].max(initial=0))


def _first_where(enough: Callable[[int], bool], last: int) -> float:
    """The smallest rank from 1 to `last` for which `enough` holds, as it does for all above; infinite if for none."""
    low, high = 0, last + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high) if high <= last else math.inf


def _smallest(share: Callable[[int], NDArray[np.float64]], last: int, draws: int, wanted: float) -> NDArray[np.float64]:
    """For each draw the smallest rank within which a share `wanted` of the queries has a relevant item."""
    low = np.zeros(draws, np.int64)  # too few, always
    high = np.full(draws, last + 1, np.int64)  # enough, or nothing is
    while (undecided := np.flatnonzero(high - low > 1)).size:
        middle = (low + high) // 2
        for top in np.unique(middle[undecided]):
            here = undecided[middle[undecided] == top]
            enough = share(int(top))[here] >= wanted
            high[here[enough]] = top
            low[here[~enough]] = top
    return np.where(high > last, np.inf, high.astype(np.float64))
