"""Intervals, resampled patients and the median rank, against SciPy, NumPy and slow loops."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from common.errors import UsageError
from retrieval.evaluation.beta_quantile import beta_cdf, beta_quantile, student_quantile
from retrieval.evaluation.chance import at_random
from retrieval.evaluation.intervals import Basis, Interval, Resamples, draw_patients, everyone_once, interval_of
from retrieval.evaluation.mean_interval import mean_interval, patients_of, spread_interval
from retrieval.evaluation.median_rank import median_rank, median_rank_interval
from retrieval.evaluation.metrics import hit_probability
from retrieval.evaluation.rank_lists import NOT_FOUND, FirstRelevant
from tests.naive_retrieval import lists_of


def ranks(values: list[int]) -> FirstRelevant:
    ones = np.ones(len(values), np.int64)
    return FirstRelevant(np.array(values, np.int64) - 1, ones, ones)


def test_the_mean_of_a_draw_counts_all_queries_of_a_drawn_patient() -> None:
    resamples = Resamples(np.array([0, 0, 1]), np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]))
    assert resamples.means(np.array([1.0, 0.0, 0.25])).tolist() == pytest.approx([0.5, 1.25 / 3, 0.25])


def test_draws_take_as_many_patients_as_there_are_and_repeat_with_the_seed() -> None:
    clusters = np.array([7, 7, 3, 9, 9, 9])
    first, again = (draw_patients(clusters, 50, np.random.default_rng(1)) for _ in range(2))
    assert first.counts.sum(axis=1).tolist() == [3.0] * 50
    np.testing.assert_array_equal(first.counts, again.counts)


def test_draws_in_blocks_are_those_drawn_at_once() -> None:
    clusters = np.arange(30_000)
    drawn = draw_patients(clusters, 150, np.random.default_rng(2))
    at_once = np.random.default_rng(2).multinomial(30_000, np.full(30_000, 1 / 30_000), size=150)
    assert drawn.counts.dtype == np.int16
    np.testing.assert_array_equal(drawn.counts, at_once)
    values = np.random.default_rng(3).random(30_000)
    np.testing.assert_allclose(drawn.sums(values), at_once @ values, rtol=1e-12)


@pytest.mark.parametrize("a", [0.1, 0.5, 1.0, 7.3, 300.0, 20_000.0])
@pytest.mark.parametrize("b", [0.1, 1.0, 2.5, 40.0, 5000.0])
def test_beta_and_student_quantiles_are_those_of_scipy(a: float, b: float) -> None:
    for p in (0.025, 0.5, 0.975):
        assert beta_quantile(p, a, b) == pytest.approx(stats.beta.ppf(p, a, b), rel=1e-8, abs=1e-15)
        assert beta_cdf(p, a, b) == pytest.approx(stats.beta.cdf(p, a, b), rel=1e-9, abs=1e-14)
    assert student_quantile(0.975, a + 0.9) == pytest.approx(stats.t.ppf(0.975, a + 0.9), rel=1e-8)


def slow_interval(values: list[float], patients: list[str]) -> tuple[float, float]:
    """The rule of mean_interval.py as its docstring tells it, by loops and SciPy."""
    names = sorted(set(patients))
    of = {name: [v for v, owner in zip(values, patients, strict=True) if owner == name] for name in names}
    mean = sum(values) / len(values)
    without = [np.mean([v for other in names if other != name for v in of[other]]) for name in names]
    count = len(names)
    error = np.sqrt((count - 1) / count * sum((w - np.mean(without)) ** 2 for w in without))
    squares = [(sum(of[name]) - mean * len(of[name])) ** 2 for name in names]
    satterthwaite = 2 * sum(squares) ** 2 / (sum(s**2 for s in squares) - sum(squares) ** 2 / count)
    effective = len(values) ** 2 / sum(len(of[name]) ** 2 for name in names)
    half = stats.t.ppf(0.975, max(1.0, min(satterthwaite, effective - 1))) * error / (mean * (1 - mean))
    low, high = (1 / (1 + np.exp(-np.log(mean / (1 - mean)) - way * half)) for way in (-1, 1))
    yes = mean * effective
    return (
        max(low, stats.beta.ppf(0.025, yes, effective - yes + 1)),
        min(high, stats.beta.ppf(0.975, yes + 1, effective - yes)),
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_the_interval_is_that_of_its_definition(seed: int, share: float) -> None:
    generator = np.random.default_rng(seed)
    clusters = generator.integers(0, 14, 60)
    values = np.where(generator.random(60) < share, generator.random(60), 0.0)
    found = mean_interval(values, clusters)
    assert found is not None
    expected = slow_interval(values.tolist(), [str(one) for one in clusters])
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-7)
    assert 0.0 <= found.low <= values.mean() <= found.high <= 1.0
    assert found.basis is Basis.SPREAD


def test_saying_everything_three_times_says_nothing_new() -> None:
    generator = np.random.default_rng(9)
    values, clusters = generator.random(40), generator.integers(0, 9, 40)
    once, thrice = (mean_interval(np.tile(values, n), np.tile(clusters, n)) for n in (1, 3))
    assert once is not None
    assert thrice is not None
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high), rel=1e-9)
    apart = mean_interval(np.tile(values, 3), np.arange(120))  # as if every answer were a patient of its own
    assert apart is not None
    assert apart.high - apart.low < 0.7 * (once.high - once.low)


def test_names_and_order_of_patients_do_not_matter() -> None:
    generator = np.random.default_rng(10)
    values, clusters = generator.random(40), generator.integers(0, 9, 40)
    order = generator.permutation(40)
    one, other = mean_interval(values, clusters), mean_interval(values[order], 1000 - 7 * clusters[order])
    assert one is not None
    assert other is not None
    assert (one.low, one.high) == pytest.approx((other.low, other.high), rel=1e-9)


def test_a_measure_on_another_scale_has_the_interval_on_that_scale() -> None:
    generator = np.random.default_rng(11)
    shares, clusters = generator.random(40), generator.integers(0, 9, 40)
    plain, scaled = mean_interval(shares, clusters), mean_interval(1 + 300 * shares, clusters, least=1, most=301)
    assert plain is not None
    assert scaled is not None
    assert (scaled.low, scaled.high) == pytest.approx((1 + 300 * plain.low, 1 + 300 * plain.high), rel=1e-9)


@pytest.mark.parametrize("score", [0.0, 0.4, 1.0])
def test_patients_who_all_score_the_same_still_leave_doubt(score: float) -> None:
    """0 of 12: a patient who hits may be one in four, 1 - .025 ** (1 / 12), and not be among twelve."""
    found = mean_interval(np.full(24, score), np.repeat(np.arange(12), 2))
    others = 1 - 0.025 ** (1 / 12)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((score * (1 - others), score + others * (1 - score)))
    assert found.basis is Basis.UNANIMOUS
    assert stats.binom.pmf(0, 12, others) == pytest.approx(0.025)


def test_one_hit_leaves_little_more_room_than_none() -> None:
    """Satterthwaite alone would allow 27 %; 1 of 200 is Clopper and Pearson's at the most."""
    found = mean_interval(np.eye(200)[0], np.arange(200))
    exact = stats.binomtest(1, 200).proportion_ci()
    assert found is not None
    assert found.low == pytest.approx(exact.low, rel=1e-7)
    assert found.high == pytest.approx(exact.high, rel=1e-7)


