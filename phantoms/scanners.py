"""The scanners of the made-up hospital, 0.5 to 7 T."""

from dataclasses import dataclass
from enum import StrEnum


class Vendor(StrEnum):
    """Manufacturers, as they write themselves in headers."""

    SIEMENS = "SIEMENS"
    GE = "GE MEDICAL SYSTEMS"
    PHILIPS = "Philips Medical Systems"


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

_COMMON = 4  # each scanner of 1.5 or 3 T scans as often as this many others
_HIGHEST_T = {"brain": 7.0, "knee": 7.0}


def scanners_for(region: str) -> tuple[Scanner, ...]:
    """The scanners that scan a region, the commoner ones several times: 7 T is for heads and knees."""
    fitting = [scanner for scanner in SCANNERS if scanner.field_strength_t <= _HIGHEST_T.get(region, 3.0)]
    common = [scanner for scanner in fitting if scanner.field_strength_t in (1.5, 3.0)]
    return (*fitting, *common * (_COMMON - 1))
