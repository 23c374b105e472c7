"""Where scores come from: vectors, or a run that somebody else made. A task asks for blocks of them, and knows no more.

Every source scores consecutive queries against the whole gallery, as much as fits into a block of memory; an item that
is never returned scores -inf.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.item_vectors import ItemVectors, score_blocks

NULL_DIMENSION = 64  # enough for two random vectors to be nearly orthogonal, and cheap


class ScoreSource(Protocol):
    """Scores of queries against a gallery, higher is better."""

    @property
    def gallery(self) -> int:
        """Number of items that are ranked."""
        ...

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which queries could be asked at all, shape (queries,); the others find nothing."""
        ...

    def blocks(self, *, block_bytes: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Which queries, and their scores, float32 (those, gallery); the caller may overwrite them."""
        ...

    def only(self, asking: NDArray[np.int64]) -> "ScoreSource":
        """The scores of some queries, in that order; a query may be named twice."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class VectorScores:
    """Cosines of the best pair of vectors; float64 products, rounded to float32 (`item_vectors.py` says why)."""

    queries: ItemVectors
    items: ItemVectors

    @property
    def gallery(self) -> int:
        """Number of items that are ranked."""
        return len(self.items)

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which queries have a vector."""
        return self.queries.with_vectors

    def blocks(self, *, block_bytes: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Matrix products; never queries x gallery in one piece."""
        return score_blocks(self.queries, self.items, block_bytes=block_bytes)

    def only(self, asking: NDArray[np.int64]) -> "VectorScores":
        """The vectors of some queries."""
        return VectorScores(self.queries.take(asking), self.items)


@dataclass(frozen=True, slots=True, eq=False)
class RunScores:
    """What somebody's system returned: for each query some items with a score; all others it never returned.

    Attributes:
        found: by query, gallery positions without repeats, int64, and their scores, float64 of the same shape.
        gallery: number of items that could have been returned.
    """

    found: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]
    gallery: int

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which queries got any answer."""
        return np.array([len(positions) > 0 for positions, _ in self.found], bool)

    def blocks(self, *, block_bytes: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Scores as places from the bottom: float32 would tie what differs in the ninth digit, places are exact."""
        rows = max(1, block_bytes // (4 * max(1, self.gallery)))
        for start in range(0, len(self.found), rows):
            chosen = slice(start, min(start + rows, len(self.found)))
            scores = np.full((chosen.stop - chosen.start, self.gallery), -np.inf, np.float32)
            for row, (positions, values) in zip(scores, self.found[chosen], strict=True):
                row[positions] = np.unique(values, return_inverse=True)[1]
            yield chosen, scores

    def only(self, asking: NDArray[np.int64]) -> "RunScores":
        """The answers of some queries."""
        return RunScores([self.found[query] for query in asking.tolist()], self.gallery)


def random_scores(queries: int, gallery: int, generator: np.random.Generator, *, same: bool) -> VectorScores:
    """Vectors that know nothing: one random direction an item.

    All passages of a report get the same vector: with one each, a long report would have more chances than a short
    one. Where queries and gallery are the `same` items, they have the same vectors too, so that a query which is not
    excluded finds itself.
    """
    items = _directions(gallery, generator)
    return VectorScores(items if same else _directions(queries, generator), items)


def _directions(items: int, generator: np.random.Generator) -> ItemVectors:
    vectors = generator.standard_normal((items, NULL_DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return ItemVectors(vectors, np.arange(items + 1))
