"""What the reader of one layout hands to the inventory."""

from dataclasses import dataclass

from indexer.records import Failure, FoundSeries, SkippedFile


@dataclass(frozen=True, slots=True)
class Found:
    """Series, what was left out, and what could not be read."""

    series: tuple[FoundSeries, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    failed: tuple[Failure, ...] = ()

    def __add__(self, other: "Found") -> "Found":
        return Found(self.series + other.series, self.skipped + other.skipped, self.failed + other.failed)
