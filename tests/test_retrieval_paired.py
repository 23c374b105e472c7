"""Two runs on the same queries: effects, exact p-values, Holm's correction; against SciPy and slow loops."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.interval_paired import Null, compare_ranks, draw_ranks, draw_shares
from common.errors import UsageError
from retrieval.evaluation.mean_interval import mean_interval
from retrieval.evaluation.multiple_testing import holm
from retrieval.evaluation.paired import compare_means, compare_medians, corrected
from retrieval.evaluation.rank_lists import NOT_FOUND, FirstRelevant


def generator() -> np.random.Generator:
    return np.random.default_rng(3)


def ranks(values: list[int]) -> FirstRelevant:
    ones = np.ones(len(values), np.int64)
    return FirstRelevant(np.array(values, np.int64) - 1, ones, ones)


@pytest.mark.parametrize("seed", range(5))
def test_the_exact_p_value_is_that_of_scipy(seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = random.random(8), random.random(8) + 0.15
    theirs = stats.permutation_test(
        (a, b), lambda x, y, axis: np.mean(y - x, axis=axis), permutation_type="samples", vectorized=True
    )
    ours = compare_means(a, b, np.arange(8), generator())
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-12)
    assert ours.effect == pytest.approx(theirs.statistic, abs=1e-12)


def test_queries_of_a_patient_change_sides_together() -> None:
    a, b = np.array([0.1, 0.2, 0.9, 0.3, 0.5]), np.array([0.4, 0.1, 0.8, 0.9, 0.75])
    clusters = np.array([4, 4, 4, 2, 7])
    means = [
        np.mean(np.array([signs[0]] * 3 + [signs[1], signs[2]]) * (b - a))
        for signs in itertools.product((1, -1), repeat=3)
    ]
    expected = np.mean(np.abs(means) >= abs(means[0]) - 1e-12)
    found = compare_means(a, b, clusters, generator())
    assert found.p == expected
    assert (found.queries, found.patients) == (5, 3)
    assert found.a == pytest.approx(0.4)
    assert found.b == pytest.approx(0.59)


def test_drawn_sides_agree_with_all_sides() -> None:
    random = np.random.default_rng(5)
    a, b, clusters = random.random(60), 0.05 + 0.95 * random.random(60), np.repeat(np.arange(12), 5)
    exact = compare_means(a, b, clusters, generator(), flips=2**12)
    drawn = compare_means(a, b, clusters, generator(), flips=4000)
    assert exact.p != drawn.p
    assert drawn.p == pytest.approx(exact.p, abs=4 * np.sqrt(exact.p / 4000))
    assert drawn == compare_means(a, b, clusters, generator(), flips=4000)


def test_a_drawn_p_value_is_never_zero() -> None:
    found = compare_means(np.zeros(40), np.ones(40), np.arange(40), generator(), flips=999)
    assert found.p == 1 / 1000


def test_the_interval_is_that_of_the_differences() -> None:
    pair = draw_shares(30, Null.EXCHANGEABLE, 1, generator())
    found = compare_means(pair.a, pair.b, pair.clusters, generator())
    assert found.interval == mean_interval(pair.b - pair.a, pair.clusters, least=-1.0)


def test_the_same_run_twice_does_not_differ() -> None:
    found = compare_means(np.array([0.0, 1, 1]), np.array([0.0, 1, 1]), np.arange(3), generator())
    assert (found.effect, found.p) == (0.0, 1.0)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(-found.interval.high)
    assert found.interval.high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_queries_without_a_relevant_item_leave_both_runs() -> None:
    a, b = np.array([0.0, np.nan, 1.0, 0.5]), np.array([1.0, np.nan, 1.0, 1.0])
    found = compare_means(a, b, np.array([0, 1, 2, 3]), generator())
    assert (found.queries, found.patients, found.effect) == (3, 3, 0.5)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ([0.0, np.nan], [np.nan, 1.0], "2 queries have a relevant item in one run only"),
        ([0.0, 1.0], [1.0], "Run A has 2 queries, run B 1"),
        ([np.nan, np.nan], [np.nan, np.nan], "No query has a relevant item"),
        ([0.0, 5.0], [0.0, 1.0], "Values from -4 to 0"),
    ],
)
def test_runs_that_do_not_match_are_refused(a: list[float], b: list[float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        compare_means(np.array(a), np.array(b), np.arange(len(a)), generator())


def test_medians_change_sides_by_patient_too() -> None:
    random = np.random.default_rng(8)
    a, b = random.integers(1, 40, 23), random.integers(1, 25, 23)
    clusters = np.repeat(np.arange(6), [1, 2, 3, 4, 6, 7])
    effects = []
    for sides in itertools.product((False, True), repeat=6):
        changed = np.array(sides)[clusters]
        effects.append(np.median(np.where(changed, a, b)) - np.median(np.where(changed, b, a)))
    found = compare_medians(ranks(a.tolist()), ranks(b.tolist()), clusters, generator())
    assert found.effect == effects[0] == np.median(b) - np.median(a)
    assert found.p == np.mean(np.abs(effects) >= abs(effects[0]))
    assert found.interval is not None
    assert found.interval.low <= found.effect <= found.interval.high


def test_a_median_that_does_not_exist_is_no_interval() -> None:
    found, lost = ranks([1, 2, 3]), ranks([1, 2, 3])
    lost = replace(lost, above=np.full(3, NOT_FOUND))
    result = compare_medians(found, lost, np.arange(3), generator())
    assert (result.a, result.b, result.effect, result.interval) == (2.0, np.inf, np.inf, None)
    both = compare_medians(lost, lost, np.arange(3), generator())
    assert (both.effect, both.p) == (0.0, 1.0)


def test_holm_on_a_worked_example() -> None:
    # Sorted .005 .01 .03 .04: times 4 3 2 1 is .02 .03 .06 .04, and none below the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]
    assert holm([]).tolist() == []


def test_a_family_is_corrected_together() -> None:
    one = compare_means(np.zeros(6), np.ones(6), np.arange(6), generator())
    other = compare_means(np.zeros(3), np.ones(3), np.arange(3), generator())
    assert [c.p for c in (one, other)] == [2 / 64, 2 / 8] == [c.p_corrected for c in (one, other)]
    assert [c.p_corrected for c in corrected([other, one])] == [0.25, 0.0625]


# Exchangeable runs are the hypothesis, and the test is right for any number of patients; runs that trade patients agree
# in their means alone, and there it is right for many (docs/intervals.md).
@pytest.mark.parametrize(
    ("null", "patients"), [(Null.EXCHANGEABLE, 10), (Null.EXCHANGEABLE, 50), (Null.TRADED, 50)], ids=str
)
def test_equal_runs_differ_in_one_of_twenty_samples(null: Null, patients: int) -> None:
    random = np.random.default_rng(11)
    pairs = [draw_shares(patients, null, 20, random) for _ in range(2000)]  # which know 5 % to +- 1 (2 sd)
    found = [compare_means(one.a, one.b, one.clusters, random, flips=500) for one in pairs]
    assert 0.03 <= np.mean([one.p <= 0.05 for one in found]) <= 0.07
    held = [one.interval is not None and one.interval.low <= 0 <= one.interval.high for one in found]
    assert 0.93 <= np.mean(held) <= 0.97


def test_few_hits_make_few_p_values_and_fewer_errors() -> None:
    random = np.random.default_rng(13)
    pairs = [draw_shares(10, Null.EXCHANGEABLE, 1, random) for _ in range(500)]
    found = [compare_means(one.a, one.b, one.clusters, random) for one in pairs]
    assert 0.0 < np.mean([one.p <= 0.05 for one in found]) <= 0.05


def test_medians_of_equal_runs_differ_in_no_more() -> None:
    random = np.random.default_rng(12)
    found = [compare_ranks(draw_ranks(20, random), random) for _ in range(200)]
    assert np.mean([one.p <= 0.05 for one in found]) <= 0.07
