"""Rankings by what is no content: the header, the amount. A model that cannot beat them has learnt nothing more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.items import Items
from retrieval.evaluation.relevance import SharedKeys, shared_keys


@dataclass(frozen=True, slots=True, eq=False)
class AgreementScores:
    """In how many columns a query and an item share a value. A score source (`score_sources.py`).

    Attributes:
        columns: for each column, who shares a value with whom.
        queries: number of queries.
        gallery: number of items that are ranked.
    """

    columns: Sequence[SharedKeys]
    queries: int
    gallery: int

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Everybody has a header, be it empty."""
        return np.ones(self.queries, bool)

    def blocks(self, *, block_bytes: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Whole numbers from 0 to the number of columns."""
        rows = max(1, block_bytes // (4 * max(1, self.gallery)))
        for start in range(0, self.queries, rows):
            chosen = slice(start, min(start + rows, self.queries))
            scores = np.zeros((chosen.stop - chosen.start, self.gallery), np.float32)
            for row, query in zip(scores, range(chosen.start, chosen.stop), strict=True):
                for column in self.columns:
                    np.add(row, column.shared_by(query, self.gallery), out=row)
            yield chosen, scores

    def only(self, asking: NDArray[np.int64]) -> "AgreementScores":
        """Some of the queries."""
        return AgreementScores([column.only(asking) for column in self.columns], len(asking), self.gallery)


@dataclass(frozen=True, slots=True, eq=False)
class ClosenessScores:
    """How close two numbers are: less the distance. A score source.

    Attributes:
        asking: float64, shape (queries,).
        answering: float64, shape (gallery,).
    """

    asking: NDArray[np.float64]
    answering: NDArray[np.float64]

    @property
    def gallery(self) -> int:
        """Number of items that are ranked."""
        return len(self.answering)

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Everybody."""
        return np.ones(len(self.asking), bool)

    def blocks(self, *, block_bytes: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """From -1 to 0."""
        rows = max(1, block_bytes // (8 * max(1, self.gallery)))
        for start in range(0, len(self.asking), rows):
            chosen = slice(start, min(start + rows, len(self.asking)))
            yield chosen, -np.abs(self.asking[chosen, None] - self.answering).astype(np.float32)

    def only(self, asking: NDArray[np.int64]) -> "ClosenessScores":
        """Some of the queries."""
        return ClosenessScores(self.asking[asking], self.answering)


def header_scores(queries: Items, gallery: Items, columns: Sequence[str]) -> AgreementScores | None:
    """Items by how many of the header's columns agree; None where no column is known on both sides."""
    shared = [shared_keys(_keys(queries, column), _keys(gallery, column)) for column in columns]
    known = [one for one in shared if one.postings and any(one.queries)]
    return AgreementScores(known, len(queries), len(gallery)) if known else None


def size_scores(queries: Items, gallery: Items) -> ClosenessScores | None:
    """Items by how like the query they are in amount, each among its own kind: a long report for a study with many
    series. None where no amount is known, or all are equal.

    Amounts are compared as shares of the items that have less (mid-ranks), so that characters and series can be.
    """
    sizes = [items.sizes for items in (queries, gallery)]
    if any(not len(one) or not np.isfinite(one).all() or one.min() == one.max() for one in sizes):
        return None
    asking, answering = (_mid_ranks(one) for one in sizes)
    return ClosenessScores(asking, answering)


def _mid_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of values below each, ties counting half.

    >>> _mid_ranks(np.array([3.0, 1.0, 3.0, 9.0])).tolist()
    [0.5, 0.125, 0.5, 0.875]
    """
    in_order = np.sort(values)
    below, up_to = np.searchsorted(in_order, values, "left"), np.searchsorted(in_order, values, "right")
    shares: NDArray[np.float64] = (below + up_to) / (2.0 * len(values))
    return shares


def _keys(items: Items, column: str) -> list[frozenset[str]]:
    return [frozenset(values) for values in items.of(column)]
