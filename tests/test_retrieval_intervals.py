"""Resampled patients and the median rank, against NumPy and against slow loops."""

import numpy as np
import pytest

from retrieval.evaluation.chance import at_random
from retrieval.evaluation.intervals import Interval, Resamples, draw_patients, everyone_once, interval_of
from retrieval.evaluation.median_rank import median_rank
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


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(4)
    covered = 0
    for _ in range(400):
        of_patient = generator.normal(0.5, 0.2, 60)
        clusters = np.repeat(np.arange(60), generator.integers(1, 5, 60))
        values = of_patient[clusters] + generator.normal(0, 0.05, len(clusters))
        interval = interval_of(draw_patients(clusters, 300, generator).means(values))
        assert interval is not None
        covered += interval.low <= 0.5 <= interval.high
    assert 0.90 <= covered / 400 <= 0.98


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
