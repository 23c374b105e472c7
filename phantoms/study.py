"""Who is scanned, when, where and how: patients, their studies, the series of each. Data only; plan.py makes it up."""

import datetime as dt
from dataclasses import dataclass

from phantoms.anatomy import Region
from phantoms.findings import Finding
from phantoms.protocols import Protocol
from phantoms.scanners import Scanner
from phantoms.scene import Acquisition, Subject
from phantoms.sequences import Sequence

_CONTRAST_AGENT = "Gadobutrol"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a study, as it is to be scanned."""

    number: int
    uid: str
    protocol: Protocol
    acquisition: Acquisition
    description: str

    @property
    def sequence(self) -> Sequence:
        """What is scanned, as the protocol card has it."""
        return self.protocol.sequence

    @property
    def contrast_agent(self) -> str:
        """The agent given, "" for none."""
        return _CONTRAST_AGENT if self.acquisition.contrast_given else ""

    @property
    def pitch_mm(self) -> float:
        """From one slice's middle to the next one's."""
        return round(self.acquisition.thickness_mm + self.acquisition.gap_mm, 6)


@dataclass(frozen=True, slots=True)
class Study:
    """One visit: what was scanned on which scanner, and what is there to be seen."""

    number: int
    uid: str
    accession: str
    date: dt.date
    subject: Subject
    scanner: Scanner
    series: tuple[Series, ...]
    prior: "Study | None" = None

    @property
    def region(self) -> Region:
        """What was scanned."""
        return self.subject.region

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong at this visit."""
        return self.subject.findings

    @property
    def laterality(self) -> str:
        """Which of a paired region, "left" or "right"; "" for regions that come once."""
        return ("left" if self.subject.left else "right") if self.region.value in PAIRED else ""


PAIRED = ("knee", "shoulder", "wrist")


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
