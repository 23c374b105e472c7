"""How far an approximate index agrees with exact search. Never called recall of a task: an index that agrees with exact
search in everything still finds nothing, if the vectors are poor; and the other way round.

Of one query: the share of the k best items that are among the first k which the index returned. Where several items tie
for the last of the k places, exact search could have returned any of them, so each counts as found, up to as many as
have a place there: the number is the best agreement with any list that exact search could have returned.

Source: Aumüller, Bernhardsson and Faithfull, "ANN-Benchmarks", Information Systems 2020, section 2.1 (recall by the
distance of the k-th true neighbour; there, tied items may also stand in for better ones that are missing).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.evaluation.score_sources import ScoreSource

_BLOCK_BYTES = 128 << 20


def ann_recall(
    exact: ScoreSource,
    returned: NDArray[np.int64],
    k: int,
    *,
    excluded: Sequence[NDArray[np.int64]] | None = None,
    block_bytes: int = _BLOCK_BYTES,
) -> NDArray[np.float64]:
    """The agreement of each query, float64, shape (queries,), 0 to 1; NaN where exact search has nothing to return.

    Args:
        exact: how every query scores every item; -inf for what exact search never returns.
        returned: gallery positions, shape (queries, at least k), best first; -1 where the index returned fewer. The
            first k count, a repeated item once.
        k: how many of the first.
        excluded: for each query, gallery positions that neither search may return.
        block_bytes: memory for one block of scores.

    Raises:
        UsageError: k below 1, fewer than k columns, another number of queries, or a position outside of the gallery.
    """
    queries = len(exact.asked)
    if k < 1 or returned.ndim != 2 or returned.shape[0] != queries or returned.shape[1] < k:
        raise UsageError(
            f"The lists have shape {returned.shape}; expected ({queries}, at least {max(k, 1)}) for k = {k}.",
            remedy="Ask the index for k items for every query, and fill up with -1.",
        )
    if returned.size and not (returned.min() >= -1 and returned.max() < exact.gallery):
        raise UsageError(f"The lists name positions outside of 0 to {exact.gallery - 1}, and -1 for none.")
    found = np.empty(queries)
    for chosen, scores in exact.blocks(block_bytes=block_bytes):
        for query, row in zip(range(chosen.start, chosen.stop), scores, strict=True):
            if excluded is not None:
                row[excluded[query]] = -np.inf
            found[query] = _agreement(row, returned[query, :k])
    return found


def _agreement(row: NDArray[np.float32], returned: NDArray[np.int64]) -> float:
    """Of one query.

    >>> _agreement(np.array([0.9, 0.5, 0.5, 0.1], np.float32), np.array([0, 2]))
    1.0
    >>> _agreement(np.array([0.9, 0.5, 0.5, 0.1], np.float32), np.array([0, 3]))
    0.5
    """
    able = int(np.count_nonzero(row > -np.inf))
    best = min(len(returned), able)
    if not best:
        return float("nan")
    last = np.partition(row, len(row) - best)[len(row) - best]
    scores = row[np.unique(returned[returned >= 0])]
    tied_places = best - int(np.count_nonzero(row > last))
    found = int(np.count_nonzero(scores > last)) + min(int(np.count_nonzero(scores == last)), tied_places)
    return found / best
