"""Confounders: a scanner that pulls its scans together is seen, one that follows the protocol is told apart."""

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.audit.confounders import Labels, codes_of
from retrieval.audit.confounding import LEAST_PATIENTS, Confounding, measure_confounding
from retrieval.audit.neighbours import nearest_rows
from retrieval.audit.pool_shares import PoolShares
from retrieval.audit.verdict import Severity

PATIENTS, SERIES_EACH, SCANNERS, STRATA = 150, 4, 4, 5


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class World:
    """Patients of one scanner each, with series of several strata; vectors are a sum of what is asked for."""

    def __init__(self, *, of_scanner: float, of_stratum: float, follows: float = 0.0, seed: int = 0) -> None:
        """`follows` is the share of series whose stratum is the one that its scanner makes."""
        draw = np.random.default_rng(seed)
        self.patients = np.repeat(np.arange(PATIENTS), SERIES_EACH)
        self.scanners = draw.integers(SCANNERS, size=PATIENTS)[self.patients]
        own = draw.random(len(self.patients)) < follows
        self.strata = np.where(own, self.scanners, draw.integers(STRATA, size=len(self.patients)))
        axes = draw.standard_normal((SCANNERS + STRATA, 32))
        self.vectors = unit(
            of_scanner * axes[self.scanners]
            + of_stratum * axes[SCANNERS + self.strata]
            + draw.standard_normal((len(self.patients), 32))
        )

    def measure(self, codes: NDArray[np.int64] | None = None, k: int = 10) -> Confounding:
        queries = np.arange(0, len(self.patients), 2)
        hits = nearest_rows(self.vectors, queries, k, self.patients).rows
        labels = Labels("scanner", self.scanners if codes is None else codes)
        found = measure_confounding(labels, self.patients, self.strata, queries, hits)
        assert found is not None
        return found


def test_a_scanner_in_the_vectors_is_seen() -> None:
    found = World(of_scanner=1.0, of_stratum=1.0).measure()
    assert found.severity is Severity.BAD
    assert found.stratum.interval is not None
    assert found.stratum.interval.low > 1.2
    assert found.accuracy > found.majority + 0.2


@pytest.mark.parametrize("seed", range(4))
def test_an_innocent_scanner_is_not(seed: int) -> None:
    found = World(of_scanner=0.0, of_stratum=1.0, seed=seed).measure()
    assert found.severity is Severity.GOOD
    assert abs(found.pool.excess) < 0.05
    assert abs(found.stratum.excess) < 0.05


def test_a_scanner_that_follows_the_protocol_is_told_from_one_that_pulls() -> None:
    """Hits share the scanner because they share what that scanner makes."""
    found = World(of_scanner=0.0, of_stratum=1.5, follows=0.8).measure()
    assert found.severity is Severity.LOOK
    assert found.pool.ratio > 1.5
    assert found.stratum.ratio == pytest.approx(1, abs=0.1)


def test_few_patients_are_too_few_to_tell() -> None:
    world = World(of_scanner=2.0, of_stratum=0.0)
    few = np.where(world.patients < LEAST_PATIENTS - 1, world.scanners, -1)
    assert world.measure(few).severity is Severity.UNKNOWN
    assert world.measure(np.zeros(len(few), np.int64)).verdict == "All series whose scanner is known have the same one."


def test_numbers_by_hand() -> None:
    """Six series of six patients: scanners A A A B B ?, strata x x y x y y; series 0 finds 1, 3 and 5.

    Observed: 1 and 3 have a scanner, 1 has the query's: 1/2. Of all others with a scanner, 2 of 4 are A. In stratum x
    the others are 1 (A) and 3 (B): 1/2 for both hits.
    """
    labels = Labels("scanner", np.array([0, 0, 0, 1, 1, -1]))
    strata = np.array([0, 0, 1, 0, 1, 1])
    found = measure_confounding(labels, np.arange(6), strata, np.array([0, 5]), np.array([[1, 3, 5], [0, 1, 2]]))
    assert found is not None
    assert (found.queries, found.patients, found.values, found.known) == (1, 1, 2, 5 / 6)
    assert (found.observed, found.pool.expected, found.stratum.expected) == (0.5, 0.5, 0.5)
    assert found.alternatives == 2
    assert (found.accuracy, found.majority) == (1.0, 1.0)  # the tie goes to the nearest, series 1


def test_pool_shares_are_those_of_counting() -> None:
    draw = np.random.default_rng(1)
    patients, parts, values = draw.integers(9, size=80), draw.integers(3, size=80), draw.integers(-1, 4, size=80)
    asked = draw.integers(10, size=60), draw.integers(4, size=60), draw.integers(5, size=60)
    found = PoolShares(patients, parts, values)
    for patient, part, value, share, size in zip(*asked, found.of(*asked), found.sizes(*asked[:2]), strict=True):
        pool = values[(patients != patient) & (parts == part) & (values >= 0)]
        assert size == len(pool)
        assert share == (pool == value).mean() if len(pool) else np.isnan(share)


def test_a_confounder_that_nobody_knows_is_none() -> None:
    nothing = Labels("site", np.full(4, -1))
    assert measure_confounding(nothing, np.arange(4), np.zeros(4, np.int64), np.arange(2), np.array([[2], [3]])) is None


def test_codes_of_several_columns() -> None:
    maker, model = np.array(["GE", "GE", "Philips", ""]), np.array(["A", "", "A", "A"])
    assert codes_of([maker, model]).tolist() == [0, -1, 1, -1]
    assert len(set(codes_of([maker, model], missing_is_a_value=True).tolist())) == 4
