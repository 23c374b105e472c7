"""Chance against closed forms, against all orders, and against simulation; the ceiling against the best order."""

from math import comb

import numpy as np
import pytest

from retrieval.evaluation.chance import at_best, at_random
from retrieval.evaluation.metrics import parse_measure, per_query
from retrieval.evaluation.tie_expectations import miss_probability, reciprocal_of_first
from tests.naive_retrieval import lists_of, of_order, over_ties

NAMES = (
    "hit@1",
    "hit@3",
    "recall@2",
    "precision@3",
    "r_precision",
    "map",
    "mrr",
    "mrr@2",
    "ndcg",
    "ndcg@2",
    "mean_rank",
)


@pytest.mark.parametrize(("pool", "relevant"), [(1, 1), (7, 1), (7, 3), (7, 7), (40, 5), (40, 36)])
def test_closed_forms(pool: int, relevant: int) -> None:
    lists = at_random(lists_of([list(range(pool))], [list(range(relevant))]))
    for k in (1, 2, 5, 60):
        top = min(k, pool)
        expected = {
            f"hit@{k}": 1 - comb(pool - relevant, top) / comb(pool, top),
            f"recall@{k}": top / pool,
            f"precision@{k}": relevant * top / (pool * k),
        }
        for name, value in expected.items():
            assert per_query(parse_measure(name), lists)[0] == pytest.approx(value, abs=1e-12), name
    first = [comb(pool - j, relevant - 1) / comb(pool, relevant) for j in range(1, pool + 1)]
    assert per_query(parse_measure("mrr"), lists)[0] == pytest.approx(
        sum(p / j for j, p in enumerate(first, 1)), abs=1e-12
    )
    assert per_query(parse_measure("mean_rank"), lists)[0] == pytest.approx((pool + 1) / (relevant + 1), abs=1e-12)
    assert per_query(parse_measure("r_precision"), lists)[0] == pytest.approx(relevant / pool, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("relevant", [[0], [0, 2], [0, 1, 2, 3, 4]])
def test_the_mean_over_all_orders(name: str, relevant: list[int]) -> None:
    measure, gains = parse_measure(name), dict.fromkeys(relevant, 1.0)
    lists = at_random(lists_of([[0.5, 0.4, 0.3, 0.2, 0.1]], [relevant]))
    naive = over_ties(lambda order: of_order(measure, order, gains), [0.0] * 5)
    assert per_query(measure, lists)[0] == pytest.approx(naive, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_simulation_agrees_on_a_larger_pool_with_exclusions(name: str) -> None:
    generator = np.random.default_rng(3)
    draws = 4000
    scores = generator.random((draws, 50))
    lists = lists_of(scores.tolist(), [[0, 1, 2, 49]] * draws, [[0, 3, 4]] * draws)
    measure = parse_measure(name)
    simulated, expected = per_query(measure, lists), per_query(measure, at_random(lists))
    assert np.ptp(expected) == 0
    assert abs(simulated.mean() - expected[0]) < 4.5 * simulated.std() / np.sqrt(draws) + 1e-12


def test_the_ceiling_is_what_the_best_order_gets() -> None:
    lists = at_best(lists_of([[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]], [[0, 1], [3]]))
    expected = {
        "hit@1": [1, 1],
        "recall@1": [0.5, 1],
        "precision@2": [1, 0.5],
        "map": [1, 1],
        "mrr": [1, 1],
        "ndcg": [1, 1],
    }
    for name, values in expected.items():
        assert per_query(parse_measure(name), lists).tolist() == pytest.approx(values, abs=1e-15), name


def test_large_pools_stay_exact() -> None:
    size, relevant, top = (np.array([value], np.int64) for value in (200_000, 20_000, 10))
    assert 1 - miss_probability(size, relevant, top)[0] == pytest.approx(1 - 0.9**10, rel=1e-3)
    one = np.array([1], np.int64)
    assert 1 - miss_probability(size, one, top)[0] == pytest.approx(10 / 200_000, rel=1e-11)
    harmonic = np.sum(1.0 / np.arange(1, 200_001))
    assert reciprocal_of_first(0, 200_000, 1, 10**9) == pytest.approx(harmonic / 200_000, rel=1e-10)
