"""Slow, obvious search over a made collection: Python loops and sorting. Tests compare the engine with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from tests.made_collection import MadeCollection

Row = Mapping[str, Any]


def cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The inner product in float64."""
    return float(np.dot(a.astype(np.float64), b.astype(np.float64)))


def series_scores(made: MadeCollection, channel: Channel, query: NDArray[np.float32]) -> dict[str, float]:
    """The score of every series that has a vector in the channel; by report, that of its study's best passage."""
    vectors = made.vectors[channel]
    if channel is not Channel.REPORT:
        return {
            row["series_id"]: cosine(vectors[row["row_id"]], query) for row in made.series if row["row_id"] in vectors
        }
    found = {}
    for row in made.series:
        own = [p for p in made.passages if p["study_id"] == row["study_id"]]
        if own:
            found[row["series_id"]] = max(cosine(vectors[p["row_id"]], query) for p in own)
    return found


def passage_scores(made: MadeCollection, query: NDArray[np.float32]) -> dict[int, float]:
    """The score of every passage, by row id."""
    vectors = made.vectors[Channel.REPORT]
    return {row["row_id"]: cosine(vectors[row["row_id"]], query) for row in made.passages}


def standardised(scores: Mapping[str, float], among: Sequence[str]) -> dict[str, float]:
    """Standard scores over those of `among` that have one; 0 for the others."""
    have = np.array([scores[one] for one in among if one in scores])
    if not len(have):
        return dict.fromkeys(among, 0.0)
    mean, deviation = float(have.mean()), float(have.std())
    return {one: (scores[one] - mean) / deviation if one in scores and deviation > 1e-6 else 0.0 for one in among}


def best(
    rows: Sequence[Row], score: Callable[[Row], float], ids: Callable[[Row], Any], k: int, group: str = ""
) -> list[tuple[Row, float]]:
    """The k best rows, the best of each group only; ties by id. A row whose group is "" is a group of its own."""
    ranked = sorted(rows, key=lambda row: (-round(score(row), 9), ids(row)))
    found, seen = [], set[Any]()
    for row in ranked:
        key = (row[group] or row["row_id"]) if group else row["row_id"]
        if key not in seen:
            seen.add(key)
            found.append((row, score(row)))
    return found[:k]
