"""Hubs and antihubs: items that are among the nearest of many others, and items that are found by nobody.

N_k of an item is the number of other items that have it among their k nearest; its mean is k. In many dimensions its
distribution is skewed: few hubs fill most answers.

Source: Radovanović, Nanopoulos and Ivanović, "Hubs in space", JMLR 2010 (N_k and its skewness, equation 1).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hubness:
    """The distribution of N_k.

    Attributes:
        skewness: its third standardised moment; 0 where all are found equally often.
        largest: how often the largest hub is found.
        antihubs: share of items that nobody finds.
    """

    skewness: float
    largest: int
    antihubs: float


def hubness(hits: NDArray[np.int64], items: int) -> Hubness:
    """Of what `items` items found: `hits`, shape (queries, k), -1 for none.

    >>> found = hubness(np.array([[1], [0], [0], [0]]), 4)  # occurrences 3, 1, 0, 0
    >>> round(found.skewness, 6), found.largest, found.antihubs
    (0.816497, 3, 0.5)
    """
    occurrence = np.bincount(hits[hits >= 0], minlength=items).astype(np.float64)
    centred = occurrence - occurrence.mean()
    spread = occurrence.std()
    skewness = float((centred**3).mean() / spread**3) if spread > 0 else 0.0
    return Hubness(skewness, int(occurrence.max()), float((occurrence == 0).mean()))
