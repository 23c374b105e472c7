"""What an audit of a split found: each kind of leak with counts, shares, examples, and what could not be seen."""

from dataclasses import dataclass
from enum import StrEnum

from retrieval.audit.shared_keys import Example


class LeakKind(StrEnum):
    """What two sides of a split may share."""

    PATIENT = "same-patient"
    STUDY = "same-study"
    FILES = "same-files"
    PIXELS = "same-pixels"
    NEAR_IMAGE = "near-image"
    REPORT = "same-report"
    NEAR_REPORT = "near-report"
    REPORT_VECTOR = "near-report-vector"


class LeakStatus(StrEnum):
    """What is known about a leak."""

    FOUND = "found"
    NONE = "none"
    USUAL = "near, as is usual"  # it may be there: unrelated series of one side are as near
    PARTLY = "none, in part checked"  # none of those that could be compared
    UNCHECKED = "not checked"  # it may be there: it could not be looked for
    ABSENT = "nothing to compare"  # a side has no reports, say


_MAY_BE = (LeakStatus.USUAL, LeakStatus.PARTLY, LeakStatus.UNCHECKED)
REPORT_KINDS = (LeakKind.REPORT, LeakKind.NEAR_REPORT, LeakKind.REPORT_VECTOR)


@dataclass(frozen=True, slots=True)
class SideSize:
    """How much a side holds."""

    name: str
    series: int
    reports: int
    patients: int


@dataclass(frozen=True, slots=True)
class Leak:
    """One kind of leak.

    Attributes:
        status: found, none, not checked, or nothing to compare.
        keys: number of distinct things that sides share (patients, contents, clusters of reports); for pairs of
            vectors, of pairs.
        affected: for each side, the number of its series (of its reports, for kinds of reports) that share one.
        compared: for each side, of how many: those that could be compared.
        threshold: the least similarity that counts; None where equality was asked.
        usual: the share of a side's own series that reach the threshold with another patient of the same side: where
            it is as high as the share affected, nearness says nothing about leaks. None where it was not measured.
        examples: a few, by pseudonym.
        notes: why it was not checked, or what its numbers leave out.
    """

    kind: LeakKind
    status: LeakStatus
    keys: int = 0
    affected: tuple[int, ...] = ()
    compared: tuple[int, ...] = ()
    threshold: float | None = None
    usual: float | None = None
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[float, ...]:
        """For each side, the share of the compared that is affected; 0 where nothing was compared."""
        return tuple(hit / whole if whole else 0.0 for hit, whole in zip(self.affected, self.compared, strict=True))


@dataclass(frozen=True, slots=True)
class LeakAudit:
    """A split and its leaks.

    Attributes:
        sides: in the order of every leak's `affected`.
        left_out: series without a value of the split's column.
        leaks: one a kind.
        notes: what pseudonyms could not say.
    """

    sides: tuple[SideSize, ...]
    left_out: int
    leaks: tuple[Leak, ...]
    notes: tuple[str, ...]

    @property
    def found(self) -> tuple[Leak, ...]:
        """The leaks that are there."""
        return tuple(leak for leak in self.leaks if leak.status is LeakStatus.FOUND)

    @property
    def unchecked(self) -> tuple[Leak, ...]:
        """The leaks that may be there: they could not be looked for, in full or in part, or not be told from chance."""
        return tuple(leak for leak in self.leaks if leak.status in _MAY_BE)

    @property
    def verdict(self) -> str:
        """One sentence."""
        names = ", ".join(leak.kind.value for leak in self.found)
        unknown = ", ".join(leak.kind.value for leak in self.unchecked)
        words = f"The sides leak: {names}." if names else "No leak was found."
        return f"{words} Not checked in full: {unknown}." if unknown else words
