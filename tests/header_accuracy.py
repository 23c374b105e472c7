"""Counting how often normalised headers agree with the manifest, column by column."""

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.records import SeriesHeader
from tests.manifest_series import ManifestSeries
from tests.manifest_truth import COLUMNS

_VALUES = {
    "sequence": lambda header: header.sequence.value,
    "region": lambda header: header.region.value,
    "region, or part or whole of it": lambda header: header.region.value,
    "plane": lambda header: header.plane.value,
    "contrast": lambda header: header.contrast.value,
    "field strength": lambda header: header.field_strength_t.value,
    "manufacturer": lambda header: header.manufacturer.value,
    "age": lambda header: header.age_years.value,
    "sex": lambda header: header.sex.value,
}


@dataclass(frozen=True, slots=True)
class ColumnAccuracy:
    """How one column does over the series for which the manifest states it.

    Attributes:
        right: series whose value is right (for contrast: an undecided one counts as "no contrast").
        undecided: series for which nothing in header, sidecar or name decides, counted as not right.
        stated: series for which the manifest states the column.
    """

    column: str
    right: int
    undecided: int
    stated: int

    @property
    def wrong(self) -> int:
        """Series with a value that is not right."""
        return self.stated - self.right - self.undecided

    @property
    def accuracy(self) -> float:
        """Share of right values among those that the manifest states."""
        return self.right / self.stated


def column_accuracies(series: Iterable[ManifestSeries]) -> tuple[ColumnAccuracy, ...]:
    """The accuracy of every column over the series."""
    listed = tuple(series)
    return tuple(_accuracy(column, listed) for column in COLUMNS)


def is_undecided(column: str, header: SeriesHeader) -> bool:
    """Whether a header has no value in a column."""
    return _VALUES[column](header) is None


def _accuracy(column: str, series: tuple[ManifestSeries, ...]) -> ColumnAccuracy:
    verdicts = [(one, COLUMNS[column](one.header, one.manifest)) for one in series]
    stated = [(one, right) for one, right in verdicts if right is not None]
    undecided = sum(not right and is_undecided(column, one.header) for one, right in stated)
    return ColumnAccuracy(column, sum(right for _, right in stated), undecided, len(stated))
