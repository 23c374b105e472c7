"""How sure a number is: intervals by drawing patients anew.

Queries of one patient are alike, so the patient is what is drawn, with replacement, as many as there are; all queries
of a drawn patient come with it, as often as it was drawn. The 2.5th and 97.5th percentile of the draws bound the
interval. The gallery stays as it is: the interval says how the number would vary over other patients asking, not over
another archive.

Source: Field and Welsh, "Bootstrapping clustered data", JRSS B 2007 (cluster bootstrap); Efron and Tibshirani 1993,
chapter 13 (percentile interval).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """How often each patient was drawn.

    Attributes:
        clusters: int64, shape (queries,): the patient of each query, numbered from 0 without gaps.
        counts: float64, shape (draws, patients).
    """

    clusters: NDArray[np.int64]
    counts: NDArray[np.float64]

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of `values`, shape (queries,), over the queries of each draw, shape (draws,)."""
        total: NDArray[np.float64] = self.counts @ np.bincount(self.clusters, values, minlength=self.counts.shape[1])
        return total

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The mean of `values`, shape (queries,), over the queries of each draw, shape (draws,)."""
        return self.sums(values) / self.sums(np.ones(len(values)))


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of a 95 % interval."""

    low: float
    high: float


def everyone_once(clusters: NDArray[np.int64]) -> Resamples:
    """The sample itself, as a single draw."""
    dense = np.unique(clusters, return_inverse=True)[1]
    return Resamples(dense, np.ones((1, int(dense.max(initial=-1)) + 1)))


def draw_patients(clusters: NDArray[np.int64], draws: int, generator: np.random.Generator) -> Resamples:
    """`draws` resamples of the patients that `clusters`, shape (queries,), names."""
    dense = np.unique(clusters, return_inverse=True)[1]
    patients = int(dense.max(initial=-1)) + 1
    counts = generator.multinomial(patients, np.full(patients, 1.0 / max(patients, 1)), size=draws)
    return Resamples(dense, counts.astype(np.float64))


def interval_of(draws: NDArray[np.float64]) -> Interval | None:
    """The interval that the draws of a number span; None where they do not bound it."""
    finite = len(draws) > 0 and bool(np.isfinite(draws).all())
    return Interval(*np.percentile(draws, _PERCENTILES).tolist()) if finite else None
