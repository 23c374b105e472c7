"""What the first hit is instead: region by region, sequence by sequence."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from retrieval.evaluation.items import Items
from retrieval.evaluation.results import Confusion
from retrieval.evaluation.top_hits import TopHits

CONFUSED_COLUMNS = ("region", "sequence")
MOST_CLASSES = 16
"""More cannot be read in one table; the rest is "other"."""

_OTHER = "other"


def confusion_of(queries: Items, gallery: Items, hits: TopHits, column: str) -> Confusion | None:
    """The class of the first hit by the class of the query; None where fewer than two classes are asked for.

    A query (or hit) of several classes counts as one, shared among them; without a class it is not counted.
    """
    asked, ranked = queries.of(column), gallery.of(column)
    first = [int(place) for place in hits.positions[:, 0]]
    pairs = [(asked[query], ranked[place]) for query, place in enumerate(first) if place >= 0]
    pairs = [(query, hit) for query, hit in pairs if query and hit]
    classes = _classes(pairs)
    if len({value for query, _ in pairs for value in query}) < 2:
        return None
    place_of = {name: place for place, name in enumerate(classes)}
    other = place_of.get(_OTHER, -1)
    counts = np.zeros((len(classes), len(classes)))
    for query, hit in pairs:
        share = 1.0 / (len(query) * len(hit))
        for one in query:
            for another in hit:
                counts[place_of.get(one, other), place_of.get(another, other)] += share
    return Confusion(column, classes, tuple(tuple(row) for row in counts.tolist()))


def _classes(pairs: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> tuple[str, ...]:
    """Classes of the queries, most first, then those of hits alone; past the limit all are "other"."""
    asked = Counter(value for query, _ in pairs for value in query)
    found = Counter(value for _, hit in pairs for value in hit if value not in asked)
    most_first = [sorted(counter.items(), key=lambda one: (-one[1], one[0])) for counter in (asked, found)]
    names = [name for counted in most_first for name, _ in counted]
    if len(names) <= MOST_CLASSES:
        return tuple(names)
    kept = [name for name in names if name != _OTHER]  # a class of this name joins the rest
    return (*kept[: MOST_CLASSES - 1], _OTHER)
