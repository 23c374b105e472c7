"""Pairs of vectors on two sides that are nearly the same, found block by block: never all pairs in one piece."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.progress import Listener, silent

# 2048 x 4096 float32 scores are 32 MiB, and the product is large enough for BLAS to be at its best.
_ONE_ROWS, _OTHER_ROWS = 2048, 4096


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """Each vector's nearest on the other side.

    Attributes:
        best: for both sides, float32: the highest cosine of each vector with any vector of the other side; -1 where
            there is none.
        partner: int64, shape of the first side: which vector of the other side that was; -1 for none.
        pairs: number of pairs at or above the threshold.
    """

    best: tuple[NDArray[np.float32], NDArray[np.float32]]
    partner: NDArray[np.int64]
    pairs: int


def near_pairs(
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    threshold: float,
    *,
    step: str = "",
    listener: Listener = silent,
) -> NearPairs:
    """The nearest pairs of unit vectors of shapes (n, d) and (m, d), and how many reach the threshold.

    Cosines are float32 products, so a pair within 1e-6 of the threshold may fall on either side of it.
    """
    best = (np.full(len(one), -1, np.float32), np.full(len(other), -1, np.float32))
    partner, pairs = np.full(len(one), -1, np.int64), 0
    for start in range(0, len(one), _ONE_ROWS):
        rows = slice(start, min(start + _ONE_ROWS, len(one)))
        left = np.array(one[rows])  # a copy: a mapped file is not aligned
        for column in range(0, len(other), _OTHER_ROWS):
            columns = slice(column, min(column + _OTHER_ROWS, len(other)))
            scores = left @ np.array(other[columns]).T
            nearest = scores.argmax(axis=1)
            height = scores[np.arange(len(left)), nearest]
            better = height > best[0][rows]
            partner[rows][better] = nearest[better] + column
            np.maximum(best[0][rows], height, out=best[0][rows])
            np.maximum(best[1][columns], scores.max(axis=0), out=best[1][columns])
            if height.max(initial=-1) >= threshold:
                pairs += int(np.count_nonzero(scores >= threshold))
        listener(step, rows.stop, len(one))
    return NearPairs(best, partner, pairs)


def equal_rows(sides: Sequence[NDArray[np.float32]]) -> list[NDArray[np.int64]]:
    """A number for each vector of each side, int64: the same for vectors that are equal in every value."""
    numbers: dict[bytes, int] = {}
    found = []
    for vectors in sides:
        rows = np.empty(len(vectors), np.int64)
        for start in range(0, len(vectors), _OTHER_ROWS):
            block = np.array(vectors[start : start + _OTHER_ROWS]) + np.float32(0)  # -0 equals 0
            for place, row in enumerate(block, start):
                rows[place] = numbers.setdefault(_digest(row), len(numbers))
        found.append(rows)
    return found


def _digest(row: NDArray[np.float32]) -> bytes:
    from hashlib import blake2b

    return blake2b(row.tobytes(), digest_size=16).digest()
