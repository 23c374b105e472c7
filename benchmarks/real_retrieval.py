"""Short queries against real series, by voxels and by cards, with the queries of the card's own test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.compared_models import ComparedModel
from benchmarks.real_split import RealSeries
from benchmarks.short_queries import QueryPrecision, query_precision
from encoders.contract import Vectors
from tests.card_queries import FRESH_QUERIES, QUERIES, CardQuery
from tests.manifest_series import manifest_series

_SETS: Mapping[str, tuple[CardQuery, ...]] = {"QUERIES": QUERIES, "FRESH_QUERIES": FRESH_QUERIES}
_FULL = 5


@dataclass(frozen=True, slots=True)
class QueryRow:
    """One set of queries by one model.

    Attributes:
        queries: the set; "with 5 relevant": those that can fill the first five places on this side of the split.
    """

    model: str
    queries: str
    found: QueryPrecision


def short_query_rows(
    data: Path, series: Sequence[RealSeries], models: Sequence[ComparedModel], vectors: Mapping[str, Vectors]
) -> tuple[QueryRow, ...]:
    """Both sets by every model that words can be compared with.

    Args:
        data: the folder of the real series, whose headers give the cards.
        series: the gallery.
        models: those without words are passed over.
        vectors: by model, of the gallery.
    """
    card_of = {one.series_id: one.card for one in manifest_series(data)}
    ids = [one.series_id for one in series]
    rows = []
    for model in models:
        if model.text is None:
            continue
        cards = model.text.encode([card_of[one] for one in ids])
        for name, queries in _SETS.items():
            relevant = np.array([[query.is_relevant(one.manifest) for one in series] for query in queries])
            asking = model.text.encode([query.text for query in queries])
            full = relevant.sum(axis=1) >= _FULL
            kept = {f"{name} with any relevant": relevant.any(axis=1), f"{name} with 5 relevant": full}
            rows += [
                QueryRow(
                    model.name, what, query_precision(asking[rows_], vectors[model.name], cards, relevant[rows_], ids)
                )
                for what, rows_ in kept.items()
                if rows_.any()
            ]
    return tuple(rows)
