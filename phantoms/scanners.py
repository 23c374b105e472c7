"""The scanners of the made-up hospital, and how each vendor's users name their series."""

from dataclasses import dataclass
from enum import StrEnum

from phantoms.contrast import Weighting


class Vendor(StrEnum):
    """Manufacturers, as they write themselves in headers."""

    SIEMENS = "SIEMENS"
    GE = "GE MEDICAL SYSTEMS"
    PHILIPS = "Philips Medical Systems"


class Plane(StrEnum):
    """How the slices lie; THREE_D is near-isotropic, acquired in sagittal partitions."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"
    THREE_D = "3d"


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner."""

    vendor: Vendor
    model: str
    field_strength_t: float
    station: str


SCANNERS = (
    Scanner(Vendor.SIEMENS, "MAGNETOM Free.Max", 0.55, "MR7"),
    Scanner(Vendor.SIEMENS, "MAGNETOM Terra", 7.0, "MR8"),
    Scanner(Vendor.SIEMENS, "MAGNETOM Prisma", 3.0, "MR9"),
    Scanner(Vendor.GE, "SIGNA OpenSpeed", 0.7, "MR10"),
    Scanner(Vendor.GE, "SIGNA 7.0T", 7.0, "MR11"),
    Scanner(Vendor.GE, "Optima MR450w", 1.5, "MR12"),
    Scanner(Vendor.PHILIPS, "Panorama HFO", 1.0, "MR13"),
    Scanner(Vendor.PHILIPS, "Intera", 0.5, "MR14"),
    Scanner(Vendor.PHILIPS, "Ambition X", 1.5, "MR15"),
    Scanner(Vendor.SIEMENS, "MAGNETOM Skyra", 3.0, "MR1"),
    Scanner(Vendor.SIEMENS, "MAGNETOM Aera", 1.5, "MR2"),
    Scanner(Vendor.GE, "DISCOVERY MR750", 3.0, "MR3"),
    Scanner(Vendor.GE, "SIGNA Artist", 1.5, "MR4"),
    Scanner(Vendor.PHILIPS, "Ingenia", 3.0, "MR5"),
    Scanner(Vendor.PHILIPS, "Achieva", 1.5, "MR6"),
)

_SIEMENS = {
    Weighting.T1: "t1_tse_{}",
    Weighting.T1_CONTRAST: "t1_tse_{}_km",
    Weighting.T2: "t2_tse_{}",
    Weighting.T2_FAT_SAT: "t2_tse_fs_{}",
    Weighting.PD: "pd_tse_{}",
    Weighting.PD_FAT_SAT: "pd_tse_fs_{}",
    Weighting.FLAIR: "t2_tirm_{}_dark-fluid",
    Weighting.STIR: "t2_tirm_{}",
    Weighting.DWI: "ep2d_diff_b1000_{}_TRACEW",
    Weighting.ADC: "ep2d_diff_b1000_{}_ADC",
}
_GE = {
    Weighting.T1: "{} T1 FSE",
    Weighting.T1_CONTRAST: "{} T1 FSE +C",
    Weighting.T2: "{} T2 FSE",
    Weighting.T2_FAT_SAT: "{} T2 FRFSE FS",
    Weighting.PD: "{} PD FSE",
    Weighting.PD_FAT_SAT: "{} PD FSE FS",
    Weighting.FLAIR: "{} T2 FLAIR",
    Weighting.STIR: "{} STIR",
    Weighting.DWI: "{} DWI b1000",
    Weighting.ADC: "{} ADC (10^-6 mm2/s)",
}
_PHILIPS = {
    Weighting.T1: "T1W_TSE_{}",
    Weighting.T1_CONTRAST: "T1W_TSE_{}_GD",
    Weighting.T2: "T2W_TSE_{}",
    Weighting.T2_FAT_SAT: "T2W_SPAIR_{}",
    Weighting.PD: "PDW_TSE_{}",
    Weighting.PD_FAT_SAT: "PDW_SPAIR_{}",
    Weighting.FLAIR: "FLAIR_{}",
    Weighting.STIR: "STIR_TSE_{}",
    Weighting.DWI: "DWI_{}_b1000",
    Weighting.ADC: "dADC_{}",
}
_PLANE_WORDS = {
    Vendor.SIEMENS: {Plane.AXIAL: "tra", Plane.CORONAL: "cor", Plane.SAGITTAL: "sag", Plane.THREE_D: "sag_iso"},
    Vendor.GE: {Plane.AXIAL: "Ax", Plane.CORONAL: "Cor", Plane.SAGITTAL: "Sag", Plane.THREE_D: "Sag 3D"},
    Vendor.PHILIPS: {Plane.AXIAL: "TRA", Plane.CORONAL: "COR", Plane.SAGITTAL: "SAG", Plane.THREE_D: "3D_SAG"},
}
_NAMES = {Vendor.SIEMENS: _SIEMENS, Vendor.GE: _GE, Vendor.PHILIPS: _PHILIPS}
_VOLUMETRIC_T1 = {Vendor.SIEMENS: "t1_mprage_sag_iso", Vendor.GE: "Sag 3D T1 BRAVO", Vendor.PHILIPS: "T1W_3D_TFE_SAG"}


_COMMON = 4  # each scanner of 1.5 or 3 T scans as often as this many others
_HIGHEST_T = {"brain": 7.0, "knee": 7.0}


def scanners_for(region: str) -> tuple[Scanner, ...]:
    """The scanners that scan a region, the commoner ones several times: 7 T is for heads and knees."""
    fitting = [scanner for scanner in SCANNERS if scanner.field_strength_t <= _HIGHEST_T.get(region, 3.0)]
    common = [scanner for scanner in fitting if scanner.field_strength_t in (1.5, 3.0)]
    return (*fitting, *common * (_COMMON - 1))


def series_description(vendor: Vendor, weighting: Weighting, plane: Plane) -> str:
    """What users of a vendor's scanners call a series.

    >>> series_description(Vendor.GE, Weighting.FLAIR, Plane.AXIAL)
    'Ax T2 FLAIR'
    """
    if plane is Plane.THREE_D and weighting is Weighting.T1:
        return _VOLUMETRIC_T1[vendor]
    return _NAMES[vendor][weighting].format(_PLANE_WORDS[vendor][plane])
