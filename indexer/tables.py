"""A snapshot's two tables, streamed from the catalog to Parquet, one row group at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from indexer.schema import REPORT_COLUMNS, SERIES_COLUMNS, Column, ColumnType

_GROUP_ROWS = 8192
_ANSWERS = ("rank", "score", "series", "study", "patient", "report", "channel", "metadata")  # what answers call theirs


def table_columns(extras: Iterable[Mapping[str, object]]) -> dict[str, Column]:
    """The columns that the user's table adds, by the name that they have there; a name of ours gets "x_" before it.

    The type is the narrowest that holds every value: flags, whole numbers, numbers, text.
    """
    kinds: dict[str, set[type]] = {}
    for row in extras:
        for name, value in row.items():
            kinds.setdefault(name, set()).update(() if value is None else (type(value),))
    taken = {*(column.name for column in SERIES_COLUMNS), *_ANSWERS}
    columns = {}
    for name in sorted(kinds, key=lambda name: (name in taken, name)):
        shown = name
        while shown in taken:
            shown = f"x_{shown}"
        taken.add(shown)
        columns[name] = Column(shown, _type_of(kinds[name]), "from the user's table")
    return columns


def write_series(path: Path, rows: Iterable[tuple[dict[str, Any], dict[str, Any]]], added: Mapping[str, Column]) -> int:
    """Writes `series.parquet`; returns the number of rows.

    Args:
        path: where it is written.
        rows: our columns and the user's, series by series, in the order wanted.
        added: the user's columns, from `table_columns`.
    """
    merged = (ours | {column.name: extra.get(name) for name, column in added.items()} for ours, extra in rows)
    return _write(path, (*SERIES_COLUMNS, *added.values()), merged)


def write_reports(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Writes `reports.parquet`; returns the number of rows."""
    return _write(path, REPORT_COLUMNS, rows)


def _write(path: Path, columns: Sequence[Column], rows: Iterable[dict[str, Any]]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        ColumnType.TEXT: pa.string(),
        ColumnType.REAL: pa.float64(),
        ColumnType.WHOLE: pa.int64(),
        ColumnType.FLAG: pa.bool_(),
    }
    schema = pa.schema([pa.field(column.name, types[column.type]) for column in columns])
    count = 0
    with path.open("wb") as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(rows):
            arrays = [
                pa.array([_cast(row.get(column.name), column.type) for row in group], types[column.type])
                for column in columns
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    remaining = iter(rows)
    while group := list(islice(remaining, _GROUP_ROWS)):
        yield group


def _cast(value: Any, kind: ColumnType) -> Any:
    if value is None:
        return None
    match kind:
        case ColumnType.TEXT:
            return str(value)
        case ColumnType.REAL:
            return float(value)
        case ColumnType.WHOLE:
            return int(value)
        case ColumnType.FLAG:
            return bool(value)


def _type_of(kinds: set[type]) -> ColumnType:
    if kinds == {bool}:
        return ColumnType.FLAG
    if kinds == {int}:
        return ColumnType.WHOLE
    if kinds and kinds <= {int, float}:
        return ColumnType.REAL
    return ColumnType.TEXT
