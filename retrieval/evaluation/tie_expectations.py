"""What a ranking is worth on average over the orders inside a tie: exact probabilities, no sampling.

A tie group of `size` items holds `relevant` relevant ones, in an order that nothing decides. A whole gallery in random
order is one such group, so these formulas also give every measure's value at chance.

Source: McSherry and Najork, "Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied
Scores", ECIR 2008.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_NEGLIGIBLE = 1e-18  # a probability below this changes no printed digit


def miss_probability(
    size: NDArray[np.int64], relevant: NDArray[np.int64], top: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The probability that none of `relevant` out of `size` items in random order stands among the first `top`.

    Hypergeometric: C(size - relevant, top) / C(size, top). The formula is symmetric in `relevant` and `top`, so the
    product runs over the smaller of the two. All three arrays have shape (n,), with 0 <= relevant, top <= size; the
    result is float64, shape (n,).

    >>> miss_probability(np.array([4]), np.array([1]), np.array([1])).tolist()  # three places out of four
    [0.75]
    """
    fewer, more = np.minimum(relevant, top), np.maximum(relevant, top)
    probability = np.ones(len(size))
    alive = np.flatnonzero(fewer > 0)
    step = 0
    while len(alive):
        left = size[alive] - step
        probability[alive] *= np.maximum(left - more[alive], 0) / left
        step += 1
        alive = alive[(fewer[alive] > step) & (probability[alive] > _NEGLIGIBLE)]
    return probability


@lru_cache(maxsize=65536)
def reciprocal_of_first(above: int, size: int, relevant: int, cutoff: int) -> float:
    """The expected 1 / rank of the first relevant item of a tie group below `above` items; ranks beyond `cutoff` count
    as 0.

    P(the first one stands at place j of the group) = miss(j - 1) - miss(j).

    >>> reciprocal_of_first(0, 2, 1, 10)  # rank 1 or rank 2
    0.75
    """
    last = min(size - relevant + 1, cutoff - above)
    if last <= 0:
        return 0.0
    places = np.arange(last, dtype=np.float64)
    miss = np.concatenate(([1.0], np.cumprod(np.maximum(size - relevant - places, 0.0) / (size - places))))
    return float(np.sum((miss[:-1] - miss[1:]) / (above + 1.0 + places)))
