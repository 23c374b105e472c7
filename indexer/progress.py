"""How far a run is: what whoever draws a progress bar is told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    """What a run is doing, in this order."""

    SCAN = "scan"  # files seen; the total is not known
    IMAGES = "images"  # series decoded and encoded
    CARDS = "cards"  # card texts encoded
    REPORTS = "reports"  # passages encoded
    PUBLISH = "publish"  # steps of writing the snapshot


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is.

    Attributes:
        total: None where it is not known.
        failures: items of this phase that failed.
        rate: items a second since the phase began.
    """

    phase: Phase
    done: int
    total: int | None = None
    failures: int = 0
    rate: float = 0.0


class ProgressListener(Protocol):
    """Is told about progress, several times a second at most; must return quickly."""

    def __call__(self, progress: Progress) -> None:
        """Shows it, or not."""
        ...


def no_progress(progress: Progress) -> None:
    """A listener that shows nothing."""
