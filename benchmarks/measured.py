"""A number with what it takes to read it: its interval by patient, chance, and how many stand behind it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.intervals import Interval, Resamples, draw_patients, interval_of

DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Measured:
    """A share with its 95 % interval.

    Attributes:
        interval: None where the draws do not bound it.
        chance: of the same measure on the same items; None where none is defined.
        n: items that were asked about.
        patients: that they come from; what the bootstrap draws.
    """

    value: float
    interval: Interval | None
    chance: float | None
    n: int
    patients: int

    def __str__(self) -> str:
        """Such as ".82 [.74 .90]".

        >>> str(Measured(0.8249, Interval(0.741, 1.0), 0.1, 50, 20))
        '.825 [.741 1.000]'
        """
        bounds = f" [{_short(self.interval.low)} {_short(self.interval.high)}]" if self.interval else ""
        return _short(self.value) + bounds


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def numbered(names: NDArray[np.str_]) -> NDArray[np.int64]:
    """A number for each name, int64 of the same shape."""
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def resampled(clusters: NDArray[np.int64]) -> Resamples:
    """The draws behind every interval of the benchmarks: the same seed, so that two models are drawn alike."""
    return draw_patients(clusters, DRAWS, np.random.default_rng(0))


def measured_mean(values: NDArray[np.float64], clusters: NDArray[np.int64], chance: float | None) -> Measured:
    """The mean of `values`, float64 (n,), over the items of `clusters`, int64 (n,).

    >>> found = measured_mean(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 1]), 0.1)
    >>> found.value, found.interval, found.n, found.patients
    (0.5, Interval(low=0.0, high=1.0), 4, 2)
    """
    draws = resampled(clusters).means(values)
    return Measured(float(values.mean()), interval_of(draws), chance, len(values), len(np.unique(clusters)))


def measured_ratio(over: NDArray[np.float64], under: NDArray[np.float64], clusters: NDArray[np.int64]) -> Measured:
    """The ratio of two means over the same items, drawn together."""
    resamples = resampled(clusters)
    with np.errstate(divide="ignore", invalid="ignore"):
        draws = resamples.sums(over) / resamples.sums(under)
        value = float(np.float64(over.sum()) / np.float64(under.sum()))
    return Measured(value, interval_of(draws), None, len(over), len(np.unique(clusters)))
