"""Pairs of vectors on two sides that are nearly the same, found block by block: never all pairs in one piece.

Near pairs are near under every projection too, so most pairs are ruled out by 64 coordinates instead of 512: with unit
vectors, x.y >= t means |x - y|^2 <= 2 (1 - t), and a projection P onto orthonormal directions never lengthens
|P x - P y|. Nothing near is lost, whatever the directions; the principal ones rule out most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.progress import Listener, silent

# 2048 x 4096 float32 scores are 32 MiB, and the product is large enough for BLAS to be at its best.
_ONE_ROWS, _OTHER_ROWS = 2048, 4096
# 100,000 x 100,000 x 512, half a split of 200,000 series, by 64 coordinates first: an eighth of the products.
_COORDINATES = 64
_SAMPLE = 2048
# Unit within 1e-5 and float32 products: what rounding may move a squared distance by, with room.
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """Each vector's nearest on the other side, of those at or above the threshold.

    Attributes:
        best: for both sides, float32: the highest cosine of each vector with any vector of the other side; -1 where
            none reaches the threshold.
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
    """The pairs of unit vectors of shapes (n, d) and (m, d) whose cosine reaches the threshold.

    Cosines are float32 products, so a pair within 1e-6 of the threshold may fall on either side of it.
    """
    best = (np.full(len(one), -1, np.float32), np.full(len(other), -1, np.float32))
    partner, pairs = np.full(len(one), -1, np.int64), 0
    axes = _principal_axes(one, other)
    seen = [_halves(side, axes) for side in (one, other)]
    nearest_half = np.float32(threshold - 1 - _ROUNDING)
    for start in range(0, len(one), _ONE_ROWS):
        for column in range(0, len(other), _OTHER_ROWS):
            left, right = seen[0][start : start + _ONE_ROWS], seen[1][column : column + _OTHER_ROWS]
            maybe = _minus_half_distances(left, right) >= nearest_half
            if not maybe.any():
                continue
            rows, columns = np.flatnonzero(maybe.any(axis=1)) + start, np.flatnonzero(maybe.any(axis=0)) + column
            scores = one[rows] @ other[columns].T
            scores[scores < threshold] = -1
            pairs += int(np.count_nonzero(scores > -1))
            height = scores.max(axis=1)
            better = height > best[0][rows]
            partner[rows[better]] = columns[scores.argmax(axis=1)[better]]
            best[0][rows] = np.maximum(best[0][rows], height)
            best[1][columns] = np.maximum(best[1][columns], scores.max(axis=0))
        listener(step, min(start + _ONE_ROWS, len(one)), len(one))
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
                rows[place] = numbers.setdefault(blake2b(row.tobytes(), digest_size=16).digest(), len(numbers))
        found.append(rows)
    return found


def _principal_axes(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Orthonormal directions in which a sample of both sides varies most, shape (d, c)."""
    sample = np.concatenate([side[:: max(1, len(side) // _SAMPLE)] for side in (one, other)]).astype(np.float64)
    sample -= sample.mean(axis=0)
    return np.linalg.eigh(sample.T @ sample)[1][:, -_COORDINATES:].astype(np.float32)


def _halves(vectors: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coordinates along the axes, and half their squared length beside them, shape (n, c + 1)."""
    seen = vectors @ axes
    return np.column_stack([seen, (seen**2).sum(axis=1) / 2])


def _minus_half_distances(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """x.y - |x|^2/2 - |y|^2/2 = -|x - y|^2/2 for all pairs, in one product."""
    ones = np.ones((1, len(other)), np.float32)
    left = np.column_stack([one, -np.ones(len(one), np.float32)])
    left[:, -2] *= -1
    right = np.concatenate([other[:, :-1].T, ones, other[:, -1:].T])
    scores: NDArray[np.float32] = left @ right
    return scores
