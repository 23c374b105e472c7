"""A series as a few planes: five along its stack and one across it each way, all at one scale, as a glance sees it.

Most of what tells region, sequence and plane apart lies in a handful of slices, at the resolution at which they were
acquired. Seven planes cost a hundredth of the voxels of a volume, so that a network may look at them finely.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from volumes.intensity import robust_range
from volumes.resample import axis_weights

STACK_PLANES = 5
PLANES = STACK_PLANES + 2
_ISOTROPIC = 1.3  # a spacing wider than the others by less than this is no stack of slices


@dataclass(frozen=True, slots=True)
class PlanePlace:
    """One plane of a volume: all voxels whose index along `axis` is `index`."""

    axis: int
    index: int


def stack_axis(spacing_mm: Sequence[float]) -> int:
    """The axis along which slices are stacked: that of clearly the widest spacing, otherwise Z.

    >>> stack_axis((0.5, 4.0, 0.5)), stack_axis((1.0, 1.0, 1.2)), stack_axis((1.2, 1.0, 1.0))
    (1, 2, 2)
    """
    widest = int(np.argmax(spacing_mm))
    others = max(step for axis, step in enumerate(spacing_mm) if axis != widest)
    return widest if spacing_mm[widest] > _ISOTROPIC * others else 2


def plane_places(shape: Sequence[int], axis: int) -> tuple[PlanePlace, ...]:
    """The middles of five equal parts along `axis`, then the middle along each other axis, in order of axes.

    >>> [(place.axis, place.index) for place in plane_places((64, 64, 20), 2)]
    [(2, 2), (2, 6), (2, 10), (2, 14), (2, 18), (0, 32), (1, 32)]
    """
    along = [PlanePlace(axis, index) for index in stack_places(shape[axis])]
    across = [PlanePlace(other, shape[other] // 2) for other in plane_normals(axis)[STACK_PLANES:]]
    return (*along, *across)


def plane_normals(axis: int) -> list[int]:
    """The axis across each plane of a series that is stacked along `axis`, in the order of `plane_places`.

    >>> plane_normals(2)
    [2, 2, 2, 2, 2, 0, 1]
    """
    return [axis] * STACK_PLANES + [other for other in range(3) if other != axis]


def stack_places(depth: int) -> list[int]:
    """The middles of five equal parts of a stack; fewer slices come more than once.

    >>> stack_places(20), stack_places(2)
    ([2, 6, 10, 14, 18], [0, 0, 1, 1, 1])
    """
    return [int((part + 0.5) * depth / STACK_PLANES) for part in range(STACK_PLANES)]


def planes_of(voxels: NDArray[np.float32], axis: int) -> list[NDArray[np.float32]]:
    """The planes of a volume (X, Y, Z) in the order of `plane_places`, each with its two axes in order."""
    return [np.take(voxels, place.index, axis=place.axis) for place in plane_places(voxels.shape, axis)]


def compose(
    planes: Sequence[NDArray[np.float32]], spacing_mm: Sequence[float], extent_mm: Sequence[float], side: int
) -> NDArray[np.uint8]:
    """Planes on squares of one scale, their brightness stretched together, uint8 (7, side, side).

    The 0.5th percentile of what is above the lowest value becomes 0 and the 99.5th 255, over all planes; what a plane
    does not cover is 0. The longest extent of the volume fills the side.

    Args:
        planes: in the order of `plane_places`.
        spacing_mm: of the volume, along X, Y, Z.
        extent_mm: of the volume, along X, Y, Z.
        side: pixels.
    """
    low, high = robust_range(np.concatenate([plane.ravel() for plane in planes]))
    pixel_mm = max(extent_mm) / side
    weights: dict[tuple[int, int], NDArray[np.float32]] = {}
    pictures = np.empty((len(planes), side, side), dtype=np.uint8)
    for picture, plane, alongs in zip(pictures, planes, _plane_axes(spacing_mm), strict=True):
        sides = []
        for along, size in zip(alongs, plane.shape, strict=True):
            if (along, size) not in weights:
                weights[along, size] = axis_weights(size, side, pixel_mm / spacing_mm[along])
            sides.append(weights[along, size])
        stretched = np.clip((plane - low) * np.float32(255 / max(high - low, 1e-12)), 0, 255)
        picture[:] = np.rint(sides[0] @ stretched @ sides[1].T)
    return pictures


def compose_labels(
    planes: Sequence[NDArray[np.uint8]], spacing_mm: Sequence[float], extent_mm: Sequence[float], side: int
) -> NDArray[np.uint8]:
    """The label at the middle of every cell of the squares of `compose`, uint8 (7, side, side); 0 beyond a plane.

    Args:
        planes: labels of voxels, in the order of `plane_places`.
        spacing_mm: of the volume, along X, Y, Z.
        extent_mm: of the volume, along X, Y, Z.
        side: cells; fewer than the pixels of the pictures give a coarser map of the same squares.
    """
    cell_mm = max(extent_mm) / side
    found = np.zeros((len(planes), side, side), dtype=np.uint8)
    for cells, plane, alongs in zip(found, planes, _plane_axes(spacing_mm), strict=True):
        places = [
            np.rint((np.arange(side) - (side - 1) / 2) * (cell_mm / spacing_mm[along]) + (size - 1) / 2).astype(int)
            for along, size in zip(alongs, plane.shape, strict=True)
        ]
        first, second = (np.flatnonzero((at >= 0) & (at < size)) for at, size in zip(places, plane.shape, strict=True))
        cells[np.ix_(first, second)] = plane[np.ix_(places[0][first], places[1][second])]
    return found


def _plane_axes(spacing_mm: Sequence[float]) -> list[tuple[int, int]]:
    """The two axes that each plane lies along, in the order of `plane_places`."""
    normals = plane_normals(stack_axis(spacing_mm))
    pairs = [[along for along in range(3) if along != normal] for normal in normals]
    return [(first, second) for first, second in pairs]
