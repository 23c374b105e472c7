"""The columns that a user's table brings: typed as a whole, under names that nothing else has."""

from indexer.schema import ColumnType
from indexer.sources.typed_columns import typed_rows
from indexer.tables import table_columns


def test_a_name_that_is_taken_gets_one_of_its_own() -> None:
    columns = table_columns([{"sequence": 1, "x_sequence": 2, "score": 0.5, "grade": 3}])
    assert {name: column.name for name, column in columns.items()} == {
        "sequence": "x_x_sequence",
        "x_sequence": "x_sequence",
        "score": "x_score",
        "grade": "grade",
    }


def test_the_narrowest_type_that_holds_every_value() -> None:
    columns = table_columns([{"a": 1, "b": 1, "c": True, "d": None}, {"a": 2.5, "b": 2, "c": None, "e": "x"}, {"c": 1}])
    assert {name: column.type for name, column in columns.items()} == {
        "a": ColumnType.REAL,
        "b": ColumnType.WHOLE,
        "c": ColumnType.TEXT,
        "d": ColumnType.TEXT,
        "e": ColumnType.TEXT,
    }


def test_numbers_that_are_not_finite_are_text() -> None:
    assert typed_rows([{"a": "1e999"}, {"a": "1"}], ["a"]) == [{"a": "1e999"}, {"a": "1"}]
