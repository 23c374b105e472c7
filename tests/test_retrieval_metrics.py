"""Measures against hand-worked rows, all orders of a tie, trec_eval and scikit-learn."""

import doctest
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UsageError
from retrieval.evaluation import metrics, relevance, tie_expectations
from retrieval.evaluation.metrics import Measure, MeasureKind, default_measures, parse_measure, per_query
from retrieval.evaluation.rank_lists import NOT_FOUND, RankLists
from tests.naive_retrieval import lists_of, of_order, over_ties

NAMES = (
    *("hit@1", "hit@3", "recall@2", "recall@50", "precision@2", "precision@50", "r_precision", "map"),
    *("mrr", "mrr@2", "ndcg", "ndcg@3", "ndcg@50", "mean_rank", "median_rank"),
)
MEASURES = tuple(map(parse_measure, NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_prints_what_it_was_read_from(name: str) -> None:
    assert str(parse_measure(name)) == name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("hit", "needs a cutoff"),
        ("map@3", "no cutoff"),
        ("recal@5", "recall"),
        ("hit@0", "no measure"),
        ("ann_recall@10", "no measure"),
        ("", "no measure"),
    ],
)
def test_a_wrong_name_is_refused_with_the_way_out(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_measure(name)


@pytest.mark.parametrize("ks", [(), (0,), (5, -1)])
def test_a_cutoff_below_one_is_refused(ks: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="expected"):
        default_measures(ks)


def test_every_kind_is_tried_here() -> None:
    assert {measure.kind for measure in MEASURES} == set(MeasureKind)
    assert {str(measure) for measure in default_measures((1, 10))} == {
        *("hit@1", "hit@10", "recall@1", "recall@10", "ndcg@10", "mrr", "median_rank")
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # One query over five items: relevant ones at ranks 2 and 4.
        ("hit@1", 0.0),
        ("hit@2", 1.0),
        ("recall@2", 0.5),
        ("precision@4", 0.5),
        ("precision@10", 0.2),
        ("r_precision", 0.5),
        ("mrr", 0.5),
        ("mrr@1", 0.0),
        ("map", 0.5),
        ("ndcg@3", 0.6309297535714574 / (1 + 0.6309297535714574)),
        ("mean_rank", 2.0),
    ],
)
def test_a_row_that_can_be_worked_by_hand(name: str, expected: float) -> None:
    lists = lists_of([[0.9, 0.8, 0.7, 0.6, 0.5]], [[1, 3]])
    assert per_query(parse_measure(name), lists)[0] == pytest.approx(expected, abs=1e-15)


@settings(max_examples=150, deadline=None)
@given(
    scores=st.lists(st.sampled_from([0.0, 0.25, 0.5]), min_size=2, max_size=6),
    data=st.data(),
)
def test_ties_are_worth_the_mean_over_all_orders(scores: list[float], data: st.DataObject) -> None:
    items = range(len(scores))
    excluded = sorted(data.draw(st.sets(st.sampled_from(items), max_size=len(scores) - 1)))
    kept = [item for item in items if item not in excluded]
    relevant = sorted(data.draw(st.sets(st.sampled_from(items), min_size=1)))
    gains = {kept.index(item): 1.0 for item in relevant if item in kept}
    lists = lists_of([scores], [relevant], [excluded])
    for measure in MEASURES:
        ours = per_query(measure, lists)[0]
        if not gains:
            assert np.isnan(ours)
            continue
        naive = over_ties(lambda order, m=measure: of_order(m, order, gains), [scores[item] for item in kept])
        assert ours == pytest.approx(naive, abs=1e-12), measure


def test_what_is_never_returned_scores_zero_and_a_query_without_relevant_items_nothing() -> None:
    lists = lists_of([[-np.inf, -np.inf, -np.inf], [0.3, 0.2, 0.1]], [[0, 2], []])
    assert lists.pool.tolist() == [3, 3]
    for measure in MEASURES:
        unanswered, without = per_query(measure, lists)
        assert unanswered == (4.0 if measure.is_rank else 0.0), measure
        assert np.isnan(without), measure


def test_a_partly_returned_query_is_not_rewarded_for_what_it_never_returned() -> None:
    lists = lists_of([[0.9, -np.inf, 0.1, -np.inf]], [[0, 1, 3]])
    assert lists.above.tolist() == [0, NOT_FOUND, NOT_FOUND]
    expected = {"recall@4": 1 / 3, "map": 1 / 3, "mrr": 1.0, "precision@4": 1 / 4}
    for name, value in expected.items():
        assert per_query(parse_measure(name), lists)[0] == pytest.approx(value, abs=1e-15)


def test_graded_gains_are_discounted_like_scikit_learn_does() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(5)
    for ties in (False, True):
        scores = generator.integers(0, 6, 40).astype(float) if ties else generator.permutation(40).astype(float)
        gains = generator.integers(0, 4, 40).astype(float)
        lists = _graded(scores, gains)
        for k in (1, 3, 10, 40):
            theirs = sklearn.ndcg_score(gains[None], scores[None], k=k, ignore_ties=not ties)
            assert per_query(Measure(MeasureKind.NDCG, k), lists)[0] == pytest.approx(theirs, abs=1e-9)


def _graded(scores: np.ndarray, gains: np.ndarray) -> RankLists:
    relevant = np.flatnonzero(gains)
    relevant = relevant[np.argsort(-scores[relevant], kind="stable")]
    above = np.array([(scores > scores[item]).sum() for item in relevant], np.int64)
    tied = np.array([(scores == scores[item]).sum() for item in relevant], np.int64)
    return RankLists(np.array([0, len(relevant)]), above, tied, gains[relevant], np.array([len(scores)]))


@pytest.mark.parametrize("seed", range(3))
def test_the_measures_of_trec_eval_to_nine_digits(seed: int) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    generator = np.random.default_rng(seed)
    scores = np.stack([generator.permutation(60) for _ in range(25)]).astype(np.float32)
    relevant = [np.sort(generator.choice(60, generator.integers(1, 12), replace=False)) for _ in range(25)]
    lists = lists_of(scores.tolist(), [items.tolist() for items in relevant])
    theirs = {
        "hit@5": ir_measures.Success @ 5,
        "recall@7": ir_measures.R @ 7,
        "precision@5": ir_measures.P @ 5,
        "r_precision": ir_measures.Rprec,
        "map": ir_measures.AP,
        "mrr": ir_measures.RR,
        "ndcg": ir_measures.nDCG,
        "ndcg@10": ir_measures.nDCG @ 10,
    }
    qrels = [ir_measures.Qrel(f"q{q:02}", f"d{d:02}", 1) for q, items in enumerate(relevant) for d in items]
    run = [
        ir_measures.ScoredDoc(f"q{q:02}", f"d{d:02}", float(score))
        for q, row in enumerate(scores)
        for d, score in enumerate(row)
    ]
    found = {(m.measure, m.query_id): m.value for m in ir_measures.pytrec_eval.iter_calc(theirs.values(), qrels, run)}
    for name, measure in theirs.items():
        expected = [found[measure, f"q{q:02}"] for q in range(25)]
        np.testing.assert_allclose(per_query(parse_measure(name), lists), expected, atol=1e-9)


@pytest.mark.parametrize("module", [metrics, tie_expectations, relevance], ids=lambda module: module.__name__)
def test_examples_in_the_documentation_are_true(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
