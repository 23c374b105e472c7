"""The k best units, or the k best groups by their best unit: exactly, with ties broken by position."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.exact import candidates
from retrieval.scores import Scores


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Units by falling score; equal scores by rising position, which is the order of ids.

    Attributes:
        units: int64, shape (m,), m <= k.
        scores: float64, shape (m,).
        groups: how many units, or groups, could have answered.
    """

    units: NDArray[np.int64]
    scores: NDArray[np.float64]
    groups: int


def rank(scores: Scores, k: int, groups: NDArray[np.int64] | None = None) -> Ranking:
    """The k best.

    Args:
        scores: of every unit.
        k: 1 or more.
        groups: int64, shape (units,), the group of each unit from 0; None where each unit is its own.
    """
    if groups is None:
        chosen, answering = candidates(scores.fast, k, scores.margin), int((scores.fast > -np.inf).sum())
    else:
        best = np.full(int(groups.max(initial=0)) + 1, -np.inf, np.float32)
        np.maximum.at(best, groups, scores.fast)
        promising = np.zeros(len(best), bool)
        promising[candidates(best, k, scores.margin)] = True
        # Only a unit near the top of its group can be its best one; the other 2 margins cover the rounding of the
        # difference.
        near = scores.fast >= best[groups] - np.float32(4 * scores.margin)
        chosen, answering = (
            np.flatnonzero(promising[groups] & near & (scores.fast > -np.inf)),
            int((best > -np.inf).sum()),
        )
    exact = scores.exact(chosen)
    order = np.lexsort((chosen, -exact))
    units, values = chosen[order], exact[order]
    if groups is not None:
        _, first = np.unique(groups[units], return_index=True)
        keep = np.sort(first)
        units, values = units[keep], values[keep]
    return Ranking(units[:k], values[:k], answering)
