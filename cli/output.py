"""Rows to stdout: as a table, JSON, JSON lines, CSV or plain ids."""

import csv
import io
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence

from cli.options import Format
from common.errors import StorageError

Row = Mapping[str, object]


def print_json(document: object) -> None:
    """One JSON document, indented."""
    _write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_rows(rows: Iterable[Row], columns: Sequence[str], form: Format, *, key: str) -> None:
    """Prints rows in every form but JSON, whose document belongs to the command.

    Args:
        rows: one mapping a row; missing columns print as empty.
        columns: what a table or CSV shows, in this order.
        form: how to print.
        key: the column that `ids` prints.
    """
    rows = list(rows)
    if form is Format.JSONL:
        text = "".join(json.dumps(dict(row), ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    elif form is Format.CSV:
        text = as_csv(rows, columns)
    elif form is Format.IDS:
        text = "".join(f"{row[key]}\n" for row in rows)
    else:
        text = as_table(rows, columns, width=_width())
    _write(text)


def _write(text: str) -> None:
    """To stdout, at once, so that a full disk behind it is an error of the command and not of the interpreter's end."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # `| head` has seen enough: Click ends the command without a word
    except OSError as error:
        raise StorageError(
            f"The answer cannot be written to stdout: {error.strerror}.", remedy="Make room where it is redirected to."
        ) from error


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Rows as CSV with a header line."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _width() -> int | None:
    """The terminal's; None where nobody watches, so that nothing is cut in a pipe or a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def as_table(rows: Sequence[Row], columns: Sequence[str], *, width: int | None = None) -> str:
    """Rows as a plain table: numbers right, words left, lines cut to `width`; "" where there are no rows.

    >>> print(as_table([{"rank": 1, "series": "ser-0"}], ["rank", "series"]), end="")
    rank  series
       1  ser-0
    """
    if not rows:
        return ""
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max([len(name), *(len(line[i]) for line in cells)]) for i, name in enumerate(columns)]
    right = [all(isinstance(row.get(name), int | float) for row in rows) for name in columns]

    def line(values: Sequence[str]) -> str:
        padded = (
            value.rjust(size) if to_right else value.ljust(size)
            for value, size, to_right in zip(values, widths, right, strict=True)
        )
        return _cut("  ".join(padded).rstrip(), width) + "\n"

    return line(list(columns)) + "".join(line(values) for values in cells)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("\n", " ")


def _cut(line: str, width: int | None) -> str:
    return line if width is None or len(line) <= width else line[: max(width - 1, 1)] + "…"