def test_one_patient_has_no_interval() -> None:
    assert mean_interval(np.array([0.0, 1.0]), np.array([3, 3])) is None
    assert mean_interval(np.empty(0), np.empty(0, np.int64)) is None
    assert median_rank_interval(ranks([1, 2]), np.array([3, 3])) is None


@pytest.mark.parametrize("values", [[0.0, 1.5], [0.0, np.nan], [-1.0, 0.0]])
def test_values_outside_the_range_are_refused(values: list[float]) -> None:
    with pytest.raises(UsageError, match="expected 0 to 1"):
        mean_interval(np.array(values), np.arange(2))


def test_values_without_a_patient_are_refused() -> None:
    with pytest.raises(UsageError, match=r"\(2,\) came with patients of shape \(3,\)"):
        mean_interval(np.zeros(2), np.arange(3))


@pytest.mark.parametrize("seed", range(4))
def test_ranks_that_could_be_the_median_are_those_that_halve_the_queries(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values, clusters = generator.integers(1, 60, 80), generator.integers(0, 25, 80)
    first, patients = ranks(values.tolist()), patients_of(clusters)
    shares = [spread_interval(hit_probability(first, top), patients) for top in range(1, 61)]
    bounds = [(0.0, 0.0), *((one.low, one.high) for one in shares if one is not None)]
    possible = [top for top, (before, here) in enumerate(pairwise(bounds), 1) if here[1] >= 0.5 >= before[0]]
    found = median_rank_interval(first, clusters)
    assert found == Interval(min(possible), max(possible))
    assert 1 <= found.low < np.median(values) < found.high


def test_five_patients_cannot_bound_a_median() -> None:
    five, six = (median_rank_interval(ranks([1] * n), np.arange(n)) for n in (5, 6))
    assert five == Interval(1.0, np.inf)
    assert six == Interval(1.0, 1.0)


def test_percentiles_widen_with_few_patients() -> None:
    draws = np.linspace(0.0, 1.0, 10_001)
    tail = stats.norm.cdf(-np.sqrt(10 / 9) * stats.t.ppf(0.975, 9))
    found = interval_of(draws, 10)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((tail, 1 - tail), abs=1e-9)
    assert interval_of(draws) == Interval(pytest.approx(0.025), pytest.approx(0.975))


def test_no_interval_where_a_draw_has_no_number() -> None:
    assert interval_of(np.array([1.0, np.inf])) is None
    assert interval_of(np.empty(0)) is None
    assert interval_of(np.array([2.0, 2.0])) == Interval(2.0, 2.0)


@pytest.mark.parametrize("values", [[1], [1, 2], [3, 1, 2], [5, 5, 1, 9], [4, 4, 4, 1], [1, 100, 100, 7, 8, 9]])
def test_without_ties_it_is_the_median(values: list[int]) -> None:
    assert median_rank(ranks(values), everyone_once(np.arange(len(values)))).tolist() == [np.median(values)]


def test_each_draw_has_its_own_median() -> None:
    generator = np.random.default_rng(5)
    values = generator.integers(1, 60, 41).tolist()
    clusters = generator.integers(0, 9, 41)
    resamples = draw_patients(clusters, 40, generator)
    expected = [np.median(np.repeat(values, counts[resamples.clusters].astype(int))) for counts in resamples.counts]
    assert median_rank(ranks(values), resamples).tolist() == expected


def test_with_ties_it_is_the_median_of_simulated_orders() -> None:
    generator = np.random.default_rng(6)
    rows = [[0.5] * 30, [0.9, *[0.5] * 29], [0.1, *[0.5] * 29]]
    lists = lists_of(rows, [[0, 1], [3, 4, 5], [0]])
    drawn = np.concatenate(
        [
            np.array([min(generator.permutation(30)[:2]) + 1 for _ in range(20_000)]),
            np.array([min(generator.permutation(29)[:3]) + 2 for _ in range(20_000)]),
            np.full(20_000, 30),
        ]
    )
    assert abs(median_rank(lists.first(), everyone_once(np.arange(3)))[0] - np.median(drawn)) <= 0.5


def test_random_vectors_have_the_median_rank_of_chance() -> None:
    generator = np.random.default_rng(7)
    scores = generator.random((4001, 200))
    relevant = [list(range(1 + query % 5)) for query in range(4001)]
    lists = lists_of(scores.tolist(), relevant)
    once = everyone_once(np.arange(4001))
    reached, chance = median_rank(lists.first(), once)[0], median_rank(at_random(lists).first(), once)[0]
    assert abs(reached - chance) < 4


def test_half_of_the_queries_without_an_answer_leave_no_median() -> None:
    first = ranks([1, 2, 3])
    assert median_rank(first, everyone_once(np.arange(3))).tolist() == [2.0]
    above = np.array([0, NOT_FOUND, NOT_FOUND])
    unanswered = FirstRelevant(above, first.size, first.relevant)
    assert median_rank(unanswered, everyone_once(np.arange(3))).tolist() == [np.inf]
