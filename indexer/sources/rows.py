"""Tables as rows of text: CSV, TSV, JSON lines and Parquet, whatever their encoding.

UTF-8 (with or without a byte order mark) and UTF-16 with a mark are recognised; anything else is read as Windows-1252,
the superset of Latin-1 that spreadsheets write.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from common.errors import SourceError

_MISSING = frozenset({"", "n/a", "na", "nan", "null", "none", "-"})
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as text: `rows` have one entry for each of `columns`, "" where the table says nothing."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def read_rows(path: Path, *, error: type[SourceError] = SourceError) -> Rows:
    """All rows of a table.

    Args:
        path: a .csv, .tsv, .jsonl, .ndjson or .parquet file.
        error: the class of error to raise.

    Raises:
        SourceError: (or `error`) the file is not there, of another kind, or broken.
    """
    if not path.is_file():
        raise error(f"The table {path} is not there.", remedy="Check the path.")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise error(f'A table ending in "{suffix}" came.', remedy=f"Give one of {', '.join(SUFFIXES)}.")
    try:
        if suffix == ".parquet":
            return _parquet(path)
        text = read_text(path)
        return _json_lines(text) if suffix in {".jsonl", ".ndjson"} else _delimited(text, suffix)
    except (OSError, csv.Error, ValueError, TypeError) as problem:
        # The parser's own words may quote the table: only the kind of problem is told.
        place = f", line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise error(
            f"The table {path.name} cannot be read ({type(problem).__name__}{place}).",
            remedy="Save it again as UTF-8 CSV with one header line, or as one JSON object a line.",
        ) from None


def read_text(path: Path) -> str:
    """The text of a file, by the byte order mark, else as UTF-8, else as Windows-1252."""
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def is_missing(text: str) -> bool:
    """Whether a cell says that it has no value: empty, n/a, NaN, null."""
    return text.strip().casefold() in _MISSING


def _delimited(text: str, suffix: str) -> Rows:
    csv.field_size_limit(2**31 - 1)  # reports are longer than the 128 kB that the module allows by itself
    reader = csv.reader(StringIO(text.replace("\0", ""), newline=""), delimiter=_delimiter(text, suffix))
    header = [name.strip() for name in next(reader, [])]
    rows = [dict(zip(header, (*row, *[""] * len(header)), strict=False)) for row in reader if any(row)]
    return Rows(tuple(name for name in header if name), tuple(rows))


def _delimiter(text: str, suffix: str) -> str:
    """Tab for .tsv; else what the header line holds most of: comma, semicolon (German and French exports) or tab."""
    header = text.split("\n", 1)[0]
    return "\t" if suffix == ".tsv" else max(",;\t", key=header.count)


def _json_lines(text: str) -> Rows:
    rows = [_flat(json.loads(line)) for line in text.splitlines() if line.strip()]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Rows(columns, tuple({name: row.get(name, "") for name in columns} for row in rows))


def _flat(record: Any) -> dict[str, str]:
    if not isinstance(record, dict):
        raise TypeError
    return {str(name): _cell(value) for name, value in record.items()}


def _parquet(path: Path) -> Rows:
    from pyarrow import parquet

    table = parquet.read_table(path)
    names = tuple(str(name) for name in table.column_names)
    columns = [[_cell(value) for value in table.column(name).to_pylist()] for name in names]
    rows = _transposed(names, columns)
    return Rows(names, tuple(rows))


def _transposed(names: tuple[str, ...], columns: list[list[str]]) -> Iterator[dict[str, str]]:
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
