"""From a volume to the fixed grid that a 3D image tower sees, with the physical scale that a grid alone loses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from volumes.intensity import normalise_intensity
from volumes.resample import resample_to_grid
from volumes.volume import Volume

SCALE_FEATURES = 9


@dataclass(frozen=True, slots=True)
class Framing:
    """How a volume is laid onto the grid of an image tower.

    Attributes:
        shape: voxels of the grid along X, Y, Z.
        spacing_mm: distance of the grid's voxels; None: as fine as lets the whole field of view fit, the same along
            every axis.
    """

    shape: tuple[int, int, int]
    spacing_mm: float | None = None


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


def scale_features(
    spacing_mm: tuple[float, float, float], extent_mm: list[float], grid_mm: float
) -> NDArray[np.float32]:
    """Nine numbers around 0: octaves of spacing over 1.5 mm, extent over 200 mm, and grid spacing over 2 mm.

    >>> scale_features((1.5, 1.5, 3.0), [200.0, 400.0, 100.0], 2.0)
    array([ 0.,  0.,  1.,  0.,  1., -1.,  0.,  0.,  0.], dtype=float32)
    """
    ratios = [*(step / 1.5 for step in spacing_mm), *(length / 200.0 for length in extent_mm), *(3 * [grid_mm / 2.0])]
    return np.asarray(np.log2(ratios), dtype=np.float32)
