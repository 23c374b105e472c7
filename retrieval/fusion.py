"""Several channels, one ranking: the weighted mean of standard scores.

Cosines of different channels are not on one scale (texts lie between 0.1 and 0.7 of each other, statistics of voxels
above 0.9), so each channel's are first standardised over the rows that may answer. A row without a vector in a channel
counts as average there: a missing report says nothing against a scan. Every row is scored in every channel, so the
order does not depend on how deep lists were cut, as with reciprocal ranks.

Source: Bruch, Gai, Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM TOIS 42(1), sections 3 and
4: a convex combination of normalised scores is more accurate than reciprocal rank fusion, within and out of domain,
and hardly depends on the normalisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.scores import Scores

# A spread below this is the rounding of float32 products: such a channel says nothing, and must not be blown up to one
# that does.
_NO_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class _Scale:
    """Mean and standard deviation of a channel's scores; a deviation of 0 makes every row average."""

    mean: float
    deviation: float

    def standardise(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard scores; 0 for -inf."""
        if not self.deviation:
            return np.zeros_like(scores)
        return np.where(np.isfinite(scores), (scores - self.mean) / self.deviation, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class FusedScores:
    """The fused scores of several channels, themselves `Scores`."""

    channels: tuple[Scores, ...]
    scales: tuple[_Scale, ...]
    shares: tuple[float, ...]  # of each channel, together 1
    fast: NDArray[np.float32]

    @property
    def margin(self) -> float:
        """The weighted mean of the channels' margins, in standard deviations, and one float32 rounding of the sum."""
        margins = [
            share * one.margin / scale.deviation
            for one, scale, share in zip(self.channels, self.scales, self.shares, strict=True)
            if scale.deviation
        ]
        largest = float(np.max(np.abs(self.fast), where=np.isfinite(self.fast), initial=0))
        return sum(margins) + largest * 2.0**-23

    @property
    def compared(self) -> int:
        """Vectors compared in all channels."""
        return sum(one.compared for one in self.channels)

    def exact(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `Scores.exact`."""
        return np.where(self.fast[units] > -np.inf, _weighted(self.standard(units), self.shares), -np.inf)

    def standard(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """Exact standard scores, shape (channels, m): what each channel contributes; 0 where it has no vector."""
        scored = zip(self.channels, self.scales, strict=True)
        return np.stack([scale.standardise(one.exact(units)) for one, scale in scored])


def fuse(channels: Sequence[Scores], weights: Sequence[float]) -> Scores:
    """One ranking of several channels; a single channel keeps its plain cosines.

    Args:
        channels: one or more.
        weights: how much each counts, above 0.
    """
    if len(channels) == 1:
        return channels[0]
    scales = tuple(_scale_of(one.fast) for one in channels)
    standard = [scale.standardise(one.fast.astype(np.float64)) for one, scale in zip(channels, scales, strict=True)]
    answering = np.any([one.fast > -np.inf for one in channels], axis=0)
    shares = tuple(weight / sum(weights) for weight in weights)
    fast = np.where(answering, _weighted(np.stack(standard), shares), -np.inf).astype(np.float32)
    return FusedScores(tuple(channels), scales, shares, fast)


def _weighted(standard: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """(channels, units) -> (units,): summed channel by channel, so that a unit's bits do not depend on the others."""
    total = np.zeros(standard.shape[1])
    for scores, share in zip(standard, shares, strict=True):
        total += share * scores
    return total


def _scale_of(fast: NDArray[np.float32]) -> _Scale:
    finite = fast[fast > -np.inf].astype(np.float64)
    if not len(finite):
        return _Scale(0.0, 0.0)
    deviation = float(finite.std())
    return _Scale(float(finite.mean()), deviation if deviation > _NO_SPREAD else 0.0)
