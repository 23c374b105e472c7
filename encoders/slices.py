"""A volume as a few flat pictures, for published models that see two dimensions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from volumes.intensity import normalise_intensity
from volumes.resample import axis_weights
from volumes.volume import Volume


@dataclass(frozen=True, slots=True)
class SlicePreparer:
    """Volume to float32 (slices, height, width), 0 to 1: evenly spaced slices as a radiologist hangs them.

    Slices run along the axis of widest spacing (that of the acquisition; Z for an isotropic one). Up is the front or
    the head; left on the picture is the patient's right, and in sagittal slices the front. Each slice keeps its
    proportions in mm and is centred; what it does not fill is black.
    """

    slices: int
    height: int
    width: int

    def __call__(self, volume: Volume) -> NDArray[np.float32]:
        """The slices of a volume."""
        axis = slice_axis(volume)
        stack = np.moveaxis(normalise_intensity(volume.voxels), axis, 0)  # (depth, across, up)
        stack = stack[slice_places(len(stack), self.slices)]  # (slices, across, up)
        spacing = np.delete(np.array(volume.spacing_mm), axis)
        extent = spacing * stack.shape[1:]
        pixel_mm = max(extent[0] / self.width, extent[1] / self.height)  # the whole slice fits
        across = axis_weights(stack.shape[1], self.width, pixel_mm / spacing[0])  # (width, across)
        up = axis_weights(stack.shape[2], self.height, pixel_mm / spacing[1])  # (height, up)
        pictures = up @ stack.transpose(0, 2, 1) @ across.T  # (slices, height, width), rows upwards
        return np.ascontiguousarray(pictures[:, ::-1, ::-1], dtype=np.float32)


def slice_axis(volume: Volume) -> int:
    """The axis of widest spacing; where several are equally wide, the last.

    >>> slice_axis(Volume(np.zeros((2, 2, 2), np.float32), np.diag([4.0, 1.0, 1.0, 1.0])))
    0
    """
    spacing = np.round(np.array(volume.spacing_mm), 2)
    return int(np.flatnonzero(spacing == spacing.max())[-1])


def slice_places(depth: int, slices: int) -> NDArray[np.intp]:
    """The middles of `slices` equal parts of a stack of `depth` slices.

    >>> slice_places(12, 3)
    array([ 2,  6, 10])
    """
    return ((np.arange(slices) + 0.5) * depth / slices).astype(np.intp)
