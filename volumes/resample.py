"""Resampling in plain NumPy: to a physical grid around the volume's centre, or to a shape.

Linear interpolation is separable, so that each axis is one small sparse matrix: two neighbours a point when enlarging,
and the mean over the source voxels that a target voxel covers when shrinking (anti-aliased; plain trilinear at 2.7 x
lets fine structure alias). The same code serves indexing and querying. `volumes/torch_resample.py` does the same on a
GPU.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from volumes.volume import Volume


def resample_to_grid(volume: Volume, *, spacing_mm: Sequence[float], shape: Sequence[int]) -> NDArray[np.float32]:
    """The volume on a grid of `shape` voxels of `spacing_mm`, both centres at one place: cropped where too large, 0
    where too small.

    Axes stay those of the volume: the grid is not rotated into the patient's axes.

    Args:
        volume: any.
        spacing_mm: along X, Y, Z.
        shape: voxels along X, Y, Z.

    Returns:
        float32 of `shape`.
    """
    axes = [
        axis_weights(size, target, step / own)
        for size, target, step, own in zip(volume.voxels.shape, shape, spacing_mm, volume.spacing_mm, strict=True)
    ]
    return _apply(volume.voxels, axes)


def resize_to(volume: Volume, shape: Sequence[int]) -> NDArray[np.float32]:
    """The whole field of view on `shape` voxels, float32; spacing changes by axis, so that proportions are not kept."""
    axes = [axis_weights(size, target, size / target) for size, target in zip(volume.voxels.shape, shape, strict=True)]
    return _apply(volume.voxels, axes)


def axis_weights(size: int, target: int, step: float) -> NDArray[np.float32]:
    """The linear map of one axis, float32 (target, size), rows summing to 1, or to less where they reach beyond the
    source.

    Target voxel t has its centre at source coordinate `c = (t - (target - 1) / 2) * step + (size - 1) / 2`. A source
    voxel at s weighs `max(0, 1 - |s - c| / w)`, with the width `w = max(step, 1)`, normalised. Targets within the field
    of view (from half a voxel before the first centre to half a voxel after the last) see the edge voxel continued.

    >>> axis_weights(4, 2, 2.0).round(3).tolist()
    [[0.5, 0.375, 0.125, 0.0], [0.0, 0.125, 0.375, 0.5]]
    >>> axis_weights(2, 4, 1.0).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    centres = (np.arange(target) - (target - 1) / 2) * step + (size - 1) / 2
    width = max(step, 1.0)
    reach = int(np.ceil(width)) + 1
    taps = np.floor(centres)[:, None].astype(np.int64) + np.arange(-reach, reach + 2)[None, :]
    weights = np.clip(1 - np.abs(taps - centres[:, None]) / width, 0, None)
    weights /= weights.sum(axis=1, keepdims=True)
    inside = (centres >= -0.5 - 1e-9) & (centres <= size - 0.5 + 1e-9)
    # Targets inside the field of view see the edge voxel continued; targets outside see nothing.
    weights[~inside] = 0.0
    matrix = np.zeros((target, size), dtype=np.float64)
    rows = np.broadcast_to(np.arange(target)[:, None], taps.shape)
    np.add.at(matrix, (rows, np.clip(taps, 0, size - 1)), weights)
    return matrix.astype(np.float32)


def _apply(voxels: NDArray[np.float32], axes: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Multiplies each axis by its map: the last, the first, the middle one, so that every product is contiguous."""
    x, y, z = (axis.shape[0] for axis in axes)
    used = [_used(axis) for axis in axes]
    near = np.ascontiguousarray(voxels[used[0], used[1], used[2]])
    across_x, across_y, across_z = (axis[:, part] for axis, part in zip(axes, used, strict=True))
    result = near @ across_z.T  # (X, Y, Z) -> (X, Y, z)
    result = across_x @ result.reshape(near.shape[0], -1)  # -> (x, Y z)
    result = np.matmul(across_y, result.reshape(x, near.shape[1], z))  # -> (x, y, z)
    return np.ascontiguousarray(result.reshape(x, y, z), dtype=np.float32)


def _used(axis: NDArray[np.float32]) -> slice:
    """The source voxels that any target looks at: a crop costs only what it keeps."""
    columns = np.flatnonzero(axis.any(axis=0))
    return slice(int(columns[0]), int(columns[-1]) + 1) if columns.size else slice(0, 1)
