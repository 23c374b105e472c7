"""Everything that a collection knows about one series or report, and the columns that filters can use."""

from typing import TYPE_CHECKING, Any

from common.errors import NotFoundError
from indexer.schema import SERIES_COLUMNS
from retrieval.tables import Table

if TYPE_CHECKING:
    from retrieval.collection import Collection

_HELP = {column.name: column.help for column in SERIES_COLUMNS}
_TYPES = {"VARCHAR": "text", "BOOLEAN": "true or false", "DOUBLE": "number", "BIGINT": "whole number"}


def describe_columns(collection: "Collection") -> dict[str, Any]:
    """The columns of the series table: name, type in plain words, what it says."""
    columns = collection.tables.columns(Table.SERIES)
    return {
        "columns": [
            {"name": name, "type": _TYPES.get(kind, kind.lower()), "help": _HELP.get(name, "from the user's table")}
            for name, kind in columns.items()
        ]
    }


def describe_one(collection: "Collection", name: str, *, hidden: bool = False) -> dict[str, Any]:
    """The row of a series, or the rows of a report's passages.

    Args:
        collection: an open collection.
        name: the pseudonym: "ser-..." or "rep-...".
        hidden: also the columns that are not shown unasked: dates, report text, hashes, evidence.

    Raises:
        NotFoundError: nothing of that name.
    """
    table, key = (Table.REPORTS, "report_id") if name.startswith("rep-") else (Table.SERIES, "series_id")
    tables = collection.tables
    columns = tuple(tables.columns(table)) if hidden else tables.shown_columns(table)
    selected = ", ".join(f'"{column}"' for column in columns)
    order = "ordinal" if table is Table.REPORTS else "series_id"
    rows = tables.rows(f"SELECT {selected} FROM {table.value} WHERE {key} = ? ORDER BY {order}", [name])
    if not rows:
        raise NotFoundError(
            f'There is no series or report "{name}" in this collection.',
            remedy="Ids are pseudonyms (ser-..., rep-...); every hit of `mrseek search` shows one.",
        )
    return {"rows": [dict(zip(columns, row, strict=True)) for row in rows]}
