"""Exact search: every eligible vector is compared, and ties are decided by order, never by luck.

Two passes. The fast one multiplies in float32, whose last digits depend on the shape of the product (the same vector
may score differently at the end of a block, or beside other queries). So it only chooses candidates: everything within
its error bound of the k-th best. The slow one scores those in float64, row by row, so that equal vectors have equal
scores, and a query has the same answer alone, in a batch, on one thread or many.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# 1024 rows x 384 x 4 bytes = 1.5 MB stay in the cache, and OpenBLAS keeps such a product on one thread: with 2 threads
# one query over 100,000 x 384 took 16 to 375 ms instead of 13 ms, depending on who else used the second core (2 cores,
# 2026-11).
BLOCK_ROWS = 1024
# Scores of a batch held at once: 2**24 float32 are 64 MB, whatever the number of queries.
BATCH_SCORES = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The best rows for one query: by falling score, ties by rising order.

    Attributes:
        rows: int64, shape (m,), m <= k: positions in the vectors that were searched.
        scores: float64, shape (m,): cosines of unit vectors.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]


def product_error(dimension: int) -> float:
    """The largest difference between a float32 inner product of two unit vectors and the true one.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1: |fl(x.y) - x.y| <= gamma_n
    |x|.|y| with gamma_n = n u / (1 - n u), u = 2**-24, and |x|.|y| <= 1 for unit vectors; doubled for rows that are
    unit only within 1e-5.
    """
    unit_roundoff = 2.0**-24
    return 2 * dimension * unit_roundoff / (1 - dimension * unit_roundoff)


def fast_scores(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], rows: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    """Inner products, each within `product_error` of the true one.

    Args:
        vectors: shape (n, d), C-contiguous.
        queries: shape (q, d).
        rows: int64, shape (m,): which vectors to compare; None for all.

    Returns:
        float32, shape (q, m).
    """
    count = len(vectors) if rows is None else len(rows)
    scores = np.empty((len(queries), count), np.float32)
    gathered = np.empty((0 if rows is None else min(count, BLOCK_ROWS), vectors.shape[1]), np.float32)
    for start in range(0, count, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, count)
        # A reused buffer: fresh temporaries cost more in page faults than the product itself (3 to 20 x).
        block = vectors[start:stop] if rows is None else gather(vectors, rows[start:stop], gathered[: stop - start])
        if len(queries) == 1:
            np.matmul(block, queries[0], out=scores[0, start:stop])
        else:
            scores[:, start:stop] = queries @ block.T
    return scores


def gather(
    vectors: NDArray[np.float32], rows: NDArray[np.int64], out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Some rows of a C-contiguous array, shape (m, d), copied byte by byte.

    A mapped FAISS file is not aligned to 4 bytes, and `np.take` first copies all of an array that is not: 0.1 to 2 s
    for 100,000 x 384 where this takes 0.4 ms for 1024 rows.
    """
    if out is None:
        out = np.empty((len(rows), vectors.shape[1]), np.float32)
    # Every row exists; "clip" spares NumPy the buffer that it needs to raise for one that does not.
    np.take(vectors.view(np.uint8), rows, axis=0, out=out.view(np.uint8), mode="clip")
    return out


def exact_scores(
    vectors: NDArray[np.float32], query: NDArray[np.float32], rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Inner products in float64, shape (m,): a function of the two vectors alone, whatever stands beside them."""
    scores = np.empty(len(rows), np.float64)
    wide = query.astype(np.float64)
    for start in range(0, len(rows), BLOCK_ROWS):
        block = gather(vectors, rows[start : start + BLOCK_ROWS])
        scores[start : start + BLOCK_ROWS] = (block * wide).sum(axis=1)
    return scores


def candidates(scores: NDArray[np.float32], k: int, margin: float) -> NDArray[np.int64]:
    """Positions of every score that may belong to the true top k: within twice the margin of the k-th best. -inf never
    does.

    >>> candidates(np.array([0.9, 0.1, 0.8, 0.8], np.float32), 2, 1e-6).tolist()
    [0, 2, 3]
    """
    if k < len(scores):
        kth = np.partition(scores, len(scores) - k)[len(scores) - k]
        # One step of float32 on top: the threshold itself is rounded.
        threshold = np.nextafter(np.float32(float(kth) - 2 * margin), np.float32(-np.inf))
    else:
        threshold = np.float32(-np.inf)
    return np.flatnonzero((scores >= threshold) & (scores > -np.inf))


def top_k(
    vectors: NDArray[np.float32],
    queries: NDArray[np.float32],
    k: int,
    *,
    rows: NDArray[np.int64] | None = None,
    order: NDArray[np.int64] | None = None,
) -> tuple[Neighbours, ...]:
    """The k nearest rows for each query, exactly; fewer only where fewer are eligible.

    Args:
        vectors: shape (n, d), unit rows, C-contiguous.
        queries: shape (q, d), unit rows; any number, memory stays bounded.
        k: 1 or more.
        rows: eligible rows; None for all.
        order: int64, shape (n,): which of two equal rows comes first (the lower); None for their position.
    """
    margin = product_error(vectors.shape[1])
    count = len(vectors) if rows is None else len(rows)
    step = max(1, BATCH_SCORES // max(1, count))
    found = []
    for start in range(0, len(queries), step):
        chunk = np.ascontiguousarray(queries[start : start + step], dtype=np.float32)
        for query, fast in zip(chunk, fast_scores(vectors, chunk, rows), strict=True):
            chosen = candidates(fast, k, margin)
            found.append(_sorted(vectors, query, chosen if rows is None else rows[chosen], k, order))
    return tuple(found)


def _sorted(
    vectors: NDArray[np.float32],
    query: NDArray[np.float32],
    rows: NDArray[np.int64],
    k: int,
    order: NDArray[np.int64] | None,
) -> Neighbours:
    scores = exact_scores(vectors, query, rows)
    best = np.lexsort((rows if order is None else order[rows], -scores))[:k]
    return Neighbours(rows[best], scores[best])
