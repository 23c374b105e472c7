"""Shrinking arrays by averaging blocks, in plain NumPy."""

from collections.abc import Sequence

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
    counts = np.diff(starts, append=length).astype(np.float32)
    sums: NDArray[np.float32] = np.add.reduceat(values, starts, axis=axis)
    means: NDArray[np.float32] = sums / counts.reshape([-1 if place == axis else 1 for place in range(values.ndim)])
    return means
