"""Comparisons as aligned tables for the terminal: a block a pair of runs, a row a measure."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from retrieval.report.tables import Row, aligned
from retrieval.report.words import bounds, digits_of, shown

Document = Mapping[str, Any]


def as_table(comparisons: Sequence[Document]) -> str:
    """What is better, by how much, and whether that may be luck."""
    blocks = []
    for (task, a, b), rows in groupby(comparisons, key=lambda one: (one["task"], one["a"], one["b"])):
        found = list(rows)
        who = f"{found[0]['queries']} queries of {found[0]['patients']} patients"
        lines = [f"{task}: {b} against {a} ({who})", *aligned([_head(a, b), *map(_row, found)])]
        blocks.append("\n".join(lines))
    note = f"p corrected for all {len(comparisons)} comparisons (Holm); below 0 a rank is better, a share is worse."
    return "\n\n".join([*blocks, note]) + "\n"


def _head(a: str, b: str) -> Row:
    return ("measure", a, b, "difference", "95 % interval", "p", "p corrected")


def _row(one: Document) -> Row:
    digits = digits_of(one["measure"])
    values = (shown(one["value_a"], digits), shown(one["value_b"], digits), shown(one["effect"], digits))
    return (one["measure"], *values, bounds(one["interval"], digits), _p(one["p"]), _p(one["p_corrected"]))


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "<0.0001"
