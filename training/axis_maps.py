"""Linear maps along one axis of a grid, as matrices: a window cut out and resized, slices made thick, a smooth field.

Everything is separable, so a volume is resampled by three small matrix products: fast on any device, and its bits do
not depend on the run, as those of scattered interpolation on a GPU do.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def window_map(size: int, start: float, length: float, target: int) -> NDArray[np.float32]:
    """`target` places that share out the window [start, start + length) of an axis of `size` voxels: (target, size).

    Place j stands at start + (j + 1/2) length / target - 1/2 voxels; it is a mean of the voxels around it, weighted by
    a triangle as wide as a place, or as a voxel where places are finer. Rows sum to 1.

    >>> (7 * window_map(4, 0, 4, 2)).round(5).tolist()
    [[3.0, 3.0, 1.0, 0.0], [0.0, 1.0, 3.0, 3.0]]
    >>> window_map(4, 1, 2, 2).tolist()
    [[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    """
    step = length / target
    places = start + (np.arange(target) + 0.5) * step - 0.5
    places = np.clip(places, 0, size - 1)  # finer than voxels at the border: the outermost voxel
    distance = np.abs(places[:, None] - np.arange(size)[None])
    weights = np.maximum(0.0, 1.0 - distance / max(1.0, step))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def thick_map(size: int, slices: float) -> NDArray[np.float32]:
    """What an axis looks like when `slices` thick ones share it, seen on `size` voxels again: (size, size).

    >>> (7 * thick_map(4, 2)).round(5).tolist()[0]
    [3.0, 3.0, 1.0, 0.0]
    """
    count = max(1, round(slices))
    return window_map(count, 0, count, size) @ window_map(size, 0, size, count)


def apply_maps(volumes: Tensor, maps: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """Volumes (b, X, Y, Z) under one matrix an axis and item, (b, x, X), (b, y, Y), (b, z, Z) -> (b, x, y, z)."""
    across_x, across_y, across_z = (one.to(volumes) for one in maps)
    batch, x, y, z = volumes.shape
    volumes = torch.bmm(volumes.reshape(batch, x * y, z), across_z.transpose(1, 2))  # (b, XY, z)
    volumes = torch.bmm(across_x, volumes.reshape(batch, x, -1))  # (b, x, Yz)
    volumes = volumes.reshape(batch, across_x.shape[1], y, across_z.shape[1])
    return torch.matmul(across_y[:, None], volumes)  # (b, x, y, z)
