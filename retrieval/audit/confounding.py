"""How much of what a scan finds is explained by where it was made, in image-to-image search without one's own patient.

Three shares answer it: how many of the top k agree with the query in the confounder; how many would if hits were drawn
at random from the allowed pool; and how many would if each hit were drawn at random from the series of its own stratum
(its region and sequence). The first above the second says that hits share scanners; the first above the third, that
they do so beyond what their anatomy and contrast bring along: that is the scanner itself. The reverse is asked as well:
how well the top k predict the confounder by vote, against naming the most frequent value always.

Source: chance-corrected agreement, (observed - expected) / (1 - expected), after Cohen, "A coefficient of agreement for
nominal scales", 1960; intervals by drawing patients, `retrieval/evaluation/intervals.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.confounders import Labels
from retrieval.audit.pool_shares import PoolShares
from retrieval.audit.verdict import Severity
from retrieval.evaluation.intervals import Interval, Resamples, draw_patients, interval_of

# Fewer patients bound no interval worth reading.
LEAST_PATIENTS = 10
# A scanner that explains less than a tenth of what was left to chance is seen in large archives and changes nothing.
LEAST_EXCESS = 0.1

_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Lift:
    """How many times the expected share was observed, and the chance-corrected excess (1 where all that could agree
    does, 0 where no more does than expected).
    """

    expected: float
    ratio: float
    interval: Interval | None
    excess: float

    @property
    def is_more(self) -> bool:
        """Whether more agrees than expected, beyond the interval and by enough to matter."""
        return self.excess >= LEAST_EXCESS and self.interval is not None and self.interval.low > 1

    @property
    def is_open(self) -> bool:
        """Whether enough agrees to matter, but by chance perhaps."""
        return self.excess >= LEAST_EXCESS and not self.is_more


@dataclass(frozen=True, slots=True)
class Confounding:
    """One confounder.

    Attributes:
        name: scanner, site, ...
        values: number of different ones.
        queries: how many were asked: those whose value is known, and of a hit at least.
        patients: theirs.
        known: share of the series whose value is known.
        observed: mean share of the top k that agrees with the query.
        pool: against random hits of the allowed pool.
        stratum: against random hits of each hit's own stratum.
        alternatives: median number of series that such a random hit is drawn from; 1 says nothing.
        accuracy: share of queries whose value the vote of the top k names; ties go to the nearest hit.
        majority: share of queries that have the most frequent value.
        severity: how bad that is.
        verdict: in a sentence.
    """

    name: str
    values: int
    queries: int
    patients: int
    known: float
    observed: float
    pool: Lift
    stratum: Lift
    alternatives: float
    accuracy: float
    majority: float
    severity: Severity
    verdict: str


def measure_confounding(
    labels: Labels,
    patients: NDArray[np.int64],
    strata: NDArray[np.int64],
    queries: NDArray[np.int64],
    hits: NDArray[np.int64],
    *,
    seed: int = 0,
) -> Confounding | None:
    """How much of the hits a confounder explains; None where no query has a value and a hit that has one.

    Args:
        labels: of the gallery's items.
        patients: int64, shape (items,).
        strata: int64, shape (items,), from 0: what makes items alike for good reasons.
        queries: int64, shape (q,): items that ask.
        hits: int64, shape (q, k): what each found, best first, none of its own patient; -1 for none.
        seed: of the resampled patients.
    """
    agree, counted = _agreement(labels.codes, queries, hits)
    asked = (labels.codes[queries] >= 0) & counted.any(axis=1)
    if not asked.any():
        return None
    queries, hits, agree, counted = queries[asked], hits[asked], agree[asked], counted[asked]
    own, values = patients[queries][:, None], labels.codes[queries][:, None]
    whole, parts = np.zeros(len(strata), np.int64), strata[hits]
    by_stratum = PoolShares(patients, strata, labels.codes)
    observed = _mean_of(agree, counted)
    drawn = draw_patients(patients[queries], _DRAWS, np.random.default_rng(seed))
    pool = _lift(observed, PoolShares(patients, whole, labels.codes).of(own, whole[:1], values)[:, 0], drawn)
    stratum = _lift(observed, _mean_of(by_stratum.of(own, parts, values), counted), drawn)
    clusters = len(np.unique(patients[queries]))
    known = labels.codes >= 0
    severity, verdict = _judge(labels.name, len(np.unique(labels.codes[known])), clusters, pool, stratum)
    return Confounding(
        name=labels.name,
        values=len(np.unique(labels.codes[known])),
        queries=len(queries),
        patients=clusters,
        known=float(known.mean()),
        observed=float(observed.mean()),
        pool=pool,
        stratum=stratum,
        alternatives=float(np.median(by_stratum.sizes(own, parts)[counted])),
        accuracy=float(_votes_right(labels.codes, queries, hits, counted).mean()),
        majority=float(np.mean(values[:, 0] == np.bincount(labels.codes[known]).argmax())),
        severity=severity,
        verdict=verdict,
    )


def _agreement(
    codes: NDArray[np.int64], queries: NDArray[np.int64], hits: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which hits agree with their query, and which have a value at all."""
    counted = (hits >= 0) & (codes[hits] >= 0)
    return counted & (codes[hits] == codes[queries][:, None]), counted


