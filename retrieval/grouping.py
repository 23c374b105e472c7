"""What one hit stands for: a series, a report, a study or a patient. A group is ranked by its best row."""

import numpy as np
from numpy.typing import NDArray

from retrieval.query import Grouping, Target
from retrieval.tables import Table, Tables

_NAMES = {Grouping.STUDY: ("study", "studies"), Grouping.PATIENT: ("patient", "patients")}


def group_column(target: Target, grouping: Grouping) -> str:
    """The id column whose values are the groups; "" where every row is a hit of its own."""
    if grouping is Grouping.NONE:
        return "report_id" if target is Target.REPORT else ""
    return "study_id" if grouping is Grouping.STUDY else "patient_id"


def groups_of(tables: Tables, table: Table, column: str) -> NDArray[np.int64] | None:
    """int64, shape (rows,): the group of each row, from 0; None where every row is its own."""
    return tables.group_codes(table, column) if column else None


def hits_are(target: Target, grouping: Grouping, count: int) -> str:
    """What hits are called: "1 study", "3 reports"."""
    singular, plural = _NAMES.get(grouping, ("report", "reports") if target is Target.REPORT else ("series", "series"))
    return f"{count} {singular if count == 1 else plural}"
