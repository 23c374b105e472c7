"""Some queries with their first hits, best, middling and worst: so that a reader sees what a number means."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.items import Items
from retrieval.evaluation.relevance import Relevance
from retrieval.evaluation.results import Example, ExampleItem
from retrieval.evaluation.top_hits import TopHits

SHOWN_FACTS = ("region", "sequence", "plane")
EXAMPLE_HITS = 5


def examples_of(
    queries: Items,
    gallery: Items,
    relevant: Relevance,
    hits: TopHits,
    ranks: NDArray[np.float64],
    *,
    each: int,
    generator: np.random.Generator,
) -> tuple[Example, ...]:
    """Queries whose first hit is relevant, then some from the middle, then those with nothing relevant for longest.

    Args:
        queries: those who ask.
        gallery: those who are ranked.
        relevant: what is relevant.
        hits: the first of each ranking.
        ranks: float64, shape (queries,): expected rank of the first relevant item, NaN where there is none.
        each: how many of each kind.
        generator: draws among equals.
    """
    order = generator.permutation(np.flatnonzero(np.isfinite(ranks)))
    by_rank = order[np.argsort(ranks[order], kind="stable")]
    found = by_rank[ranks[by_rank] <= 1.0]
    middle = (len(by_rank) - each) // 2
    chosen = [*found[:each], *by_rank[max(middle, 0) : middle + each], *by_rank[::-1][:each]]
    distinct = list(dict.fromkeys(int(query) for query in chosen))
    return tuple(_example(queries, gallery, relevant, hits, ranks, query=query) for query in distinct)


def _example(
    queries: Items, gallery: Items, relevant: Relevance, hits: TopHits, ranks: NDArray[np.float64], *, query: int
) -> Example:
    judged = relevant.judged(query)
    gains: Mapping[int, float] = dict(zip(judged.positions.tolist(), judged.gains.tolist(), strict=True))
    shown = tuple(
        ExampleItem(gallery.ids[place], _facts(gallery, place), float(score), gains.get(place, 0.0))
        for place, score in zip(
            hits.positions[query, :EXAMPLE_HITS].tolist(), hits.scores[query, :EXAMPLE_HITS].tolist(), strict=True
        )
        if place >= 0
    )
    return Example(ExampleItem(queries.ids[query], _facts(queries, query)), float(ranks[query]), shown)


def _facts(items: Items, place: int) -> dict[str, str]:
    known = {name: items.of(name)[place] for name in SHOWN_FACTS if name in items.columns}
    return {name: ", ".join(values) for name, values in known.items() if values}
