"""What an audit of a collection found."""

from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.audit.checks import Check
from retrieval.audit.confounding import Confounding
from retrieval.audit.health import Health
from retrieval.audit.leak_results import LeakAudit
from retrieval.audit.modality_gap import ModalityGap


@dataclass(frozen=True, slots=True)
class ConfoundingAudit:
    """Which confounders explain what scans find.

    Attributes:
        k: hits of each query.
        series: the gallery: series with an image vector.
        queries: how many of them asked.
        strata: the columns that make series alike for good reasons.
        confounders: one entry each.
    """

    k: int
    series: int
    queries: int
    strata: tuple[str, ...]
    confounders: tuple[Confounding, ...]


@dataclass(frozen=True, slots=True)
class HealthAudit:
    """The channels, and the gaps between those of one space."""

    channels: tuple[Health, ...]
    gaps: tuple[ModalityGap, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that was not made, and why."""

    check: Check
    reason: str


@dataclass(frozen=True, slots=True)
class Audit:
    """All that was found; None where a check was not made.

    Attributes:
        snapshot: number of the audited snapshot.
        encoder: name of the encoder that made it.
        code_version: of mrseek.
        configuration: what was asked, for the record.
    """

    snapshot: int
    encoder: str
    code_version: str
    leaks: LeakAudit | None
    confounding: ConfoundingAudit | None
    health: HealthAudit | None
    skipped: tuple[Skipped, ...]
    configuration: Mapping[str, object]

    @property
    def leaks_or_may(self) -> bool:
        """Whether a leak was found, or may be there because it could not be looked for."""
        return self.leaks is not None and bool(self.leaks.found or self.leaks.unchecked)
