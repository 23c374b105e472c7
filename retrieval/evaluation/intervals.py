"""Intervals of 95 %, and patients drawn anew for the numbers that have no formula.

`mean_interval.py` and `median_rank.py` bound the measures of one run without drawing. What is drawn is left for other
statistics (a ratio of sums, a mean over classes, a difference of medians): patients, with replacement, as many as there
are; all queries of a drawn patient come with it, as often as it was drawn.

Percentiles of the draws are too narrow with few patients (docs/intervals.md); `interval_of` widens them where it is
told how many there are. They have no width where all patients score the same.

Source: Field and Welsh, "Bootstrapping clustered data", JRSS B 2007 (cluster bootstrap); Efron and Tibshirani 1993,
chapter 13 (percentile interval); Hesterberg, "What Teachers Should Know About the Bootstrap", American Statistician
2015, 4.3.1 (expanded percentiles).
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.beta_quantile import student_quantile

_TAIL = 0.025
_BLOCK_BYTES = 32 << 20  # of draws held as float64 at a time


class Basis(StrEnum):
    """What an interval rests on."""

    SPREAD = "spread"  # how patients differ
    UNANIMOUS = "unanimous"  # they do not: how many could, and still none be among so few


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """How often each patient was drawn.

    Attributes:
        clusters: int64, shape (queries,): the patient of each query, numbered from 0 without gaps.
        counts: shape (draws, patients), whole numbers of any type: 40 MB as int16 for 1,000 draws of 20,000 patients.
    """

    clusters: NDArray[np.int64]
    counts: NDArray[np.int16] | NDArray[np.float64]

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of `values`, shape (queries,), over the queries of each draw, shape (draws,)."""
        of_patients = np.bincount(self.clusters, values, minlength=self.counts.shape[1])
        blocks = [
            self.counts[rows].astype(np.float64, copy=False) @ of_patients for rows in _blocks(*self.counts.shape)
        ]
        return np.concatenate([np.empty(0), *blocks])

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The mean of `values`, shape (queries,), over the queries of each draw, shape (draws,)."""
        return self.sums(values) / self.sums(np.ones(len(values)))


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of a 95 % interval.

    Attributes:
        low: at most the number.
        high: at least the number; of a rank, infinite where too many queries found nothing to bound it.
        basis: what it rests on.
    """

    low: float
    high: float
    basis: Basis = field(default=Basis.SPREAD, repr=False)


def everyone_once(clusters: NDArray[np.int64]) -> Resamples:
    """The sample itself, as a single draw."""
    dense = np.unique(clusters, return_inverse=True)[1]
    return Resamples(dense, np.ones((1, int(dense.max(initial=-1)) + 1)))


def draw_patients(clusters: NDArray[np.int64], draws: int, generator: np.random.Generator) -> Resamples:
    """`draws` resamples of the patients that `clusters`, shape (queries,), names."""
    dense = np.unique(clusters, return_inverse=True)[1]
    patients = int(dense.max(initial=-1)) + 1
    even = np.full(patients, 1.0 / max(patients, 1))
    counts = np.empty((draws, patients), np.int16)
    for rows in _blocks(draws, patients):  # the same draws as at once, and 8 bytes a count for one block only
        counts[rows] = generator.multinomial(patients, even, size=len(counts[rows]))
    return Resamples(dense, counts)


def interval_of(draws: NDArray[np.float64], patients: float | None = None) -> Interval | None:
    """The interval that the draws of a number span; None where they do not bound it.

    Args:
        draws: the number in each draw, shape (draws,).
        patients: how many were drawn from; widens the percentiles as Student's t would. None leaves them.
    """
    if not len(draws) or not bool(np.isfinite(draws).all()):
        return None
    tail = _TAIL if patients is None else _expanded_tail(patients)
    low, high = np.quantile(draws, (tail, 1.0 - tail)).tolist()
    return Interval(low, high)


def _expanded_tail(patients: float) -> float:
    """The normal tail beyond t sqrt(n / (n - 1)): percentiles leave out both corrections for a small n.

    >>> round(_expanded_tail(10), 4), round(_expanded_tail(1e6), 4)
    (0.0086, 0.025)
    """
    if patients <= 1.0:
        return 0.0
    return NormalDist().cdf(-math.sqrt(patients / (patients - 1.0)) * student_quantile(1.0 - _TAIL, patients - 1.0))


def _blocks(draws: int, patients: int) -> list[slice]:
    """Rows that fit the memory, in order."""
    step = max(1, _BLOCK_BYTES // (8 * max(patients, 1)))
    return [slice(start, min(start + step, draws)) for start in range(0, draws, step)]
