"""One side of a task: those who ask, or those who are ranked, with what is known of each and their vectors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.item_vectors import ItemVectors, mean_directions
from retrieval.evaluation.task_names import Aggregate, Level

Values = tuple[str, ...]
"""What a column says of one item: nothing where it is unknown, several where it stands for several series."""

PATIENT, STUDY, REPORT = "patient", "study", "report"
"""Columns that have a meaning of their own: whose an item is, and the cluster of (nearly) equal reports."""

_JOINED = "\x1f"


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Items of one modality on one level.

    Attributes:
        noun: what one of them is: "series", "report", "study", "patient", or what the user calls it.
        ids: pseudonyms.
        columns: by name, the values of each item, shape (items,) each.
        vectors: one or several an item.
        space: name of the space that the vectors live in; only equal names are compared.
        sizes: float64, shape (items,): how much of it there is, characters of a text or series of a study; NaN where
            unknown. It says nothing of the content: the shortcut that `shortcuts.py` tries.
    """

    noun: str
    ids: tuple[str, ...]
    columns: Mapping[str, Sequence[Values]]
    vectors: ItemVectors
    space: str
    sizes: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, column: str) -> Sequence[Values]:
        """The values of a column; nothing for everybody where there is no such column."""
        return self.columns.get(column) or [()] * len(self)

    def with_column(self, column: str, values: Sequence[Values]) -> "Items":
        """The same items, and one thing more known of them."""
        return replace(self, columns={**self.columns, column: values})


def joined(columns: Sequence[Sequence[Values]]) -> list[Values]:
    r"""What items are in all of some columns together: one value where each column has one, none where any has none.

    >>> joined([[("brain",), ("knee",)], [("T1",), ()]])
    [('brain\x1fT1',), ()]
    """
    found = []
    for each in zip(*columns, strict=True):
        combined = [""]
        for place, values in enumerate(each):
            combined = [(before + _JOINED if place else "") + value for before in combined for value in values]
        found.append(tuple(combined))
    return found


def at_level(items: Items, level: Level) -> Items:
    """Items of one study or patient as one item: their vectors, and every value that any of them has.

    An item without a study (or patient) stands for itself, so nothing is lost from the pool.
    """
    if level is Level.SERIES:
        return items
    column = items.of(STUDY if level is Level.STUDY else PATIENT)
    names = [values[0] if values else f"{items.noun} {one}" for values, one in zip(column, items.ids, strict=True)]
    distinct = sorted(set(names))
    places = {name: place for place, name in enumerate(distinct)}
    owners = np.array([places[name] for name in names], np.int64)
    members = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners[members], np.arange(len(distinct) + 1)).tolist()
    groups = [members[start:stop].tolist() for start, stop in pairwise(bounds)]
    return Items(
        noun=level.value,
        ids=tuple(distinct),
        columns={name: _united(values, groups) for name, values in items.columns.items()},
        vectors=_regrouped(items.vectors, members, bounds),
        space=items.space,
        sizes=_summed(items.sizes, owners, len(distinct)) if len(items.sizes) else items.sizes,
    )


def aggregated(items: Items, aggregate: Aggregate) -> Items:
    """The items, to be compared by their best vector or by one mean direction."""
    if aggregate is Aggregate.BEST:
        return items
    return replace(items, vectors=mean_directions(items.vectors))


def _summed(sizes: NDArray[np.float64], owners: NDArray[np.int64], items: int) -> NDArray[np.float64]:
    return np.bincount(owners, sizes, minlength=items).astype(np.float64)


def _united(values: Sequence[Values], groups: Iterable[Sequence[int]]) -> list[Values]:
    return [tuple(dict.fromkeys(one for member in group for one in values[member])) for group in groups]


def _regrouped(vectors: ItemVectors, members: NDArray[np.int64], bounds: Sequence[int]) -> ItemVectors:
    in_order = vectors.take(members)
    return ItemVectors(in_order.vectors, in_order.offsets[np.array(bounds, np.int64)])
