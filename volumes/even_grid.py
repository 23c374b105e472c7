"""Slices at uneven distances brought to even ones, by linear interpolation along the slice axis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TOLERANCE = 0.05  # of the pitch: smaller deviations are rounding in headers


@dataclass(frozen=True, slots=True)
class EvenGrid:
    """Where even slices lie among stored ones.

    Attributes:
        count: slices of the even grid.
        pitch_mm: their distance; 0 for a single slice.
        below: for each even slice, the stored slice at or below it.
        weight: how much of the stored slice above it is mixed in, 0 to 1.
    """

    count: int
    pitch_mm: float
    below: tuple[int, ...]
    weight: tuple[float, ...]

    @property
    def interpolates(self) -> bool:
        """Whether any even slice lies between stored ones, so that voxels are mixed."""
        return any(self.weight)


def even_grid(offsets_mm: Sequence[float]) -> EvenGrid:
    """The even grid for slices at these sorted, distinct distances: the stored one where that is even within 5 % of the
    pitch.

    Otherwise the pitch is the smallest distance, stretched so that first and last slice keep their places.

    >>> even_grid([0.0, 3.0, 9.0]).below, even_grid([0.0, 3.0, 9.0]).weight
    ((0, 1, 1, 2), (0.0, 0.0, 0.5, 0.0))
    """
    offsets = np.asarray(offsets_mm, dtype=np.float64)
    count = len(offsets)
    if count == 1:
        return EvenGrid(1, 0.0, (0,), (0.0,))
    gaps = np.diff(offsets)
    pitch = float(offsets[-1] - offsets[0]) / (count - 1)
    if float(np.abs(gaps - pitch).max()) <= _TOLERANCE * pitch:
        return EvenGrid(count, pitch, tuple(range(count)), (0.0,) * count)
    count = 1 + round(float(offsets[-1] - offsets[0]) / float(gaps.min()))
    even = np.linspace(offsets[0], offsets[-1], count)
    near = np.abs(even[:, None] - offsets[None, :]).argmin(axis=1)
    on_slice = np.abs(even - offsets[near]) <= _TOLERANCE * gaps.min()
    below = np.clip(np.searchsorted(offsets, even, side="right") - 1, 0, len(offsets) - 2)
    weight = (even - offsets[below]) / gaps[below]
    return EvenGrid(
        count,
        float(even[1] - even[0]),
        tuple(int(k) for k in np.where(on_slice, near, below)),
        tuple(float(w) for w in np.where(on_slice, 0.0, weight)),
    )


def resample_slices(slices: NDArray[np.float32], grid: EvenGrid) -> NDArray[np.float32]:
    """The slices (I, J, K stored) on the even grid (I, J, K even), float32; slices on it keep their very values."""
    if grid.below == tuple(range(slices.shape[2])):
        return slices
    even = np.empty((*slices.shape[:2], grid.count), dtype=np.float32)
    for k, (below, weight) in enumerate(zip(grid.below, grid.weight, strict=True)):
        even[..., k] = slices[..., below]
        if weight:
            even[..., k] += np.float32(weight) * (slices[..., below + 1] - slices[..., below])
    return even
