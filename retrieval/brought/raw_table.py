"""A table as it was read, row by row, before rows become items: what all readers return."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.evaluation.items import PATIENT, STUDY, Values

ID, VECTOR, SIZE = "id", "vector", "mrseek_size"
"""Columns of their own: the item's name, its vector, and how much of it there is (`Items.sizes`)."""

_ALSO = {"patient_id": PATIENT, "study_id": STUDY}


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """Rows in the order of the file. Several rows of one id are one item, with a vector each.

    Attributes:
        name: of the file, for messages.
        ids: the item of each row.
        columns: by name, the values of each row.
        vectors: floats or whole numbers, shape (rows with a vector, dimension); None where the file has none at all.
        with_vector: bool, shape (rows,): which rows have one.
        sizes: float64, shape (rows,), NaN where unknown; None where the file does not say.
    """

    name: str
    ids: Sequence[str]
    columns: Mapping[str, Sequence[Values]]
    vectors: NDArray[np.number] | None
    with_vector: NDArray[np.bool_]
    sizes: NDArray[np.float64] | None = None


def check_ids(name: str, ids: Sequence[str]) -> None:
    """Refuses a table without rows, or with rows that are nobody's.

    Raises:
        UsageError: such a table.
    """
    if not len(ids):
        raise UsageError(f"{name} has no rows.", remedy="Give a row for each item.")
    if empty := [row for row, one in enumerate(ids, 1) if not one]:
        raise UsageError(f"{name} has {len(empty)} rows without an id, row {empty[0]} first.")
    if broken := [row for row, one in enumerate(ids, 1) if "\t" in one or "\n" in one]:
        raise UsageError(f"{name} has {len(broken)} ids with a tab or a line break in them, row {broken[0]} first.")


def column_names(name: str, names: Sequence[str]) -> dict[str, str]:
    """What each column of a file is called here: `patient_id` is the patient, `study_id` the study.

    >>> column_names("x.csv", ["id", "patient_id", "region"])
    {'id': 'id', 'patient_id': 'patient', 'region': 'region'}

    Raises:
        UsageError: no column `id`, or two columns of one name.
    """
    called = {one: _ALSO.get(one, one) for one in names}
    if ID not in called:
        shown = ", ".join(sorted(names)[:10]) or "none"
        raise UsageError(f"{name} has no column `{ID}`; it has: {shown}.", remedy="Name the items in a column `id`.")
    meant = [_ALSO.get(one, one) for one in names]
    if doubled := sorted({one for one in meant if meant.count(one) > 1}):
        raise UsageError(f"{name} has two columns for `{doubled[0]}`.", remedy="Leave one of them out.")
    return called


def plain_number(cell: object) -> object:
    """Whole numbers without a point: what is 1 in one table is 1.0 in another that has gaps; and NaN is such a gap.

    >>> plain_number(2.0), plain_number(2.5), plain_number(float("nan")), plain_number("2.0")
    (2, 2.5, None, '2.0')
    """
    if not isinstance(cell, float):
        return cell
    if math.isnan(cell):
        return None
    return int(cell) if cell.is_integer() else cell
