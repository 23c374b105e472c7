"""Defects of a decoded volume: what its affine and its voxels reveal, whatever reader they came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.volume import Defect, Severity

_FINEST_MM, _COARSEST_MM = 0.01, 60.0
_MOST_LEAN = 0.02  # cosine between two axes: 1.1 degrees, above rounding in headers and below any real gantry tilt


@dataclass(frozen=True, slots=True)
class RepairedVoxels:
    """Voxels that are all finite, and what had to be replaced."""

    voxels: NDArray[np.float32]
    defects: tuple[Defect, ...]


def repair_voxels(voxels: NDArray[np.float32]) -> RepairedVoxels:
    """Replaces NaN by 0 and infinities by the largest or smallest finite value; the input is left as it is.

    Raises:
        VolumeError: no voxel is finite.
    """
    finite = np.isfinite(voxels)
    if finite.all():
        return RepairedVoxels(voxels, ())
    if not finite.any():
        raise VolumeError(
            "No voxel of the image is a finite number.", remedy="Check how the file was made; it holds no image."
        )
    low, high = float(voxels[finite].min()), float(voxels[finite].max())
    count = int(finite.size - finite.sum())
    message = f"{count} of {finite.size} voxels are NaN or infinite; NaN became 0, infinities the nearest finite value."
    repaired = np.nan_to_num(voxels, copy=True, nan=0.0, posinf=high, neginf=low)
    return RepairedVoxels(repaired, (Defect("not-finite", Severity.WARNING, message),))


def voxel_defects(voxels: NDArray[np.float32]) -> tuple[Defect, ...]:
    """A constant image, or one of a single slice."""
    found = []
    if voxels.min() == voxels.max():
        found.append(Defect("constant-image", Severity.WARNING, "Every voxel has the same value."))
    if 1 in voxels.shape:
        found.append(Defect("single-slice", Severity.INFO, "The image has a single slice."))
    return tuple(found)


def affine_defects(affine: NDArray[np.float64]) -> tuple[Defect, ...]:
    """Spacing that no scanner makes, or axes that are not at right angles."""
    columns = affine[:3, :3]
    spacing = np.linalg.norm(columns, axis=0)
    found = []
    if spacing.min() < _FINEST_MM or spacing.max() > _COARSEST_MM:
        message = "Spacing {:.4g} x {:.4g} x {:.4g} mm is outside 0.01 to 60 mm.".format(*spacing)
        found.append(Defect("implausible-spacing", Severity.ERROR, message))
    unit = columns / spacing
    lean = float(np.abs(unit.T @ unit - np.eye(3)).max())
    if lean > _MOST_LEAN:
        degrees = float(np.degrees(np.arcsin(min(lean, 1.0))))
        message = f"Two axes lean {degrees:.1f} degrees away from a right angle; voxels were not resampled."
        found.append(Defect("sheared-axes", Severity.WARNING, message))
    return tuple(found)
