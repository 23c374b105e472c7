"""The median rank of the first relevant item, over queries and over the random order inside ties."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.intervals import Resamples
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
    returned = first.above < NOT_FOUND
    last = int((first.above + first.size)[returned].max(initial=0))
    queries = resamples.sums(np.ones(len(returned)))
    known: dict[int, NDArray[np.float64]] = {}

    def share(top: int) -> NDArray[np.float64]:
        if top not in known:
            known[top] = resamples.sums(hit_probability(first, top)) / queries
        return known[top]

    lower = _smallest(share, last, len(queries), 0.5 - _HALF)
    upper = _smallest(share, last, len(queries), 0.5 + _HALF)
    return (lower + upper) / 2.0


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
