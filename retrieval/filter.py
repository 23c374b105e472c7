"""Which rows may answer: the `where` filter and the exclusions, as positions in a table, before anything is ranked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import FilterError
from retrieval.expression import FilterExpression, parse_filter
from retrieval.filter_explain import explain_empty
from retrieval.tables import OutOfTimeError, Table, Tables

_SHOW_COLUMNS = "`mrseek show --columns` lists the columns and their types."


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What is left out before the top k, by pseudonym."""

    patients: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    series: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.patients or self.studies or self.series)


@dataclass(frozen=True, slots=True, eq=False)
class Eligible:
    """The rows that may answer.

    Attributes:
        positions: int64, sorted, in the table that was filtered; None where every row may answer.
        explanation: why no row passes the filter; "" where one does.
    """

    positions: NDArray[np.int64] | None
    explanation: str = ""


def eligible_rows(tables: Tables, table: Table, where: str, exclusions: Exclusions) -> Eligible:
    """The rows of a table that pass the filter and no exclusion names.

    A passage of a report passes the filter where any series of its study does.

    Raises:
        FilterError: the filter is not one boolean expression over the columns of series.parquet, does not fit their
            types, or takes too long.
    """
    expression = parse_filter(where, tables) if where.strip() else None
    if expression is None and not exclusions:
        return Eligible(None)
    if expression is not None:
        _check_boolean(expression, tables)
    condition, parameters = _condition(table, expression, exclusions)
    row_ids = _answer(expression, tables, f"SELECT row_id FROM {table.value} WHERE {condition}", parameters)
    positions = np.sort(tables.positions(table, row_ids))
    explanation = "" if len(positions) or expression is None else explain_empty(expression, tables)
    return Eligible(positions, explanation)


def _condition(table: Table, expression: FilterExpression | None, exclusions: Exclusions) -> tuple[str, list[object]]:
    """SQL over the table. The user's text stands in brackets of its own; a comment in it ends with its line."""
    conditions = ["true"]
    parameters: list[object] = []
    if expression is not None:
        inner = f"({expression.text}\n)"
        conditions.append(
            inner if table is Table.SERIES else f"study_id IN (SELECT study_id FROM series WHERE {inner})"
        )
    excluded = [("patient_id", exclusions.patients), ("study_id", exclusions.studies)]
    if table is Table.SERIES:
        excluded.append(("series_id", exclusions.series))
    for column, ids in excluded:
        if ids:
            conditions.append(f"NOT list_contains(?::VARCHAR[], coalesce({column}, ''))")
            parameters.append(list(ids))
    return " AND ".join(conditions), parameters


def _check_boolean(expression: FilterExpression, tables: Tables) -> None:
    """Raises where the expression is a number or a text: DuckDB would take 0 for false without a word."""
    import duckdb

    try:
        described = tables.rows(f"DESCRIBE SELECT ({expression.text}\n) AS answer FROM series")
    except duckdb.Error as error:
        raise _misfit(expression, tables, str(error)) from error
    if described[0][1] != "BOOLEAN":
        raise FilterError(
            f"The filter is of type {described[0][1]}; expected true or false.",
            remedy="Compare it with something, as in: slices > 20.",
        )


def _answer(
    expression: FilterExpression | None, tables: Tables, sql: str, parameters: list[object]
) -> NDArray[np.int64]:
    import duckdb

    try:
        return np.asarray(tables.arrays(sql, parameters)["row_id"], dtype=np.int64)
    except OutOfTimeError:
        raise FilterError(
            f"The filter took longer than {tables.limits.seconds:g} s and was stopped.",
            remedy="Compare columns with values; avoid long patterns over text columns.",
        ) from None
    except duckdb.Error as error:
        if expression is None:
            raise
        # What DuckDB says about a conversion quotes a value of the table: only its kind is passed on.
        raise _misfit(expression, tables, "") from error


def _misfit(expression: FilterExpression, tables: Tables, detail: str) -> FilterError:
    types = tables.columns(Table.SERIES)
    named = ", ".join(f"{name} is {_plain_type(types[name])}" for name in expression.columns)
    said = detail.partition("\n")[0].partition(": ")[2].rstrip(".")
    return FilterError(
        f"The filter does not fit the types of its columns: {named}." + (f" DuckDB says: {said}." if said else ""),
        remedy=f"Write text in single quotes and numbers without. {_SHOW_COLUMNS}",
    )


def _plain_type(name: str) -> str:
    return {"VARCHAR": "text", "BOOLEAN": "true or false", "DOUBLE": "a number", "BIGINT": "a whole number"}.get(
        name, name
    )
