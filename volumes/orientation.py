"""From stored axes to the closest RAS+ orientation: axes are permuted and flipped, voxels are never resampled.

Bit-equal to `nibabel.as_closest_canonical`, on arrays instead of images, so that every reader goes through the same two
lines.
"""

import numpy as np
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation
from numpy.typing import NDArray


def closest_ras_affine(shape: tuple[int, int, int], affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """The float64 (4, 4) affine that an image of `shape` has after `closest_ras`.

    >>> lps = np.diag([-2.0, -2.0, 3.0, 1.0])
    >>> closest_ras_affine((10, 20, 5), lps)[:3, 3].tolist()
    [-18.0, -38.0, 0.0]
    """
    if _is_ras(affine):
        return affine.astype(np.float64)
    return np.asarray(affine @ inv_ornt_aff(io_orientation(affine), shape), dtype=np.float64)


def closest_ras(voxels: NDArray[np.float32], affine: NDArray[np.float64]) -> NDArray[np.float32]:
    """The voxels (I, J, K) with axes permuted and flipped to the closest RAS+ order (X, Y, Z), C-contiguous, every
    value kept.

    >>> stored = np.arange(6, dtype=np.float32).reshape(3, 2, 1)
    >>> closest_ras(stored, np.diag([-1.0, 1.0, 1.0, 1.0]))[:, 0, 0].tolist()
    [4.0, 2.0, 0.0]
    """
    if not _is_ras(affine):
        voxels = apply_orientation(voxels, io_orientation(affine))
    return np.ascontiguousarray(voxels, dtype=np.float32)


def _is_ras(affine: NDArray[np.float64]) -> bool:
    return bool(np.array_equal(io_orientation(affine), [[0, 1], [1, 1], [2, 1]]))
