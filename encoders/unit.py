"""Rows of length 1: the last step of every tower, the same arithmetic for every row whatever stands beside it."""

import numpy as np
from numpy.typing import NDArray

from common.errors import MrseekError
from encoders.contract import Vectors

_SMALLEST_NORM = 1e-12


def unit_rows(rows: NDArray[np.floating]) -> Vectors:
    """The rows of `rows` (items, dimension), each divided by its length; float32, C-contiguous.

    A row of zeros has no direction: it becomes the first axis, so that "nothing" still has a vector and two nothings
    are equal.

    Raises:
        MrseekError: a value is not finite.
    """
    wide = np.ascontiguousarray(rows, dtype=np.float64)  # (items, dimension)
    if not np.isfinite(wide).all():
        raise MrseekError(
            "An encoder gave a vector with a value that is not finite.",
            remedy="Look at this item's voxels or text; if they are sound, the encoder's weights are not.",
        )
    lengths = np.sqrt(np.square(wide).sum(axis=1, keepdims=True))  # (items, 1)
    empty = lengths[:, 0] < _SMALLEST_NORM
    wide = wide / np.where(lengths < _SMALLEST_NORM, 1.0, lengths)
    wide[empty] = 0.0
    wide[empty, :1] = 1.0
    return np.ascontiguousarray(wide, dtype=np.float32)
