"""The k nearest of some rows among all of them, one's own group left out before the top k."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.progress import Listener, silent
from retrieval.exact import fast_scores, gather

# Scores of a block of queries held at once: 2**24 float32 are 64 MiB.
_BLOCK_SCORES = 1 << 24
# Cosines are compared in steps of 2**-20 (about 1e-6), above the noise of a float32 product, so that equal vectors tie
# and the lower row wins, whatever the shape of the block that they stood in.
_STEPS = float(1 << 20)


@dataclass(frozen=True, slots=True, eq=False)
class NearestRows:
    """The nearest rows of each query, best first.

    Attributes:
        rows: int64, shape (queries, k); -1 where fewer than k were allowed.
        scores: float32, the same shape: cosines; -inf where there is no row.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


def nearest_rows(
    vectors: NDArray[np.float32],
    queries: NDArray[np.int64],
    k: int,
    groups: NDArray[np.int64],
    *,
    step: str = "",
    listener: Listener = silent,
) -> NearestRows:
    """The k nearest rows of each query row, without those of its own group.

    Args:
        vectors: shape (n, d), finite unit rows.
        queries: int64, shape (q,): which rows ask.
        k: 1 or more.
        groups: int64, shape (n,): rows of equal number never find each other; `arange(n)` leaves out the row itself.
        step: what the listener is told that this is.
        listener: is told how far it is.
    """
    found = NearestRows(np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32))
    rows_at_once = max(1, _BLOCK_SCORES // max(1, len(vectors)))
    for start in range(0, len(queries), rows_at_once):
        asking = queries[start : start + rows_at_once]
        scores = fast_scores(vectors, gather(vectors, asking))
        scores[groups[asking][:, None] == groups[None, :]] = -np.inf
        for place, line in enumerate(scores, start):
            best = _best(line, k)
            found.rows[place, : len(best)] = best
            found.scores[place, : len(best)] = line[best]
        listener(step, start + len(asking), len(queries))
    return found


def sample_rows(count: int, most: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """All of `count` rows, or `most` of them drawn without repeats; int64, ascending."""
    return np.arange(count) if count <= most else np.sort(generator.choice(count, most, replace=False))


def _best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    stepped = np.rint(scores * np.float32(_STEPS))
    if k < len(stepped):
        kth = np.partition(stepped, len(stepped) - k)[len(stepped) - k]
        chosen = np.flatnonzero((stepped >= kth) & np.isfinite(stepped))
    else:
        chosen = np.flatnonzero(np.isfinite(stepped))
    return chosen[np.argsort(-stepped[chosen], kind="stable")][:k]
