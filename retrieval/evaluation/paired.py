"""Is run B better than run A? Two runs on the same queries, compared query by query and tested patient by patient.

The interval of a difference is far narrower than the two runs' own intervals suggest, because most of what makes a
query hard makes it hard for both.

Source: Smucker, Allan and Carterette, CIKM 2007 (the test, `sign_flips.py`); Holm 1979 (`multiple_testing.py`); the
interval is that of `mean_interval.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.evaluation.intervals import Interval, Resamples, draw_patients, interval_of
from retrieval.evaluation.mean_interval import Patients, mean_interval, patients_of
from retrieval.evaluation.median_rank import median_rank
from retrieval.evaluation.multiple_testing import holm
from retrieval.evaluation.rank_lists import FirstRelevant
from retrieval.evaluation.sign_flips import sign_flip_p

FLIPS = 10_000  # a p-value of .05 is then known to .004; up to 13 patients who differ it is exact
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run B against run A, by one measure.

    Attributes:
        a: the measure of run A, over the queries below.
        b: of run B.
        effect: b - a.
        interval: 95 %, of the effect, by patient; None where it is not bounded, or there is one patient.
        p: of the hypothesis that the runs are as good as each other; two-sided, by patient.
        p_corrected: the same for all comparisons of a family together; p itself before `corrected`.
        queries: that have a relevant item.
        patients: whose they are.
    """

    a: float
    b: float
    effect: float
    interval: Interval | None
    p: float
    p_corrected: float
    queries: int
    patients: int


def corrected(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The same comparisons, in order, with p-values that hold for all of them together (Holm)."""
    raised = holm([one.p for one in comparisons])
    return tuple(replace(one, p_corrected=float(p)) for one, p in zip(comparisons, raised, strict=True))


def compare_means(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    clusters: NDArray[np.int64],
    generator: np.random.Generator,
    *,
    span: float = 1.0,
    flips: int = FLIPS,
) -> Comparison:
    """Compares the means of a measure of two runs.

    Args:
        a: of each query by run A, shape (queries,); NaN for a query without a relevant item.
        b: the same of run B, NaN at the same queries.
        clusters: the patient of each query, any numbers, shape (queries,).
        generator: draws sides, where there are too many patients to go through all.
        span: the largest value of the measure less its smallest: 1 of a share, the pool of a rank.
        flips: how many are drawn.

    Raises:
        UsageError: the runs do not have the same queries, or none is left, or differences exceed the span.

    >>> hits_a, hits_b = np.array([0.0, 0, 0, 0, 1]), np.array([1.0, 1, 1, 1, 1])
    >>> found = compare_means(hits_a, hits_b, np.array([1, 2, 3, 4, 5]), np.random.default_rng(0))
    >>> found.effect, found.p  # of 32 ways to call the runs, 2 x 2 differ as much
    (0.8, 0.125)
    """
    asked = _asked_of_both(a, b, clusters)
    patients = patients_of(clusters[asked])
    difference = b[asked] - a[asked]
    sums = np.bincount(patients.clusters, difference) / len(difference)
    sums = sums[sums != 0.0]  # those who do not differ have no sign, and without them the test is exact more often
    p = sign_flip_p(lambda changed: (1.0 - 2.0 * changed) @ sums, len(sums), flips, generator)
    interval = mean_interval(difference, patients.clusters, least=-span, most=span)
    return _comparison(float(a[asked].mean()), float(b[asked].mean()), interval, p, patients)


def compare_medians(
    a: FirstRelevant,
    b: FirstRelevant,
    clusters: NDArray[np.int64],
    generator: np.random.Generator,
    *,
    flips: int = FLIPS,
    draws: int = DRAWS,
) -> Comparison:
    """Compares the median ranks of two runs; below 0 is in favour of B.

    A difference of medians has no formula: the interval is of patients drawn anew, for both runs together, with
    expanded percentiles. It is None where a draw has no median.

    Args:
        a: the ranks of run A, of queries that have a relevant item.
        b: of run B, of the same queries.
        clusters: the patient of each query, any numbers, shape (queries,).
        generator: draws patients, and then sides.
        flips: how many sides are drawn.
        draws: how many times the patients are.

    Raises:
        UsageError: the runs do not have the same queries, or there is none.
    """
    _check_sizes(len(a.above), len(b.above), len(clusters))
    patients = patients_of(clusters)
    count = len(patients.sizes)
    drawn = draw_patients(patients.clusters, draws, generator)
    both = FirstRelevant(*(np.concatenate(pair) for pair in zip(_columns(a), _columns(b), strict=True)))
    sides = np.concatenate([patients.clusters, patients.clusters + count])

    def of_sides(changed: NDArray[np.float64]) -> NDArray[np.float64]:
        kept = 1.0 - changed
        of_a, of_b = (np.concatenate(pair, axis=1) for pair in ((kept, changed), (changed, kept)))
        return _finite_difference(median_rank(both, Resamples(sides, of_a)), median_rank(both, Resamples(sides, of_b)))

    p = sign_flip_p(of_sides, count, flips, generator)
    in_draws = median_rank(a, drawn), median_rank(b, drawn)
    bounded = count > 1 and bool(np.isfinite(in_draws).all())
    interval = interval_of(in_draws[1] - in_draws[0], patients.effective) if bounded else None
    once = Resamples(patients.clusters, np.ones((1, count)))
    return _comparison(float(median_rank(a, once)[0]), float(median_rank(b, once)[0]), interval, p, patients)


def _finite_difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of b from a, where two medians that do not exist do not differ."""
    with np.errstate(invalid="ignore"):  # inf - inf
        return np.where(a == b, 0.0, b - a)


def _comparison(a: float, b: float, interval: Interval | None, p: float, patients: Patients) -> Comparison:
    effect = float(_finite_difference(np.array(a), np.array(b)))
    return Comparison(a, b, effect, interval, p, p, len(patients.clusters), len(patients.sizes))


def _columns(first: FirstRelevant) -> tuple[NDArray[np.int64], ...]:
    return first.above, first.size, first.relevant


def _asked_of_both(a: NDArray[np.float64], b: NDArray[np.float64], clusters: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which queries have a relevant item, shape (queries,)."""
    _check_sizes(len(a), len(b), len(clusters))
    asked: NDArray[np.bool_] = ~np.isnan(a)
    other: NDArray[np.bool_] = ~np.isnan(b)
    if not np.array_equal(asked, other):
        raise UsageError(
            f"{int((asked != other).sum())} queries have a relevant item in one run only; expected the same queries.",
            remedy="Score both runs on one snapshot's queries, with the same relevance and exclusion.",
        )
    if not asked.any():
        raise UsageError("No query has a relevant item; expected at least one to compare.")
    return asked


def _check_sizes(a: int, b: int, clusters: int) -> None:
    if not a == b == clusters or not a:
        raise UsageError(
            f"Run A has {a} queries, run B {b}, and {clusters} have a patient; expected the same number, at least one.",
            remedy="Score both runs on the same queries.",
        )
