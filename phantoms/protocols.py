"""What is scanned of each region: sequences, planes, coverage and timing."""

from dataclasses import dataclass

from phantoms.anatomy import Region
from phantoms.contrast import Weighting
from phantoms.findings import FindingKind
from phantoms.scanners import Plane


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of a sequence, as the protocol card states them at 1.5 T."""

    tr_ms: float
    te_ms: float
    ti_ms: float | None = None
    flip_angle_deg: float = 90.0
    scanning_sequence: str = "SE"
    sequence_variant: str = "SK"


@dataclass(frozen=True, slots=True)
class Protocol:
    """One sequence of a region's protocol.

    Attributes:
        fov_mm: in-plane field of view, square.
        slices, pitch_mm: how many, and from one middle to the next.
        thickness_mm: of a slice; the rest of the pitch is gap.
        core: always scanned; others now and then.
        shows: findings for which it is always scanned.
    """

    weighting: Weighting
    plane: Plane
    fov_mm: float
    slices: int
    thickness_mm: float
    pitch_mm: float
    core: bool = False
    shows: tuple[FindingKind, ...] = ()


_TIMINGS = {
    Weighting.T1: Timing(560, 12),
    Weighting.T1_CONTRAST: Timing(560, 12),
    Weighting.T2: Timing(4200, 98, flip_angle_deg=150),
    Weighting.T2_FAT_SAT: Timing(4000, 85, flip_angle_deg=150),
    Weighting.PD: Timing(2600, 26, flip_angle_deg=150),
    Weighting.PD_FAT_SAT: Timing(2900, 32, flip_angle_deg=150),
    Weighting.FLAIR: Timing(9000, 118, ti_ms=2500, flip_angle_deg=150, scanning_sequence="SE\\IR"),
    Weighting.STIR: Timing(4500, 55, ti_ms=160, flip_angle_deg=150, scanning_sequence="SE\\IR"),
    Weighting.DWI: Timing(5400, 82, scanning_sequence="EP"),
    Weighting.ADC: Timing(5400, 82, scanning_sequence="EP"),
}
_VOLUMETRIC_T1 = Timing(2000, 2.9, ti_ms=900, flip_angle_deg=8, scanning_sequence="GR\\IR", sequence_variant="SP\\MP")


def timing_of(weighting: Weighting, plane: Plane) -> Timing:
    """The timing of a sequence; a 3D T1 is an inversion-prepared gradient echo."""
    if plane is Plane.THREE_D and weighting is Weighting.T1:
        return _VOLUMETRIC_T1
    return _TIMINGS[weighting]


_W, _P, _F = Weighting, Plane, FindingKind
PROTOCOLS: dict[Region, tuple[Protocol, ...]] = {
    Region.BRAIN: (
        Protocol(_W.T2, _P.AXIAL, 230, 20, 5, 6.5, core=True),
        Protocol(_W.FLAIR, _P.AXIAL, 230, 20, 5, 6.5, core=True),
        Protocol(_W.T1, _P.SAGITTAL, 240, 20, 5, 6.5),
        Protocol(_W.T1, _P.AXIAL, 230, 20, 5, 6.5, shows=(_F.GLIOMA,)),
        Protocol(_W.T1_CONTRAST, _P.AXIAL, 230, 20, 5, 6.5, shows=(_F.GLIOMA,)),
        Protocol(_W.DWI, _P.AXIAL, 240, 20, 5, 6.5, shows=(_F.INFARCT,)),
        Protocol(_W.ADC, _P.AXIAL, 240, 20, 5, 6.5, shows=(_F.INFARCT,)),
        Protocol(_W.FLAIR, _P.SAGITTAL, 240, 22, 5, 6, shows=(_F.WHITE_MATTER_LESIONS,)),
        Protocol(_W.T1, _P.THREE_D, 240, 60, 2.8, 2.8, shows=(_F.WHITE_MATTER_LESIONS,)),
    ),
    Region.CERVICAL_SPINE: (
        Protocol(_W.T2, _P.SAGITTAL, 220, 16, 3, 3.3, core=True),
        Protocol(_W.T1, _P.SAGITTAL, 220, 16, 3, 3.3, core=True),
        Protocol(_W.T2, _P.AXIAL, 160, 24, 3, 4, shows=(_F.DISC_HERNIATION, _F.CORD_LESION)),
        Protocol(_W.STIR, _P.SAGITTAL, 220, 16, 3, 3.3),
    ),
    Region.LUMBAR_SPINE: (
        Protocol(_W.T2, _P.SAGITTAL, 280, 16, 4, 4.4, core=True),
        Protocol(_W.T1, _P.SAGITTAL, 280, 16, 4, 4.4, core=True),
        Protocol(_W.T2, _P.AXIAL, 190, 24, 4, 6, shows=(_F.DISC_HERNIATION,)),
        Protocol(_W.STIR, _P.SAGITTAL, 280, 16, 4, 4.4),
    ),
    Region.KNEE: (
        Protocol(_W.PD_FAT_SAT, _P.SAGITTAL, 160, 24, 3, 4, core=True),
        Protocol(_W.PD_FAT_SAT, _P.CORONAL, 160, 22, 3, 4, core=True),
        Protocol(_W.T1, _P.CORONAL, 160, 22, 3, 4),
        Protocol(_W.PD_FAT_SAT, _P.AXIAL, 160, 22, 3.5, 4.5, shows=(_F.EFFUSION,)),
        Protocol(_W.PD, _P.SAGITTAL, 160, 24, 3, 4, shows=(_F.MENISCAL_TEAR,)),
    ),
    Region.ABDOMEN: (
        Protocol(_W.T2, _P.CORONAL, 400, 22, 6, 8, core=True),
        Protocol(_W.T2_FAT_SAT, _P.AXIAL, 390, 24, 6, 8, core=True),
        Protocol(_W.T1, _P.AXIAL, 390, 24, 5, 8),
        Protocol(_W.T1_CONTRAST, _P.AXIAL, 390, 24, 5, 8, shows=(_F.LIVER_METASTASIS, _F.HEPATIC_CYST)),
        Protocol(_W.DWI, _P.AXIAL, 390, 24, 6, 8, shows=(_F.LIVER_METASTASIS,)),
    ),
    Region.PROSTATE: (
        Protocol(_W.T2, _P.AXIAL, 200, 22, 3, 3.3, core=True),
        Protocol(_W.T2, _P.SAGITTAL, 200, 22, 3, 3.3, core=True),
        Protocol(_W.DWI, _P.AXIAL, 220, 22, 3, 3.3, shows=(_F.PROSTATE_CANCER,)),
        Protocol(_W.ADC, _P.AXIAL, 220, 22, 3, 3.3, shows=(_F.PROSTATE_CANCER,)),
        Protocol(_W.T2, _P.CORONAL, 200, 22, 3, 3.3),
    ),
}
