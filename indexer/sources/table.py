"""A user's own table about the series: joined by path, series, study or patient, whichever it names most precisely.

A row with a path or a series UID describes one series; a row with only a study or a patient describes all of theirs.
Its patient, study, age and sex win over what headers say; all other columns become typed extra columns of the series,
except those whose names say that they identify a person. Rows that match nothing are listed, never dropped in silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from common.errors import SourceError
from indexer.records import FoundSeries, SkippedFile
from indexer.sources.column_names import SYNONYMS, Role, find_roles
from indexer.sources.demographics import age_text, sex_text
from indexer.sources.patient_names import KeyIndex
from indexer.sources.reasons import SkipReason
from indexer.sources.rows import is_missing, read_rows
from indexer.sources.typed_columns import Value, typed_rows

_KEYS = (Role.PATH, Role.SERIES, Role.STUDY, Role.PATIENT)


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One row of a series table."""

    number: int  # from 1, without the header line
    keys: Mapping[Role, str] = field(repr=False)
    tags: Mapping[str, str] = field(repr=False)
    extra: Mapping[str, Value] = field(repr=False)

    @property
    def most_precise(self) -> Role:
        """The key that it is joined by."""
        return next(role for role in _KEYS if role in self.keys)


def read_table(path: Path) -> tuple[SeriesRow, ...]:
    """The rows of a series table (.csv, .tsv, .jsonl or .parquet) that name a series, study or patient.

    Raises:
        SourceError: the table cannot be read, or no column says what its rows are about.
    """
    table = read_rows(path)
    roles = find_roles(table.columns, (*_KEYS, Role.AGE, Role.SEX))
    if not any(role in roles for role in _KEYS):
        names = ", ".join(SYNONYMS[role][0] for role in _KEYS)
        raise SourceError(
            f"No column of {path.name} says what a row is about: {', '.join(table.columns) or '(none)'}.",
            remedy=f"Name one of them {names}.",
        )
    # A path or series stands in `FoundSeries` already; patients and studies must not reach filters in the clear.
    extras = typed_rows(table.rows, [column for column in table.columns if column not in roles.values()])
    rows = (
        _row(number, row, roles, extra) for number, (row, extra) in enumerate(zip(table.rows, extras, strict=True), 1)
    )
    return tuple(row for row in rows if row.keys)


def apply_table(
    rows: Sequence[SeriesRow], series: Iterable[FoundSeries], *, name: str
) -> tuple[tuple[FoundSeries, ...], tuple[SkippedFile, ...]]:
    """The series with what the table says about them, and the rows that were of no use.

    Args:
        rows: the table.
        series: what was found.
        name: the table's name, for the list of unused rows.
    """
    index = _Index(rows)
    described = tuple(_describe(one, index.row_for(one)) for one in series)
    unused = (
        SkippedFile(f"{name}: row {row.number}", SkipReason.SECOND_ROW if row.number in index.second else reason)
        for row, reason in ((row, SkipReason.UNKNOWN_ROW) for row in rows if row.number not in index.used)
    )
    return described, tuple(unused)


def _row(number: int, row: Mapping[str, str], roles: Mapping[Role, str], extra: Mapping[str, Value]) -> SeriesRow:
    cells = {role: row.get(column, "").strip() for role, column in roles.items()}
    keys = {role: cells[role] for role in _KEYS if role in cells and not is_missing(cells[role])}
    tags = {"PatientAge": age_text(cells.get(Role.AGE, "")), "PatientSex": sex_text(cells.get(Role.SEX, ""))}
    return SeriesRow(number, keys, {keyword: text for keyword, text in tags.items() if text}, extra)


class _Index:
    """Finds the row of a series: by path, then series UID, then study, then patient."""

    def __init__(self, rows: Sequence[SeriesRow]) -> None:
        self.used: set[int] = set()
        self.second: set[int] = set()
        keyed: dict[Role, list[tuple[str, SeriesRow]]] = {role: [] for role in _KEYS}
        for row in rows:
            keyed[row.most_precise].append((_normal(row), row))
        self._by = {role: KeyIndex(keyed[role]) for role in _KEYS}
        self._tails: dict[str, list[SeriesRow]] = {}
        for path, row in keyed[Role.PATH]:
            self._tails.setdefault(PurePosixPath(path).name, []).append(row)

    def row_for(self, one: FoundSeries) -> SeriesRow | None:
        rows = (
            self._by_path(one)
            or self._by[Role.SERIES].find(one.key)
            or (self._by[Role.STUDY].find(one.study_key) if one.study_key else [])
            or (self._by[Role.PATIENT].find(one.patient_key) if one.patient_key else [])
        )
        if not rows:
            return None
        self.used.add(rows[0].number)
        self.second.update(row.number for row in rows[1:])
        return rows[0]

    def _by_path(self, one: FoundSeries) -> list[SeriesRow]:
        """Rows that name the series, its folder, or one of its files; then paths that end alike (another mount)."""
        folders = {str(PurePosixPath(stat.path).parent) for stat in one.files}
        names = dict.fromkeys((one.path, *(stat.path for stat in one.files), *sorted(folders - {one.path, "."})))
        exact = [row for name in names for row in self._by[Role.PATH].find(name)]
        if exact:
            return exact
        alike = [
            row for row in self._tails.get(PurePosixPath(one.path).name, ()) if _ends_alike(_normal(row), one.path)
        ]
        return alike if len(alike) == 1 else []


def _normal(row: SeriesRow) -> str:
    """A row's most precise key; a path with forward slashes and without "./" or a slash at its end."""
    key = row.keys[row.most_precise]
    return key.replace("\\", "/").removeprefix("./").rstrip("/") if row.most_precise is Role.PATH else key


def _ends_alike(one: str, other: str) -> bool:
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _describe(one: FoundSeries, row: SeriesRow | None) -> FoundSeries:
    if row is None:
        return one
    return replace(
        one,
        patient_key=row.keys.get(Role.PATIENT, one.patient_key),
        study_key=row.keys.get(Role.STUDY, one.study_key),
        tags={**one.tags, **row.tags},
        extra={**one.extra, **row.extra},
    )
