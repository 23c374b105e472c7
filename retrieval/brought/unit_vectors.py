"""Vectors at the door: finite, not zero, unit norm. What is not of unit norm is made so, and said."""

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError

UNIT = 1e-5  # of float32 rows at 4,096 dimensions; float16 is off by 1e-4, which moves cosines, so it is redone
_ROWS = 65_536


def unit_vectors(name: str, vectors: NDArray[np.number]) -> tuple[NDArray[np.float32], int]:
    """Rows of unit norm, float32, and how many had to be normalised.

    >>> rows, changed = unit_vectors("x.npz", np.array([[3.0, 4.0], [0.0, 1.0]]))
    >>> rows.astype(float).round(3).tolist(), changed
    ([[0.6, 0.8], [0.0, 1.0]], 1)

    Args:
        name: of the file, for messages.
        vectors: shape (rows, dimension), any kind of number.

    Raises:
        UsageError: values that are not finite, or rows that are all zero.
    """
    found = np.empty(vectors.shape, np.float32)
    broken = zero = changed = 0
    for start in range(0, len(vectors), _ROWS):
        with np.errstate(invalid="ignore"):  # a signalling NaN, which is counted below
            part = vectors[start : start + _ROWS].astype(np.float64)
        largest = np.abs(part).max(axis=1)
        broken += int((~np.isfinite(largest)).sum())
        zero += int((largest == 0).sum())
        if broken or zero:
            continue
        scaled = part / largest[:, None]  # so that squares neither overflow nor vanish
        lengths = np.linalg.norm(scaled, axis=1)
        off = np.abs(lengths * largest - 1.0) > UNIT
        changed += int(off.sum())
        part[off] = scaled[off] / lengths[off, None]
        found[start : start + _ROWS] = part
    if broken:
        raise UsageError(
            f"{broken} of the {len(vectors)} vectors of {name} hold values that are not finite.",
            remedy="Leave these items out, or encode them again.",
        )
    if zero:
        raise UsageError(
            f"{zero} of the {len(vectors)} vectors of {name} are all zero: they have no direction.",
            remedy="Leave these items out, or encode them again.",
        )
    return found, changed
