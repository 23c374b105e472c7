"""Tables without vectors from CSV and TSV: what is known of items whose scores come from a run."""

import csv
from pathlib import Path

import numpy as np

from common.errors import UsageError
from retrieval.brought.raw_table import ID, RawTable, check_ids, column_names
from retrieval.evaluation.asked_texts import SEVERAL
from retrieval.evaluation.facts import interned
from retrieval.evaluation.items import Values


def read_csv_table(file: Path) -> RawTable:
    """The rows of a table in UTF-8 with a head line; a cell may name several values, with ";" between them.

    Raises:
        UsageError: it cannot be read; no ids; rows with more or fewer cells than the head.
    """
    head, *rows = _lines(file)
    called = column_names(file.name, head)
    if crooked := [row for row, cells in enumerate(rows, 1) if len(cells) != len(head)]:
        raise UsageError(
            f"{file.name} has {len(crooked)} rows that do not have {len(head)} cells, row {crooked[0]} first.",
            remedy="Quote cells that hold the separator.",
        )
    cells = dict(zip(head, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(head, ())
    ids = [one.strip() for one in cells[ID]]
    check_ids(file.name, ids)
    return RawTable(
        name=file.name,
        ids=ids,
        columns={called[name]: interned([_values(one) for one in cells[name]]) for name in head if name != ID},
        vectors=None,
        with_vector=np.zeros(len(ids), bool),
    )


def _lines(file: Path) -> list[list[str]]:
    separator = "\t" if file.suffix.lower() == ".tsv" else ","
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = [cells for cells in csv.reader(stream, delimiter=separator, strict=True) if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{file.name} cannot be read as a table ({type(error).__name__}).",
            remedy="Give a CSV or TSV file in UTF-8 with a head line.",
        ) from error
    if not lines:
        raise UsageError(f"{file.name} is empty.", remedy="Give a head line with `id`, and a row for each item.")
    return lines


def _values(cell: str) -> Values:
    return tuple(dict.fromkeys(value.strip() for value in cell.split(SEVERAL) if value.strip()))
