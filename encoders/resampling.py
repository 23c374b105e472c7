"""Linear resampling one axis after the other, as products with small matrices: plain NumPy, anti-aliased."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def resize_linear(values: Floats, shape: Sequence[int]) -> Floats:
    """`values` stretched to `shape` by linear interpolation; when an axis shrinks, every element keeps its say.

    >>> resize_linear(np.array([[0.0, 2.0]], dtype=np.float32), (1, 4))
    array([[0. , 0.5, 1.5, 2. ]], dtype=float32)
    """
    steps = [length / size for length, size in zip(values.shape, shape, strict=True)]
    return resample_centred(values, shape, steps)


def resample_centred(values: Floats, shape: Sequence[int], steps: Sequence[float]) -> Floats:
    """`values` on a grid of `shape` with the same centre, whose neighbours lie `steps` elements of `values` apart.

    Places outside `values` are 0.
    """
    for axis, (size, step) in enumerate(zip(shape, steps, strict=True)):
        weights = axis_weights(values.shape[axis], size, step)  # (size, length)
        values = np.moveaxis(np.tensordot(weights, values, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(values, dtype=np.float32)


def axis_weights(length: int, size: int, step: float) -> Floats:
    """The matrix (size, length) that resamples one axis.

    Each row is a triangle, wide enough to miss no element, of sum 1; a row for a place outside the input is 0.

    Source: the "triangle" filter of Heckbert 1989, "Fundamentals of Texture Mapping and Image Warping", section 3.5.

    >>> axis_weights(4, 2, 2.0)
    array([[0.42857143, 0.42857143, 0.14285715, 0.        ],
           [0.        , 0.14285715, 0.42857143, 0.42857143]], dtype=float32)
    """
    places = (np.arange(size) - (size - 1) / 2) * step + (length - 1) / 2  # (size,) in elements of the input
    width = max(step, 1.0)
    weights = np.maximum(0.0, 1.0 - np.abs(places[:, None] - np.arange(length)) / width)  # (size, length)
    sums = weights.sum(axis=1, keepdims=True)
    inside = (places > -0.5 - 1e-9) & (places < length - 0.5 + 1e-9)
    weights = np.where(inside[:, None] & (sums > 0), weights / np.maximum(sums, 1e-12), 0.0)
    return np.asarray(weights, dtype=np.float32)
