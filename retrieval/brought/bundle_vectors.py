"""The vectors of another model for the items of a bundle, matched by id."""

from dataclasses import replace

import numpy as np

from common.errors import UsageError
from retrieval.brought.table_items import TableItems, without_vector
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, aggregated
from retrieval.evaluation.task_names import Aggregate


def with_vectors_of(
    items: Items, brought: TableItems, name: str, aggregate: Aggregate
) -> tuple[Items, tuple[str, ...]]:
    """The bundle's items with the vectors of a table, and what must be said of it.

    Args:
        items: of the bundle.
        brought: ids and vectors.
        name: of the file, for messages.
        aggregate: how items with several vectors are compared.

    Raises:
        UsageError: the table names items that the bundle does not have.
    """
    places = {one: place for place, one in enumerate(brought.items.ids)}
    if strange := len(set(places) - set(items.ids)):
        raise UsageError(
            f"{name} has {strange} ids that the bundle does not have on that side.",
            remedy="Encode the items of the bundle's own tables, under their ids.",
        )
    order = np.array([places.get(one, -1) for one in items.ids], np.int64)
    there = order >= 0
    taken = brought.items.vectors.take(order[there])
    counts = np.zeros(len(items), np.int64)
    counts[there] = np.diff(taken.offsets)
    found = replace(items, vectors=ItemVectors(taken.vectors, np.concatenate(([0], np.cumsum(counts)))))
    return aggregated(found, aggregate), (*brought.notes, *without_vector(found, name))
