"""Rows of a table as the items of an evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.brought.raw_table import RawTable
from retrieval.brought.unit_vectors import unit_vectors
from retrieval.evaluation.facts import AGE_BAND, SCANNER, age_band, interned, scanner
from retrieval.evaluation.item_vectors import ItemVectors, group_vectors
from retrieval.evaluation.items import Items, Values
from retrieval.evaluation.rules import Rule, with_joined

SPACE = "brought"


@dataclass(frozen=True, slots=True, eq=False)
class TableItems:
    """The items of a table.

    Attributes:
        items: in the order in which their ids first appear.
        has_vectors: whether the file brings vectors at all.
        notes: what was done at the door, in words.
    """

    items: Items
    has_vectors: bool
    notes: tuple[str, ...] = ()


def table_items(table: RawTable, noun: str, rules: Sequence[Rule] = ()) -> TableItems:
    """The items of a table that a user brings: vectors are checked, scanner and age band added where they can be.

    Raises:
        UsageError: vectors that are not finite, or all zero.
    """
    notes: tuple[str, ...] = ()
    vectors = table.vectors
    if vectors is not None:
        vectors, changed = unit_vectors(table.name, vectors)
        if changed:
            notes += (f"{changed} of the {len(vectors)} vectors of {table.name} were not of unit norm: normalised.",)
    items = frozen_items(table, vectors, noun, SPACE)
    columns = {**items.columns, **_derived(items.columns)}
    items = Items(noun, items.ids, with_joined(columns, rules, len(items)), items.vectors, SPACE, items.sizes)
    return TableItems(items, vectors is not None, notes)


def without_vector(items: Items, name: str) -> tuple[str, ...]:
    """What must be said where some items have no vector; `name` is that of the file."""
    without = int((~items.vectors.with_vectors).sum())
    if not without:
        return ()
    return (f"{without} of the {len(items)} {items.noun} items have no vector in {name}: not found, finding nothing.",)


def frozen_items(table: RawTable, vectors: NDArray[np.float32] | None, noun: str, space: str) -> Items:
    """The items of a table, nothing checked, changed or added: several rows of one id are one item.

    Args:
        table: the rows.
        vectors: float32, shape (rows with a vector, dimension), of unit norm; None for none.
        noun: what an item is.
        space: where the vectors live.
    """
    places = {one: place for place, one in enumerate(dict.fromkeys(table.ids))}
    owners = np.array([places[one] for one in table.ids], np.int64)
    return Items(
        noun=noun,
        ids=tuple(places),
        columns={name: _of_items(values, owners, len(places)) for name, values in table.columns.items()},
        vectors=_grouped(vectors, owners[table.with_vector], len(places)),
        space=space,
        sizes=_firsts(table.sizes, owners) if table.sizes is not None else np.empty(0),
    )


def _grouped(vectors: NDArray[np.float32] | None, owners: NDArray[np.int64], items: int) -> ItemVectors:
    if vectors is None:
        return ItemVectors(np.empty((0, 1), np.float32), np.zeros(items + 1, np.int64))
    return group_vectors(vectors, owners, items)


def _of_items(values: Sequence[Values], owners: NDArray[np.int64], items: int) -> Sequence[Values]:
    """What the rows of an item say together."""
    if len(values) == items:
        return values
    united: list[Values] = [()] * items
    for owner, one in zip(owners.tolist(), values, strict=True):
        if one != united[owner]:
            united[owner] = tuple(dict.fromkeys((*united[owner], *one)))
    return interned(united)


def _firsts(sizes: NDArray[np.float64], owners: NDArray[np.int64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = sizes[np.unique(owners, return_index=True)[1]]
    return found


def _derived(columns: Mapping[str, Sequence[Values]]) -> dict[str, Sequence[Values]]:
    """Scanner and age band, as collections have them, where a table says enough and does not have them already."""
    made: dict[str, Sequence[Values]] = {}
    if SCANNER not in columns and "manufacturer" in columns and "model" in columns:
        pairs = zip(columns["manufacturer"], columns["model"], strict=True)
        made[SCANNER] = interned([scanner(_one(maker), _one(model)) for maker, model in pairs])
    if AGE_BAND not in columns and "age_years" in columns:
        made[AGE_BAND] = interned([age_band(_number(_one(values))) for values in columns["age_years"]])
    return made


def _one(values: Values) -> str | None:
    return values[0] if len(values) == 1 else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
