"""Three orthogonal mid-slices of a volume, ready to be shown: right way up, square pixels, 0 to 1."""

import numpy as np
from numpy.typing import NDArray

from volumes.intensity import normalise_intensity
from volumes.resample import axis_weights
from volumes.volume import Volume

_LONGEST = 1024  # pixels along the longer side: more than any screen shows of one slice


def orthogonal_slices(
    volume: Volume,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The axial, coronal and sagittal slice through the volume's middle.

    Each is float32 (rows, columns), 0 to 1, with square pixels of the volume's finest spacing. Radiological display:
    the patient's right is on the left of the picture; axial has the front at the top, coronal and sagittal the head at
    the top; sagittal has the front on the left.

    Returns:
        (axial, coronal, sagittal).
    """
    x, y, z = (size // 2 for size in volume.voxels.shape)
    dx, dy, dz = volume.spacing_mm
    scaled = normalise_intensity(volume.voxels)
    return (
        _square(scaled[::-1, ::-1, z].T, dy, dx, volume),
        _square(scaled[::-1, y, ::-1].T, dz, dx, volume),
        _square(scaled[x, ::-1, ::-1].T, dz, dy, volume),
    )


def _square(picture: NDArray[np.float32], row_mm: float, column_mm: float, volume: Volume) -> NDArray[np.float32]:
    """The picture (rows, columns) with square pixels; a slice seen on edge gets at least one row."""
    rows, columns = picture.shape
    longest_mm = max(rows * row_mm, columns * column_mm)
    pixel = max(min(volume.spacing_mm), longest_mm / _LONGEST)
    height, width = max(round(rows * row_mm / pixel), 1), max(round(columns * column_mm / pixel), 1)
    down = axis_weights(rows, height, rows / height)
    across = axis_weights(columns, width, columns / width)
    return np.ascontiguousarray(down @ picture @ across.T, dtype=np.float32)
