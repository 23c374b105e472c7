"""Text columns of users' tables as typed values: one type a column, never cell by cell."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from indexer.sources.column_names import filter_name, identifies
from indexer.sources.rows import is_missing

Value = str | float | int | bool | None

# No leading zeros: "007" is a code, and would not survive as a number.
_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,14})")
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FLAGS = {"true": True, "false": False}


def typed_rows(rows: Sequence[Mapping[str, str]], columns: Iterable[str]) -> list[dict[str, Value]]:
    """The named columns of all rows, typed, under names that filters can write. Identifying columns are left out.

    >>> typed_rows([{"Score": "1", "ok": "true"}, {"Score": "2.5", "ok": "n/a"}], ["Score", "ok"])
    [{'score': 1.0, 'ok': True}, {'score': 2.5, 'ok': None}]
    """
    typed: list[dict[str, Value]] = [{} for _ in rows]
    for column in columns:
        if identifies(column):
            continue
        cells = [row.get(column, "").strip() for row in rows]
        for target, value in zip(typed, _typed(cells), strict=True):
            target[filter_name(column)] = value
    return typed


def _typed(cells: list[str]) -> list[Value]:
    """One column, by the narrowest type that holds all its values."""
    present = [cell for cell in cells if not is_missing(cell)]
    if present and all(cell.lower() in _FLAGS for cell in present):
        return [None if is_missing(cell) else _FLAGS[cell.lower()] for cell in cells]
    if present and all(_WHOLE.fullmatch(cell) for cell in present):
        return [None if is_missing(cell) else int(cell) for cell in cells]
    if present and all(_is_number(cell) for cell in present):
        return [None if is_missing(cell) else float(cell) for cell in cells]
    return [None if is_missing(cell) else cell for cell in cells]


def _is_number(cell: str) -> bool:
    """Whether a cell is a finite number and no code: "1e999" is none, "007" a code."""
    return bool(_REAL.fullmatch(cell)) and math.isfinite(float(cell)) and not re.match(r"[+-]?0\d", cell)
