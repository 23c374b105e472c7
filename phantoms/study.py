"""Who is scanned, when, where and how: patients, their studies, the series of each. Data only; plan.py makes it up."""

import datetime as dt
from dataclasses import dataclass

from phantoms.anatomy import Body, Region
from phantoms.contrast import Weighting
from phantoms.findings import Finding
from phantoms.protocols import Protocol, Timing
from phantoms.scanners import Scanner

_CONTRAST_AGENT = "Gadobutrol"
_FAT_SUPPRESSED = {Weighting.T2_FAT_SAT, Weighting.PD_FAT_SAT, Weighting.DWI, Weighting.ADC}


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a study, as it is to be scanned."""

    number: int
    uid: str
    protocol: Protocol
    timing: Timing
    matrix: int
    description: str

    @property
    def contrast_agent(self) -> str:
        """The agent given, "" for none."""
        return _CONTRAST_AGENT if self.protocol.weighting is Weighting.T1_CONTRAST else ""

    @property
    def fat_suppressed(self) -> bool:
        """Whether fat is saturated; STIR nulls it by its inversion time instead."""
        return self.protocol.weighting in _FAT_SUPPRESSED

    @property
    def b_value(self) -> int | None:
        """The b-value in s/mm2 of a diffusion-weighted series."""
        return 1000 if self.protocol.weighting is Weighting.DWI else None


@dataclass(frozen=True, slots=True)
class Study:
    """One visit: what was scanned on which scanner, and what is there to be seen."""

    number: int
    uid: str
    accession: str
    date: dt.date
    age_years: int
    region: Region
    body: Body
    scanner: Scanner
    findings: tuple[Finding, ...]
    series: tuple[Series, ...]
    prior: "Study | None" = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One made-up patient with one to three studies of one region, oldest first."""

    number: int
    sex: str
    birth_date: dt.date
    studies: tuple[Study, ...]

    @property
    def patient_id(self) -> str:
        """Such as "PHANTOM-0007"."""
        return f"PHANTOM-{self.number:04d}"
