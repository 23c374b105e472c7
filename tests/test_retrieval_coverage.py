"""95 % intervals hold the true value 95 times in 100, give or take two; the full table is docs/intervals.md."""

import pytest

from benchmarks.interval_coverage import coverage, holding, rival_coverage
from benchmarks.interval_populations import Population, Score, Shape, true_value
from benchmarks.interval_rivals import Rival
from retrieval.evaluation.intervals import Interval

SAMPLES = 1000


@pytest.mark.parametrize("patients", [20, 50, 200])
@pytest.mark.parametrize("score", [Score.HIT_50, Score.HIT_90, Score.RECALL, Score.MRR, Score.NDCG])
def test_means_are_covered(score: Score, patients: int) -> None:
    population = Population(score, Shape.EVEN)
    assert 0.93 <= coverage(population, patients, SAMPLES, true_value(population, 2)) <= 0.97


@pytest.mark.parametrize("patients", [50, 200])
@pytest.mark.parametrize("score", [Score.HIT_50, Score.RECALL, Score.NDCG])
def test_means_are_covered_where_few_patients_ask_most(score: Score, patients: int) -> None:
    population = Population(score, Shape.UNEVEN)
    assert 0.93 <= coverage(population, patients, SAMPLES, true_value(population, 2)) <= 0.97


@pytest.mark.parametrize("shape", Shape)
def test_few_patients_and_rare_hits_are_covered_rather_too_often(shape: Shape) -> None:
    population = Population(Score.HIT_05, shape)
    assert coverage(population, 10, SAMPLES, true_value(population, 2)) >= 0.95


def test_median_ranks_are_covered() -> None:
    population = Population(Score.MEDIAN_RANK, Shape.EVEN)
    truth = true_value(population, 2)
    assert truth == 8.0
    assert coverage(population, 50, 300, truth) >= 0.93


def test_an_interval_that_does_not_exist_covers_nothing() -> None:
    assert holding([Interval(0.0, 0.5), Interval(0.6, 1.0), None, Interval(0.5, 0.9)], 0.5) == 0.5


def test_the_test_can_fail() -> None:
    """Percentiles of drawn patients, which mrseek printed before, do not pass it."""
    population = Population(Score.HIT_90, Shape.EVEN)
    shares = rival_coverage(population, 10, SAMPLES, true_value(population, 2))
    assert shares[Rival.PERCENTILE] < 0.88
