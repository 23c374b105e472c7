"""What a `where` filter may say: one boolean expression over known columns, checked on its syntax tree before anything
runs.

DuckDB itself parses the text (`json_serialize_sql` runs nothing), and the tree is walked against an allow-list: what
is not named here is refused, so a construct that a later DuckDB brings is refused too. The sandboxed connection of
`tables.py` is the second wall.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import FilterError
from common.suggest import nearest
from retrieval.tables import Table, Tables

MAX_CHARACTERS = 10_000

_CLASSES = {"BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "OPERATOR"}
_OPERATORS = {
    "COMPARE_IN",
    "COMPARE_NOT_IN",
    "OPERATOR_COALESCE",
    "OPERATOR_IS_NOT_NULL",
    "OPERATOR_IS_NULL",
    "OPERATOR_NOT",
    "OPERATOR_NULLIF",
}
# None of these can read a file, a setting or the environment, or make a value much larger than its arguments.
_FUNCTIONS = {
    *("+", "-", "*", "/", "//", "%", "||"),
    *("~~", "!~~", "~~*", "!~~*", "~~~", "like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"),
    *("regexp_matches", "regexp_full_match", "contains", "starts_with", "ends_with", "prefix", "suffix", "^@"),
    *("lower", "upper", "trim", "ltrim", "rtrim", "length", "substring", "substr", "left", "right", "split_part"),
    *("abs", "ceil", "ceiling", "floor", "round", "least", "greatest", "isnan", "isfinite"),
    *("year", "month", "day", "date_part"),
}
_TYPES = {
    *("bigint", "bool", "boolean", "date", "double", "float", "int", "integer", "real", "smallint", "text", "tinyint"),
    *("varchar", "string"),
}
_WHOLE = (
    "A filter is one expression that is true or false, such as: age_years between 30 and 50 and sequence = 'FLAIR'."
)
_NOT_ALLOWED = {
    "SUBQUERY": "a subquery",
    "WINDOW": "a window function",
    "STAR": "*",
    "PARAMETER": "a parameter",
    "LAMBDA": "a lambda",
    "COLLATE": "a collation",
    "POSITIONAL_REFERENCE": "a positional reference",
}


@dataclass(frozen=True, slots=True)
class FilterExpression:
    """A filter that passed the check.

    Attributes:
        text: as the user wrote it.
        columns: the columns that it names, as the table spells them, sorted.
        tree: its syntax tree, as DuckDB's JSON; read only, to explain an empty answer.
    """

    text: str
    columns: tuple[str, ...]
    tree: Mapping[str, Any]


def parse_filter(text: str, tables: Tables) -> FilterExpression:
    """The checked expression.

    Raises:
        FilterError: it is not one expression, names an unknown column, or holds something that is not on the
        allow-list.
    """
    if len(text) > MAX_CHARACTERS:
        raise FilterError(
            f"The filter has {len(text)} characters; at most {MAX_CHARACTERS} are read.",
            remedy="Join the list of values as a table when indexing, and filter on its column.",
        )
    tree = _only_expression(text, tables)
    valid = {name.casefold(): name for name in tables.columns(Table.SERIES)}
    used = {_check(node, valid) for node in nodes(tree)}
    return FilterExpression(text, tuple(sorted(used - {""})), tree)


def nodes(tree: object) -> Iterator[Mapping[str, Any]]:
    """Every expression in a syntax tree, outermost first."""
    if isinstance(tree, Mapping):
        if "class" in tree:
            yield tree
        children: Iterable[object] = tree.values()
    else:
        children = tree if isinstance(tree, list) else ()
    for child in children:
        yield from nodes(child)


def column_of(node: Mapping[str, Any]) -> str:
    """The column that a COLUMN_REF names, "" for any other expression."""
    return ".".join(node["column_names"]) if node.get("class") == "COLUMN_REF" else ""


def _only_expression(text: str, tables: Tables) -> Mapping[str, Any]:
    """The tree of the WHERE clause, where the text is that and nothing else.

    The text is parsed without brackets around it, and the statement must be what an empty filter gives but for its
    WHERE clause: so nothing can follow the expression (UNION, ORDER BY, LIMIT, QUALIFY, a second statement), and no
    bracket can close early.
    """
    statement, reference = _parsed(text, tables), _parsed("true", tables)
    expression = statement["node"].pop("where_clause", None)
    reference["node"].pop("where_clause")
    if expression is None or statement != reference:
        raise FilterError("The filter holds more than one expression.", remedy=_WHOLE)
    return dict(expression)


def _parsed(text: str, tables: Tables) -> dict[str, Any]:
    try:
        raw = tables.rows("SELECT json_serialize_sql(?::VARCHAR)", [f"SELECT 1 FROM series WHERE {text}\n"])[0][0]
        answer = json.loads(raw)
    except RecursionError:
        answer = {"error": True, "error_message": "depth"}
    if answer["error"]:
        if "depth" in answer["error_message"]:  # DuckDB's own advice is to change a setting, which nobody here can
            raise FilterError("The filter is nested too deeply.", remedy=_WHOLE)
        if "Only SELECT" in answer["error_message"]:
            raise FilterError("The filter holds a second statement.", remedy=_WHOLE)
        said = " ".join(answer["error_message"].split()).rstrip(".")
        raise FilterError(f"The filter cannot be read: {said}.", remedy=_WHOLE)
    if len(answer["statements"]) != 1:
        raise FilterError("The filter holds a second statement.", remedy=_WHOLE)
    return dict(answer["statements"][0])


def _check(node: Mapping[str, Any], valid: Mapping[str, str]) -> str:
    """The column that the node names, "" for none; raises on whatever is not on the allow-list."""
    kind = node["class"]
    if kind == "COLUMN_REF":
        return _check_column(column_of(node), valid)
    if kind == "TYPE":
        return ""  # inside a CAST, which checks it
    if kind not in _CLASSES:
        raise FilterError(f"A filter cannot hold {_NOT_ALLOWED.get(kind, kind.lower())}.", remedy=_WHOLE)
    if kind == "FUNCTION":
        _check_function(node)
    elif kind == "OPERATOR" and node["type"] not in _OPERATORS:
        raise FilterError(f"A filter cannot hold the operator {node['type'].lower()}.", remedy=_WHOLE)
    elif kind == "CAST":
        _check_cast(node)
    return ""


def _check_column(name: str, valid: Mapping[str, str]) -> str:
    if name.casefold() in valid:
        return valid[name.casefold()]
    raise FilterError(
        f'There is no column "{name}". {nearest(name, valid.values())}',
        remedy=f"If \"{name}\" is a text value, put it in single quotes: '{name}'.",
    )


def _check_function(node: Mapping[str, Any]) -> None:
    name = node["function_name"].casefold()
    if name not in _FUNCTIONS or node["schema"] or node["catalog"]:
        words = sorted(function for function in _FUNCTIONS if function[0].isalpha())
        raise FilterError(f'A filter cannot use the function "{name}". {nearest(name, words)}', remedy=_WHOLE)
    if node["filter"] or node["distinct"] or node["order_bys"]["orders"]:
        raise FilterError(
            f'"{name}" came with FILTER, DISTINCT or ORDER BY; a filter has no aggregates.', remedy=_WHOLE
        )


def _check_cast(node: Mapping[str, Any]) -> None:
    stated = node.get("type_expr") or {}
    name = str(stated.get("type_name") or node.get("cast_type", {}).get("id", "")).casefold()
    if name not in _TYPES or stated.get("children") or stated.get("schema") or stated.get("catalog"):
        raise FilterError(f'A filter cannot turn a value into "{name}". {nearest(name, _TYPES)}', remedy=_WHOLE)
