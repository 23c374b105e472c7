"""Why a filter leaves nothing: which of its parts no row passes, and which values its columns do have."""

from collections.abc import Mapping
from typing import Any

from common.suggest import nearest
from indexer.schema import HIDDEN_SERIES_COLUMNS
from retrieval.expression import FilterExpression, column_of, nodes
from retrieval.tables import OutOfTimeError, Table, Tables

_MOST_VALUES = 60


def explain_empty(expression: FilterExpression, tables: Tables) -> str:
    """One or more sentences; never raises, since the answer (nothing) is already known."""
    try:
        found = [_explain_value(column, value, tables) for column, value in _compared_texts(expression.tree)]
        found += [_explain_missing(column, tables) for column in expression.columns]
    except OutOfTimeError:
        found = []
    return " ".join(["No series passes the filter.", *dict.fromkeys(sentence for sentence in found if sentence)])


def _compared_texts(tree: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every (column, text) that stands in an `=` or an IN of the expression."""
    pairs = []
    for node in nodes(tree):
        if node["type"] == "COMPARE_EQUAL":
            sides = [node["left"], node["right"]]
        elif node["type"] == "COMPARE_IN":
            sides = node["children"]
        else:
            continue
        column = column_of(sides[0]) or column_of(sides[-1])
        texts = [text for side in sides if (text := _text_of(side)) is not None]
        pairs += [(column, text) for text in texts if column]
    return pairs


def _text_of(node: Mapping[str, Any]) -> str | None:
    """The text of a constant; DuckDB 2 calls its value "literal", DuckDB 1 "value"."""
    if node.get("class") != "CONSTANT":
        return None
    literal = node.get("literal") or node.get("value") or {}
    text = literal.get("text", literal.get("value"))
    return text if isinstance(text, str) and literal.get("kind", "STRING") == "STRING" else None


def _explain_value(column: str, value: str, tables: Tables) -> str:
    """Says so where the column never has the value, with the nearest that it has."""
    names = {name.casefold(): name for name in tables.columns(Table.SERIES)}
    column = names[column.casefold()]
    # Dates and the like: a message may not quote what an answer does not show.
    if column in HIDDEN_SERIES_COLUMNS or tables.columns(Table.SERIES)[column] != "VARCHAR":
        return ""
    rows = tables.rows(f'SELECT DISTINCT "{column}" FROM series WHERE "{column}" IS NOT NULL LIMIT {_MOST_VALUES}')
    values = {str(row[0]).casefold(): str(row[0]) for row in rows}
    if not values or len(values) == _MOST_VALUES or value in values.values():
        return ""
    near = (
        f'Did you mean "{values[value.casefold()]}"?' if value.casefold() in values else nearest(value, values.values())
    )
    return f'"{column}" never has the value "{value}". {near}'


def _explain_missing(column: str, tables: Tables) -> str:
    filled = tables.rows(f'SELECT count("{column}") FROM series')[0][0]
    return "" if filled else f'"{column}" is empty in every series.'
