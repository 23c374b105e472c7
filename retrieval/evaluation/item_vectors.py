"""The vectors of series or reports, one or several an item, and the scores of queries against a gallery in bounded
memory.

An item with several vectors (a report with its passages) is compared by its best one, on both sides: the score of a
query and an item is the highest cosine between any vector of the one and any vector of the other. This is how the
search engine ranks, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError

_GALLERY_ROWS = 8192  # vectors compared at a time: 32 MiB of float64 at 512 dimensions
_CANCELLED = 1e-6  # a sum of unit vectors shorter than this has no direction, only rounding


@dataclass(frozen=True, slots=True, eq=False)
class ItemVectors:
    """Vectors, grouped by the item that they belong to.

    Attributes:
        vectors: float32, shape (vectors, dimension), unit rows.
        offsets: int64, shape (items + 1,): item i has the vectors offsets[i]:offsets[i + 1]; none is allowed.
    """

    vectors: NDArray[np.float32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def with_vectors(self) -> NDArray[np.bool_]:
        """Which items have any vector, shape (items,)."""
        return np.diff(self.offsets) > 0

    def take(self, items: NDArray[np.int64]) -> "ItemVectors":
        """The vectors of some items, in that order."""
        counts = np.diff(self.offsets)[items]
        offsets = np.concatenate(([0], np.cumsum(counts)))
        rows = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][items] - offsets[:-1], counts)
        return ItemVectors(self.vectors[rows], offsets)


def group_vectors(vectors: NDArray[np.float32], owners: NDArray[np.int64], items: int) -> ItemVectors:
    """The vectors, shape (n, dimension), grouped by their `owners`, shape (n,), each in [0, items).

    Raises:
        IntegrityError: a vector is not finite.
    """
    if not np.isfinite(vectors).all():
        raise IntegrityError(
            "Some vectors hold values that are not finite; a ranking by them means nothing.",
            remedy="Run `mrseek verify`, then index again with an encoder that passes its checks.",
        )
    by_owner = np.argsort(owners, kind="stable")
    sorted_already = bool((by_owner == np.arange(len(by_owner))).all())
    offsets = np.searchsorted(owners[by_owner], np.arange(items + 1)).astype(np.int64)
    return ItemVectors(vectors if sorted_already else vectors[by_owner], offsets)


def mean_directions(items: ItemVectors) -> ItemVectors:
    """Each item as one vector, the mean direction of its own; none where it has none, or where they cancel out.

    >>> both = ItemVectors(np.array([[1, 0], [0, 1], [0, 1]], np.float32), np.array([0, 2, 3]))
    >>> mean_directions(both).vectors.astype(float).round(3).tolist()
    [[0.707, 0.707], [0.0, 1.0]]
    """
    present = np.flatnonzero(items.with_vectors)
    sums = np.zeros((0, items.vectors.shape[1]))
    if len(present):
        sums = np.add.reduceat(items.vectors.astype(np.float64), items.offsets[:-1][present], axis=0)
    lengths = np.linalg.norm(sums, axis=1)
    kept = lengths > _CANCELLED
    means = (sums[kept] / lengths[kept, None]).astype(np.float32)
    counts = np.zeros(len(items), np.int64)
    counts[present[kept]] = 1
    return ItemVectors(means, np.concatenate(([0], np.cumsum(counts))))


def score_blocks(
    queries: ItemVectors, gallery: ItemVectors, *, block_bytes: int
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Scores of consecutive queries against the whole gallery: (which queries, float32 (those, gallery items)).

    Products are taken in float64 and rounded to float32, so that equal vectors score equally whatever block they stand
    in: the order of a float32 sum depends on the block's shape, and would decide ties by luck. So do the last bits of a
    float64 sum; rounding hides that, but for one score in about 10^8, by one unit in the last place of float32.

    An item without vectors scores -inf.

    Args:
        queries: those who ask.
        gallery: those who are ranked.
        block_bytes: memory for one block of scores; never queries x gallery.
    """
    rows = max(1, block_bytes // (4 * max(1, len(gallery))))
    for start in range(0, len(queries), rows):
        chosen = slice(start, min(start + rows, len(queries)))
        yield chosen, _scores(queries.take(np.arange(chosen.start, chosen.stop)), gallery)


def _scores(queries: ItemVectors, gallery: ItemVectors) -> NDArray[np.float32]:
    scores = np.full((len(queries), len(gallery)), -np.inf, np.float32)
    asking = queries.vectors.astype(np.float64)
    answered = queries.with_vectors
    parts = [(items, gallery.offsets[items.start : items.stop + 1]) for items in _gallery_blocks(gallery)]
    most = max((int(part[-1] - part[0]) for _, part in parts), default=0)
    work = np.empty((most, gallery.vectors.shape[1]))  # one for all parts: fresh memory costs more than the cast
    for items, part in parts:
        vectors = work[: part[-1] - part[0]]
        vectors[:] = gallery.vectors[part[0] : part[-1]]
        compared = (asking @ vectors.T).astype(np.float32)
        best = _best_of_groups(_best_of_groups(compared, queries.offsets, 0), part - part[0], 1)
        if best.shape == (len(queries), items.stop - items.start):
            scores[:, items] = best  # 50 times as fast as by index, and nearly always so
        else:
            scores[np.ix_(answered, np.flatnonzero(np.diff(part) > 0) + items.start)] = best
    return scores


def _gallery_blocks(gallery: ItemVectors) -> Iterator[slice]:
    """Consecutive items with about `_GALLERY_ROWS` vectors together; an item is never split."""
    start = 0
    while start < len(gallery):
        full = int(np.searchsorted(gallery.offsets, gallery.offsets[start] + _GALLERY_ROWS, "right")) - 1
        stop = max(start + 1, full)
        yield slice(start, stop)
        start = stop


def _best_of_groups(scores: NDArray[np.float32], offsets: NDArray[np.int64], axis: int) -> NDArray[np.float32]:
    """The maximum over each non-empty group of consecutive rows (axis 0) or columns (axis 1)."""
    starts = offsets[:-1][np.diff(offsets) > 0]
    if len(starts) == scores.shape[axis]:  # one vector an item: nothing to reduce
        return scores
    best: NDArray[np.float32] = np.maximum.reduceat(scores, starts, axis=axis)
    return best
