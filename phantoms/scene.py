"""What is scanned and how: the values between who plans an archive and who renders its series.

A planner decides on a `Subject` (whose anatomy, with which findings) and an `Acquisition` (the scanner's settings);
`phantoms.render.render` turns the two and a seed into a `Rendering`. Nothing here computes anything.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from phantoms.anatomy import Region
from phantoms.findings import Finding


class SequenceKind(StrEnum):
    """Which signal equation applies; the weighting follows from the times."""

    SPIN_ECHO = "spin echo"  # T1, T2 and PD by TR and TE, turbo or not
    INVERSION_RECOVERY = "inversion recovery"  # FLAIR and STIR by TI
    GRADIENT_ECHO = "gradient echo"  # spoiled: T1, T2*, in phase and opposed phase by TE
    BALANCED = "balanced gradient echo"  # bSSFP: cine of the heart, localizers
    MPRAGE = "mprage"
    TOF = "time of flight"
    DIFFUSION = "diffusion"  # EPI at `b_value`
    ADC = "apparent diffusion coefficient"  # a map: 10^-6 mm2/s
    SUSCEPTIBILITY = "susceptibility"  # SWI: T2* with the veins darkened by phase
    ECHO_PLANAR = "echo planar"  # BOLD: T2* EPI
    PERFUSION = "perfusion"  # a map of blood flow as from ASL: signed, without background


class ScanPlane(StrEnum):
    """How the slices lie."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose region, and what is wrong with it.

    Attributes:
        seed: anatomy and its deformation follow from it (and from `region`), findings' outlines too. Two studies of one
            patient have one seed and differ in findings.
        age_years: widens ventricles and sulci.
        left: the left one of a paired region (knee, shoulder, wrist, legs); ignored elsewhere.
    """

    region: Region
    seed: int
    age_years: int = 50
    left: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Acquisition:
    """The settings of one series; planes are those of the patient before `tilt_deg`.

    Attributes:
        matrix: pixels along the two in-plane axes, in order (axial: X, Y; coronal: X, Z; sagittal: Y, Z).
        in_plane_mm: pixel spacing, square pixels.
        gap_mm: between slices; negative where they overlap.
        field_strength_t: 0.3 to 7.
        echo_train_ms: extra T2 decay of a turbo spin echo is contained in `te_ms` (effective); this is only how far a
            long train blurs, 0 for none.
        contrast_given: a gadolinium agent, some minutes before.
        centre_mm: where the middle of the grid lies from the middle of the region (partial coverage by moving it).
        tilt_deg: rotation of the slab about the two in-plane axes.
        brain_extracted: nothing left but the brain, as after skull stripping.
    """

    sequence: SequenceKind
    plane: ScanPlane
    matrix: tuple[int, int]
    slices: int
    in_plane_mm: float
    thickness_mm: float
    gap_mm: float
    field_strength_t: float
    tr_ms: float
    te_ms: float
    ti_ms: float = 0.0
    flip_angle_deg: float = 90.0
    b_value: float = 0.0
    echo_train_ms: float = 0.0
    contrast_given: bool = False
    fat_saturated: bool = False
    centre_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tilt_deg: tuple[float, float] = (0.0, 0.0)
    brain_extracted: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """A finding as it lies in the patient, measured on a grid of 0.5 mm, large ones of 1 mm, not as it was asked for.

    Attributes:
        centre_mm: RAS+ mm in scanner space (that of `Rendering.affine`), of the largest lesion.
        size_mm: largest diameter along X, Y or Z (of the largest lesion).
        volume_ml: of all lesions together.
        lesions: how many found room.
    """

    finding: Finding
    centre_mm: tuple[float, float, float]
    size_mm: float
    volume_ml: float
    lesions: int


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """One series as scanned.

    Attributes:
        voxels: float32, C-contiguous, shape (X, Y, Z), RAS order; 0 to about 1000 (water on T2), ADC in 10^-6 mm2/s.
        affine: float64 (4, 4), voxel index to RAS+ mm, rounded to 1e-6.
        slice_axis: along which of X, Y, Z the slices are stacked.
        measured: the subject's findings, in their order.
    """

    voxels: NDArray[np.float32]
    affine: NDArray[np.float64]
    slice_axis: int
    measured: tuple[Measured, ...]
