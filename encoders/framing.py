"""From a volume to the fixed grid that an image tower sees, with the physical scale that a grid alone loses."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from volumes.intensity import normalise_intensity
from volumes.planes import PLANES, compose, planes_of, stack_axis
from volumes.resample import resample_to_grid
from volumes.volume import Volume

SCALE_FEATURES = 9


class FramingKind(StrEnum):
    """What an image tower sees of a volume."""

    GRID = "grid"  # all of it, on an isotropic grid
    PLANES = "planes"  # seven planes of it, finely (volumes/planes.py)


@dataclass(frozen=True, slots=True)
class Framing:
    """How a volume is laid onto the grid of an image tower.

    Attributes:
        shape: voxels of the grid along X, Y, Z; of planes: 7, and twice the pixels of a side.
        spacing_mm: distance of the grid's voxels; None: as fine as lets the whole field of view fit, the same along
            every axis. Planes always fit.
        kind: a grid or planes.
    """

    shape: tuple[int, int, int]
    spacing_mm: float | None = None
    kind: FramingKind = FramingKind.GRID

    def __post_init__(self) -> None:
        """Checks the shape of planes.

        Raises:
            UsageError: they are no seven squares.
        """
        planes, height, width = self.shape
        if self.kind is FramingKind.PLANES and (planes != PLANES or height != width or self.spacing_mm is not None):
            raise UsageError(
                f"Planes of the shape {self.shape} came; expected ({PLANES}, side, side), and no spacing.",
            )

    @property
    def recipe(self) -> str:
        """The name of what is done. Raise its number when this file or what it uses comes to give other numbers."""
        return "planes-5+2-1" if self.kind is FramingKind.PLANES else "percentiles-triangle-1"


def preparer_of(framing: Framing) -> "GridPreparer | PlanePreparer":
    """What prepares volumes in a framing."""
    return PlanePreparer(framing.shape[1]) if framing.kind is FramingKind.PLANES else GridPreparer(framing)


@dataclass(frozen=True, slots=True)
class GridPreparer:
    """Volume to float32 (9 + X Y Z,): nine numbers of scale, then the voxels of the grid in C order, 0 to 1.

    The scale is, each along X, Y, Z and in octaves around values that are common in MRI: the spacing of the volume,
    its extent, the spacing of the grid. One flat row keeps the two together on their way through queues and batches.
    """

    framing: Framing

    def __call__(self, volume: Volume) -> NDArray[np.float32]:
        """The prepared array of a volume."""
        framing = self.framing
        extent = [step * length for step, length in zip(volume.spacing_mm, volume.voxels.shape, strict=True)]
        spacing = framing.spacing_mm or max(length / size for length, size in zip(extent, framing.shape, strict=True))
        normalised = Volume(normalise_intensity(volume.voxels), volume.affine)
        grid = resample_to_grid(normalised, spacing_mm=(spacing,) * 3, shape=framing.shape)  # (X, Y, Z)
        scale = scale_features(volume.spacing_mm, extent, spacing)
        return np.concatenate([scale, grid.ravel()])


@dataclass(frozen=True, slots=True)
class PlanePreparer:
    """Volume to float32 (9 + 7 side side,): nine numbers of scale, then seven planes, each pixel a 255th part of 1."""

    side: int

    def __call__(self, volume: Volume) -> NDArray[np.float32]:
        """The prepared array of a volume."""
        extent = [step * length for step, length in zip(volume.spacing_mm, volume.voxels.shape, strict=True)]
        planes = planes_of(volume.voxels, stack_axis(volume.spacing_mm))
        pictures = compose(planes, volume.spacing_mm, extent, self.side)
        scale = scale_features(volume.spacing_mm, extent, max(extent) / self.side)
        return np.concatenate([scale, pictures.ravel().astype(np.float32) / np.float32(255)])


def scale_features(
    spacing_mm: tuple[float, float, float], extent_mm: list[float], grid_mm: float
) -> NDArray[np.float32]:
    """Nine numbers around 0: octaves of spacing over 1.5 mm, extent over 200 mm, and grid spacing over 2 mm.

    >>> scale_features((1.5, 1.5, 3.0), [200.0, 400.0, 100.0], 2.0)
    array([ 0.,  0.,  1.,  0.,  1., -1.,  0.,  0.,  0.], dtype=float32)
    """
    ratios = [*(step / 1.5 for step in spacing_mm), *(length / 200.0 for length in extent_mm), *(3 * [grid_mm / 2.0])]
    return np.asarray(np.log2(ratios), dtype=np.float32)