def _mean_of(shares: NDArray[np.float64] | NDArray[np.bool_], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean over the counted hits of each query."""
    sums: NDArray[np.float64] = np.where(counted, shares, 0.0).sum(axis=1) / counted.sum(axis=1)
    return sums


def _lift(observed: NDArray[np.float64], expected: NDArray[np.float64], drawn: Resamples) -> Lift:
    mean, chance = float(observed.mean()), float(expected.mean())
    if chance <= 0:
        return Lift(chance, float("nan"), None, 0.0)
    below = drawn.means(expected)
    ratios = np.divide(drawn.means(observed), below, out=np.full(len(below), np.nan), where=below > 0)
    excess = (mean - chance) / (1 - chance) if chance < 1 else 0.0
    return Lift(chance, mean / chance, interval_of(ratios), excess)


def _votes_right(
    codes: NDArray[np.int64], queries: NDArray[np.int64], hits: NDArray[np.int64], counted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether the most frequent value of the hits is the query's; the nearest of equally frequent ones wins."""
    found = np.where(counted, codes[hits], -1)
    votes = ((found[:, :, None] == found[:, None, :]) & counted[:, None, :]).sum(axis=2)
    best = np.where(counted, votes, -1).argmax(axis=1)  # the first of equals, so the nearest
    right: NDArray[np.bool_] = found[np.arange(len(found)), best] == codes[queries]
    return right


def _judge(name: str, values: int, patients: int, pool: Lift, stratum: Lift) -> tuple[Severity, str]:
    if values < 2:
        return Severity.UNKNOWN, f"All series whose {name} is known have the same one."
    if patients < LEAST_PATIENTS or stratum.interval is None:
        return Severity.UNKNOWN, f"{patients} patients are too few to tell."
    if stratum.is_more:
        return Severity.BAD, (
            f"Hits share the {name} beyond what region and sequence explain: {stratum.ratio:.2f} times as often."
        )
    if stratum.is_open or pool.is_open:
        return Severity.UNKNOWN, f"Hits share the {name} more often than random ones, by chance perhaps."
    if pool.is_more:
        return Severity.LOOK, (
            f"Hits share the {name} {pool.ratio:.2f} times as often as chance, and no more than region and sequence "
            "explain."
        )
    return Severity.GOOD, f"Hits share the {name} hardly more often than random ones."


def measure_all(
    confounders: Sequence[Labels],
    patients: NDArray[np.int64],
    strata: NDArray[np.int64],
    queries: NDArray[np.int64],
    hits: NDArray[np.int64],
    *,
    seed: int = 0,
) -> tuple[Confounding, ...]:
    """`measure_confounding` of each confounder that is known of anything."""
    found = (measure_confounding(one, patients, strata, queries, hits, seed=seed) for one in confounders)
    return tuple(one for one in found if one is not None)
