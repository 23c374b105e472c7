"""`Volume`: one three-dimensional image in one convention, and what reading a series gives.

The convention, held by every function that takes or returns a volume: axes (X, Y, Z) with X to the patient's right, Y
to the front (anterior), Z to the head (superior), that is RAS+ after nibabel; float32 voxels, C-contiguous; a 4 x 4
float64 affine from voxel index to millimetres. Where the stored axes are oblique, they are permuted and flipped to
the *closest* RAS+ orientation, never resampled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError


class Severity(StrEnum):
    """How much a header defect matters."""

    INFO = "info"  # worth knowing, nothing is lost
    WARNING = "warning"  # the image is usable, something in it was repaired or is doubtful
    ERROR = "error"  # geometry or voxels are wrong or missing in part


@dataclass(frozen=True, slots=True)
class Defect:
    """One finding about a series' header or files. `message` holds no identifying text and no file name."""

    code: str  # stable, kebab-case: "missing-slices", "no-spacing", "duplicate-slices"
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """One three-dimensional image: RAS+, axes (X, Y, Z), float32, millimetres.

    Attributes:
        voxels: float32, C-contiguous, shape (X, Y, Z), every value finite.
        affine: float64, shape (4, 4), voxel index (i, j, k, 1) to RAS+ millimetres.
        stack: what this volume is among the volumes of its series: "" for an only one, otherwise a name such as
            "echo-2", "phase", "b-1000", "mean", "frame-7", "sagittal", or several joined by "_": "echo-2_phase".
    """

    voxels: NDArray[np.float32]
    affine: NDArray[np.float64]
    stack: str = ""

    def __post_init__(self) -> None:
        """Checks the convention at the door; inner code trusts it.

        Raises:
            VolumeError: wrong number of axes, an empty axis, a wrong dtype, or an affine that is singular or not
                finite.
        """
        if self.voxels.ndim != 3 or 0 in self.voxels.shape:
            raise VolumeError(f"A volume of shape {self.voxels.shape} came; expected three axes (X, Y, Z), none empty.")
        if self.voxels.dtype != np.float32 or self.affine.dtype != np.float64 or self.affine.shape != (4, 4):
            raise VolumeError(
                f"Voxels {self.voxels.dtype}, affine {self.affine.dtype} {self.affine.shape} came; "
                "expected float32 and float64 (4, 4)."
            )
        if not np.isfinite(self.affine).all() or abs(np.linalg.det(self.affine[:3, :3])) < 1e-12:
            raise VolumeError(
                "The affine is singular or not finite.", remedy="Repair the header (sform/qform or orientation tags)."
            )

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """The distance between neighbouring voxel centres along X, Y, Z, in mm."""
        lengths = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(lengths[0]), float(lengths[1]), float(lengths[2])


@dataclass(frozen=True, slots=True, eq=False)
class SeriesVolumes:
    """Everything that one series holds: its volumes, and which of them stands for it.

    Attributes:
        volumes: at least one; their `stack` names are distinct.
        representative: index of the volume that stands for the series (the policy is in `volumes/policy.py`).
        policy: the name of the rule that chose it, for the record.
        reader: what decoded it: "nibabel", "dcm2niix" or "nicom".
        defects: findings about header and files.
        sidecar: what the reader learnt beside the voxels, as BIDS keys (seconds, not ms); never an identifying key.
    """

    volumes: tuple[Volume, ...]
    representative: int
    policy: str
    reader: str
    defects: tuple[Defect, ...] = ()
    sidecar: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def chosen(self) -> Volume:
        """The volume that stands for the series."""
        return self.volumes[self.representative]
