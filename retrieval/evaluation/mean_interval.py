"""How sure a mean over queries is: a 95 % interval that respects whose queries they are.

Queries of one patient are alike, so the patient is the unit. The number is a ratio, the sum of all patients' values
over the number of all their queries, and its interval has four parts:

1. The standard error is the jackknife's: each patient is left out once.
2. It is used on the log-odds scale, where shares near 0 or 1 are nearly normal and no bound leaves [0, 1].
3. Student's t has the smaller of two degrees of freedom: the effective number of patients less one, which is small
   where few patients ask most of the queries, and Satterthwaite's, which is small where few bring most of the spread.
4. The interval is never wider than the exact one of as many yes-or-no answers as there are effective patients, which
   is what the worst population would need.

Where all patients score the same there is no spread to measure, and a resampled interval would have no width. Then the
bound is on the share of patients who may score otherwise ("rule of three"), and `Interval.basis` says so.

The gallery stays as it is: the interval says how the number would vary over other patients asking, not over another
archive. No draws and no seed: equal inputs, equal bits. Coverage by simulation: docs/intervals.md.

Source: Cochran, Sampling Techniques, 1977, 6.17 (jackknife of a ratio); Field and Welsh, "Bootstrapping clustered
data", JRSS B 2007 (whole clusters as units); Kish, Survey Sampling, 1965, 8.2 (effective number); Satterthwaite,
Biometrics Bulletin 1946; Korn and Graubard, Survey Methodology 1998 (exact intervals with an effective number, and
zero spread); Clopper and Pearson, Biometrika 1934.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.evaluation.beta_quantile import beta_quantile, student_quantile
from retrieval.evaluation.intervals import Basis, Interval

_TAIL = 0.025
_ALIKE = 1e-9  # patients' means that differ by less differ by rounding


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """Whose the queries are.

    Attributes:
        clusters: int64, shape (queries,): the patient of each query, numbered from 0 without gaps.
        sizes: float64, shape (patients,): queries of each.
    """

    clusters: NDArray[np.int64]
    sizes: NDArray[np.float64]

    @property
    def effective(self) -> float:
        """How many patients with equally many queries would weigh as evenly: Kish's (sum n)^2 / sum n^2.

        >>> patients_of(np.array([5, 5, 7, 7])).effective, patients_of(np.array([5, 5, 5, 7])).effective
        (2.0, 1.6)
        """
        return float(self.sizes.sum() ** 2 / (self.sizes**2).sum()) if len(self.sizes) else 0.0


def patients_of(clusters: NDArray[np.int64]) -> Patients:
    """The patients that `clusters`, shape (queries,), names in any way."""
    dense = np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    return Patients(dense, np.bincount(dense).astype(np.float64))


def mean_interval(
    values: NDArray[np.float64], clusters: NDArray[np.int64], *, least: float = 0.0, most: float = 1.0
) -> Interval | None:
    """The interval of the mean of `values`, shape (queries,); None where all queries are of one patient, or none is.

    Args:
        values: one number a query, none of them NaN.
        clusters: the patient of each query, any numbers, shape (queries,).
        least: what a query scores at worst: 0 of a share, 1 of a rank, -1 of a difference between shares.
        most: what it scores at best; of a rank, the pool and one more.

    Raises:
        UsageError: values outside [least, most], NaN among them, or not one for each query.

    >>> found = mean_interval(np.zeros(12), np.arange(12))
    >>> found.low, round(found.high, 3), str(found.basis)
    (0.0, 0.265, 'unanimous')
    """
    _check(values, clusters, least, most)
    found = share_interval((values - least) / (most - least), patients_of(clusters))
    if found is None:
        return None
    low, high = (least + bound * (most - least) for bound in (found.low, found.high))
    return Interval(low, high, found.basis)


def share_interval(shares: NDArray[np.float64], patients: Patients) -> Interval | None:
    """The same of values in [0, 1], unchecked."""
    found = spread_interval(shares, patients)
    if found is None or found.basis is Basis.UNANIMOUS:
        return found
    widest = _exact(float(shares.mean()), patients.effective)
    return Interval(max(found.low, widest.low), min(found.high, widest.high))


def spread_interval(shares: NDArray[np.float64], patients: Patients) -> Interval | None:
    """The same without part 4, which costs most and hardly matters near one half."""
    if len(patients.sizes) < 2:
        return None
    sums = np.bincount(patients.clusters, shares, minlength=len(patients.sizes)).astype(np.float64)
    mean = min(max(float(shares.mean()), 0.0), 1.0)
    if float(np.ptp(sums / patients.sizes)) <= _ALIKE:
        return _unanimous(mean, patients)
    half = student_quantile(1.0 - _TAIL, _freedom(sums, mean, patients)) * _jackknife_error(sums, patients)
    odds, half = math.log(mean / (1.0 - mean)), half / (mean * (1.0 - mean))
    low, high = (1.0 / (1.0 + math.exp(min(-bound, 700.0))) for bound in (odds - half, odds + half))
    return Interval(low, high)


def _jackknife_error(sums: NDArray[np.float64], patients: Patients) -> float:
    count, sizes = len(patients.sizes), patients.sizes
    without = (sums.sum() - sums) / (sizes.sum() - sizes)
    return math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))


def _freedom(sums: NDArray[np.float64], mean: float, patients: Patients) -> float:
    """Degrees of freedom: 2 E[s]^2 / Var[s] of s = the sum of squared residuals, at most those of the patients."""
    squares = (sums - mean * patients.sizes) ** 2
    total = float(squares.sum()) ** 2
    varying = float((squares**2).sum()) - total / len(squares)
    of_spread = 2.0 * total / varying if varying > 1e-12 * total else math.inf
    return max(min(of_spread, patients.effective - 1.0), 1.0)


def _exact(mean: float, count: float) -> Interval:
    """Clopper and Pearson's interval of a share of `count` yes-or-no answers, whole or not."""
    yes = mean * count
    low = beta_quantile(_TAIL, yes, count - yes + 1.0) if yes > 0.0 else 0.0
    high = beta_quantile(1.0 - _TAIL, yes + 1.0, count - yes) if yes < count else 1.0
    return Interval(low, high)


def _unanimous(mean: float, patients: Patients) -> Interval:
    """Nobody scored otherwise: at most `others` of all patients would, and those might score 0, or 1."""
    others: float = 1.0 - _TAIL ** (1.0 / patients.effective)
    return Interval(mean * (1.0 - others), mean + others * (1.0 - mean), Basis.UNANIMOUS)


def _check(values: NDArray[np.float64], clusters: NDArray[np.int64], least: float, most: float) -> None:
    if values.shape != clusters.shape or values.ndim != 1:
        raise UsageError(
            f"Values of shape {values.shape} came with patients of shape {clusters.shape}; expected one each."
        )
    slack = 1e-9 * (most - least)
    if not bool(((values >= least - slack) & (values <= most + slack)).all()):
        raise UsageError(
            f"Values from {values.min():g} to {values.max():g}; expected {least:g} to {most:g}, and no NaN.",
            remedy="Leave out queries without a relevant item, and pass the range of the measure.",
        )
