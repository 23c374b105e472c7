"""The plane, obliquity and spacing of a volume, read from its affine and shape alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from volumes.volume import Volume

_PLANE_OF_NORMAL = ("sagittal", "coronal", "axial")  # the normal points along X, Y, Z
# "3d" means isotropic enough to be looked at in any plane. Measured on the 111 real series: isotropic EPI begins at 3.4
# mm, real 3D acquisitions end at 3 mm; slabs flatter than a fifth of their width are read in their own plane.
_MOST_ANISOTROPY = 1.25
_COARSEST_3D_MM = 3.05
_FLATTEST_3D = 0.2


@dataclass(frozen=True, slots=True)
class PlaneGeometry:
    """How a volume was sliced.

    Attributes:
        plane: "axial", "coronal", "sagittal", or "3d" for a near-isotropic volume.
        oblique_deg: angle between the slice normal and the nearest body axis, 0 to 54.7.
        slices: voxels along the slice axis.
        slice_spacing_mm: distance between slice centres.
        in_plane_mm: the coarser of the two in-plane spacings.
    """

    plane: str
    oblique_deg: float
    slices: int
    slice_spacing_mm: float
    in_plane_mm: float


def slice_plane(normal: NDArray[np.float64]) -> str:
    """The plane whose normal is nearest to `normal`, a vector in RAS+.

    >>> slice_plane(np.array([0.1, 0.2, -0.9]))
    'axial'
    """
    return _PLANE_OF_NORMAL[int(np.argmax(np.abs(normal)))]


def geometry_of(volume: Volume) -> PlaneGeometry:
    """The plane geometry of a volume; the slice axis is the coarsest one, or the shortest where spacing does not tell.

    >>> voxels = np.zeros((320, 320, 20), np.float32)
    >>> geometry_of(Volume(voxels, np.diag([0.6, 0.6, 3.6, 1.0]))).plane
    'axial'
    """
    spacing, shape = np.array(volume.spacing_mm), np.array(volume.voxels.shape)
    axis = _slice_axis(spacing, shape)
    normal = _normal(volume.affine, axis)
    cosine = float(np.clip(np.abs(normal).max(), 0.0, 1.0))
    isotropic = _is_3d(spacing, shape)
    return PlaneGeometry(
        plane="3d" if isotropic else slice_plane(normal),
        oblique_deg=float(np.degrees(np.arccos(cosine))),
        slices=int(shape[axis]),
        slice_spacing_mm=float(spacing[axis]),
        in_plane_mm=float(np.delete(spacing, axis).max()),
    )


def _slice_axis(spacing: NDArray[np.float64], shape: NDArray[np.int_]) -> int:
    if (shape == 1).sum() == 1:  # a single slice: its thickness may be finer than its pixels, or unknown
        return int(np.argmin(shape))
    if spacing.max() / spacing.min() > _MOST_ANISOTROPY:
        return _odd_one_out(spacing)
    return int(np.argmin(shape))


def _odd_one_out(spacing: NDArray[np.float64]) -> int:
    """The axis whose spacing is unlike the other two: the coarsest of thick slices, the finest of thin ones."""
    low, middle, high = np.argsort(spacing)
    thick = spacing[high] / spacing[middle]
    thin = spacing[middle] / spacing[low]
    return int(high if thick >= thin else low)


def _is_3d(spacing: NDArray[np.float64], shape: NDArray[np.int_]) -> bool:
    return bool(
        spacing.max() / spacing.min() <= _MOST_ANISOTROPY
        and spacing.max() <= _COARSEST_3D_MM
        and shape.min() / shape.max() >= _FLATTEST_3D
    )


def _normal(affine: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Unit normal of the slices: perpendicular to the in-plane axes, also where the slice axis leans (gantry tilt)."""
    first, second = (affine[:3, other] for other in range(3) if other != axis)
    normal = np.cross(first, second)
    return np.asarray(normal / np.linalg.norm(normal), dtype=np.float64)
