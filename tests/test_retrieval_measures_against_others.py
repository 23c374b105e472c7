"""Every measure against trec_eval (pytrec_eval, ir_measures), scikit-learn and a loop over all orders, to nine digits.

Where the tools agree with us and where they do not:

| case | trec_eval | scikit-learn | here |
|---|---|---|---|
| ties | by id, descending | nDCG: expectation; AP: one threshold | expectation over all orders |
| no relevant item | 0 | refused | NaN: in no mean |
| an item that is never returned | counts as missed | cannot be said | counts as missed |
| a query that is missing from the run | ir_measures: 0 | cannot be said | 0 |
| gains | whole numbers | any | any; nDCG does not change with their scale |
| precision@k of a pool smaller than k | divides by k | | divides by k |

So ties are compared with the average over all assignments of ids, and fractions after scaling to whole numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import lcm

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.metrics import Measure, MeasureKind, parse_measure, per_query
from retrieval.evaluation.rank_lists import RankLists, rank_lists
from retrieval.evaluation.ranking_task import RankingTask, score_task
from retrieval.evaluation.relevance import Judgments, Relevant, SharedKeys, shared_labels
from retrieval.evaluation.score_sources import RunScores, ScoreSource, VectorScores
from tests.naive_retrieval import of_order, over_ties

pytrec_eval = pytest.importorskip("pytrec_eval")
ir_measures = pytest.importorskip("ir_measures")
sklearn_metrics = pytest.importorskip("sklearn.metrics")

CUTOFFS = (1, 2, 3, 5, 50)
CUT = (MeasureKind.HIT, MeasureKind.RECALL, MeasureKind.PRECISION, MeasureKind.NDCG, MeasureKind.MRR)
ALL = (
    *(Measure(kind, k) for kind in CUT for k in CUTOFFS),
    *map(parse_measure, ("r_precision", "map", "mrr", "ndcg", "mean_rank", "median_rank")),
)
TREC = {
    MeasureKind.HIT: "success",
    MeasureKind.RECALL: "recall",
    MeasureKind.PRECISION: "P",
    MeasureKind.R_PRECISION: "Rprec",
    MeasureKind.MAP: "map",
    MeasureKind.MRR: "recip_rank",
    MeasureKind.NDCG: "ndcg",
}
OURS_ONLY = {MeasureKind.MEAN_RANK, MeasureKind.MEDIAN_RANK}
NEVER = -np.inf
PRECISE = {"rtol": 0.0, "atol": 1e-9}


@dataclass(frozen=True, slots=True)
class Case:
    """One query: a score for each item (NEVER for one that is not returned), gains of the relevant, who is left out."""

    scores: tuple[float, ...]
    gains: Mapping[int, float]
    excluded: tuple[int, ...] = ()

    @property
    def kept(self) -> list[int]:
        return [item for item in range(len(self.scores)) if item not in self.excluded]

    @property
    def returned(self) -> list[int]:
        return [item for item in self.kept if self.scores[item] > NEVER]

    @property
    def wanted(self) -> dict[int, float]:
        return {item: gain for item, gain in self.gains.items() if item not in self.excluded}

    @property
    def whole_gains(self) -> dict[int, int]:
        """The gains times one number that makes all of them whole."""
        exact = {item: Fraction(gain).limit_denominator(1000) for item, gain in self.wanted.items()}
        scale = lcm(*(one.denominator for one in exact.values())) if exact else 1
        return {item: int(one * scale) for item, one in exact.items()}


def lists_of(cases: Sequence[Case]) -> RankLists:
    """Cases over galleries of one size."""
    relevant = [np.array(sorted(case.gains), np.int64) for case in cases]
    return rank_lists(
        np.array([case.scores for case in cases], np.float32),
        relevant,
        [np.array(sorted(case.excluded), np.int64) for case in cases],
        [np.array([case.gains[item] for item in sorted(case.gains)]) for case in cases],
    )


def ours(measure: Measure, case: Case) -> float:
    return float(per_query(measure, lists_of([case]))[0])


def by_all_orders(measure: Measure, case: Case) -> float:
    """The mean over every order of what ties; items that are never returned are strangers at the end."""
    never = [-1] * (len(case.kept) - len(case.returned))

    def value(order: list[int]) -> float:
        return of_order(measure, [case.returned[place] for place in order] + never, dict(case.wanted))

    return over_ties(value, [case.scores[item] for item in case.returned])


def by_trec_eval(measure: Measure, case: Case) -> float:
    """The mean over every assignment of ids to the items: trec_eval lets ids decide between equal scores."""
    assignments = list(permutations(range(len(case.kept)))) if tied(case) else [tuple(range(len(case.kept)))]
    qrels, run = {}, {}
    for number, ids in enumerate(assignments):
        name_of = {item: f"d{place:02}" for item, place in zip(case.kept, ids, strict=True)}
        qrels[str(number)] = {name_of[item]: gain for item, gain in case.whole_gains.items()}
        ranked = sorted(case.returned, key=lambda item: (case.scores[item], name_of[item]), reverse=True)
        if measure.kind is MeasureKind.MRR and measure.cutoff:
            ranked = ranked[: measure.cutoff]  # recip_rank has no cutoff of its own: the run ends there
        run[str(number)] = {name_of[item]: float(case.scores[item]) for item in ranked}
    name = TREC[measure.kind]
    if measure.kind is MeasureKind.NDCG and measure.cutoff:
        name = "ndcg_cut"
    cut = measure.cutoff and measure.kind is not MeasureKind.MRR
    asked, printed = (f"{name}.{measure.cutoff}", f"{name}_{measure.cutoff}") if cut else (name, name)
    found = pytrec_eval.RelevanceEvaluator(qrels, {asked}).evaluate(run)
    return float(np.mean([found[query][printed] if query in found else 0.0 for query in run]))


def tied(case: Case) -> bool:
    scores = [case.scores[item] for item in case.returned]
    return len(set(scores)) < len(scores)


GRADES = st.sampled_from([1.0, 2.0, 3.0]) | st.sampled_from([1 / 2, 1 / 3, 2 / 3, 3 / 7, 1.0])
TIED_SCORES = st.sampled_from([0.0, 0.25, 0.5, NEVER])


@st.composite
def cases(draw: st.DrawFn, *, most: int = 5, scores: st.SearchStrategy[float] = TIED_SCORES) -> Case:
    row = draw(st.lists(scores, min_size=1, max_size=most))
    items = st.sampled_from(range(len(row)))
    gains = draw(st.dictionaries(items, draw(st.sampled_from([st.just(1.0), GRADES]))))
    return Case(tuple(row), gains, tuple(sorted(draw(st.sets(items)))))


ADVERSARIAL = {
    "all tied": Case((0.5,) * 5, {1: 1.0, 3: 1.0}),
    "all tied and all relevant": Case((0.5,) * 4, dict.fromkeys(range(4), 1.0)),
    "all tied, graded": Case((0.5,) * 5, {0: 3.0, 2: 1.0, 4: 2.0}),
    "one item, relevant": Case((0.5,), {0: 1.0}),
    "one item, not relevant": Case((0.5,), {}),
    "one item, never returned": Case((NEVER,), {0: 1.0}),
    "nothing is relevant": Case((0.5, 0.25), {}),
    "all are relevant": Case((0.5, 0.25, 0.125), dict.fromkeys(range(3), 1.0)),
    "all are relevant, worst first": Case((0.1, 0.2, 0.3), {0: 3.0, 1: 2.0, 2: 1.0}),
    "relevant items are never returned": Case((NEVER, 0.5, NEVER, 0.25), {0: 1.0, 2: 2.0}),
    "half of them are": Case((0.5, 0.5, NEVER, 0.25), {0: 1.0, 2: 2.0}),
    "nothing is returned": Case((NEVER,) * 4, {0: 1.0, 2: 2.0}),
    "the exclusion removes all that is relevant": Case((0.5, 0.4, 0.3), {0: 1.0, 1: 1.0}, (0, 1)),
    "the exclusion removes everything": Case((0.5, 0.4), {0: 1.0}, (0, 1)),
    "the exclusion leaves the relevant alone": Case((0.5, 0.4, 0.3), {1: 1.0}, (0, 2)),
    "the best gain is excluded": Case((0.5, 0.4, 0.4, 0.1), {0: 3.0, 1: 1.0, 3: 0.5}, (0,)),
    "an excluded item ties with a relevant one": Case((0.5, 0.5, 0.5, 0.1), {1: 1.0}, (0,)),
    "gains of a label overlap": Case((0.5, 0.5, 0.4, 0.1), {0: 1 / 3, 1: 3 / 7, 3: 1.0}),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
@pytest.mark.parametrize("measure", ALL, ids=str)
def test_adversarial_cases(name: str, measure: Measure) -> None:
    _agrees(measure, ADVERSARIAL[name])


@settings(max_examples=150, deadline=None)
@given(case=cases(), measure=st.sampled_from(ALL))
def test_random_cases_with_ties_everywhere(case: Case, measure: Measure) -> None:
    _agrees(measure, case)


def _agrees(measure: Measure, case: Case) -> None:
    found = ours(measure, case)
    if not case.wanted:
        assert np.isnan(found)
        return
    assert found == pytest.approx(by_all_orders(measure, case), abs=1e-12)
    if measure.kind not in OURS_ONLY:
        assert found == pytest.approx(by_trec_eval(measure, case), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(20, 120))
def test_long_rankings_without_ties(data: st.DataObject, size: int) -> None:
    generator = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    scores = generator.permutation(size).astype(float)
    scores[generator.random(size) < data.draw(st.sampled_from([0.0, 0.3]))] = NEVER
    gains = {int(item): float(generator.integers(1, 5)) for item in np.flatnonzero(generator.random(size) < 0.2)}
    excluded = tuple(np.flatnonzero(generator.random(size) < 0.1).tolist())
    case = Case(tuple(scores.tolist()), gains, excluded)
    if not case.wanted:
        return
    order = sorted(case.returned, key=lambda item: -case.scores[item])
    padded = order + [-1] * (len(case.kept) - len(order))
    for measure in ALL:
        found = ours(measure, case)
        assert found == pytest.approx(of_order(measure, padded, dict(case.wanted)), abs=1e-9), measure
        if measure.kind not in OURS_ONLY:
            assert found == pytest.approx(by_trec_eval(measure, case), abs=1e-9), measure
    reciprocal = by_trec_eval(parse_measure("mrr"), case)
    rank = 1 / reciprocal if reciprocal else len(case.kept) + 1
    assert ours(parse_measure("mean_rank"), case) == pytest.approx(rank, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_scikit_learn_ndcg_with_graded_gains_and_ties(seed: int) -> None:
    generator = np.random.default_rng(seed)
    levels = (0.0, 1 / 3, 1 / 2, 1.0) if seed % 2 else (0.0, 1.0, 2.0, 5.0)
    gains, scores = generator.choice(levels, (30, 50)), generator.integers(0, 2 + 3 * seed, (30, 50)).astype(float)
    gains[:, 0] = levels[1]  # at least one
    lists = lists_of([_dense(*row) for row in zip(scores, gains, strict=True)])
    for k in (1, 3, 10, 50, 80):
        theirs = [
            sklearn_metrics.ndcg_score(gain[None], row[None], k=k, ignore_ties=False)
            for gain, row in zip(gains, scores, strict=True)
        ]
        np.testing.assert_allclose(per_query(Measure(MeasureKind.NDCG, k), lists), theirs, **PRECISE)


@pytest.mark.parametrize("seed", range(4))
def test_scikit_learn_average_precision_without_ties(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores = np.stack([generator.permutation(80) for _ in range(20)]).astype(float)
    gains = (generator.random((20, 80)) < 0.15).astype(float)
    gains[:, 5] = 1.0
    lists = lists_of([_dense(*row) for row in zip(scores, gains, strict=True)])
    theirs = [sklearn_metrics.average_precision_score(*row) for row in zip(gains, scores, strict=True)]
    np.testing.assert_allclose(per_query(parse_measure("map"), lists), theirs, **PRECISE)


def _dense(scores: np.ndarray, gains: np.ndarray) -> Case:
    return Case(tuple(scores.tolist()), {int(item): float(gains[item]) for item in np.flatnonzero(gains)})


def test_the_gains_of_shared_labels_are_scaled_for_trec_eval() -> None:
    generator = np.random.default_rng(8)
    labels = [frozenset(np.flatnonzero(generator.random(9) < 0.3).astype(str).tolist()) for _ in range(40)]
    relevance = shared_labels(labels[:10], labels)
    scores = np.stack([generator.permutation(40) for _ in range(10)]).astype(float)
    seen = set()
    for query in range(10):
        judged = relevance.judged(query)
        gains = dict(zip(judged.positions.tolist(), judged.gains.tolist(), strict=True))
        seen |= set(gains.values())
        case = Case(tuple(scores[query].tolist()), gains, (query,))
        for measure in ALL:
            if case.wanted and measure.kind not in OURS_ONLY:
                assert ours(measure, case) == pytest.approx(by_trec_eval(measure, case), abs=1e-9), (query, measure)
    assert len(seen) > 5


IR_MEASURES = {
    "hit@1": ir_measures.Success @ 1,
    "hit@5": ir_measures.Success @ 5,
    "recall@5": ir_measures.R @ 5,
    "precision@5": ir_measures.P @ 5,
    "r_precision": ir_measures.Rprec,
    "map": ir_measures.AP,
    "mrr": ir_measures.RR,
    "mrr@5": ir_measures.RR @ 5,
    "ndcg": ir_measures.nDCG,
    "ndcg@10": ir_measures.nDCG @ 10,
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("queries", [1, 30])
def test_a_run_with_missing_queries_is_worth_what_ir_measures_says(seed: int, queries: int) -> None:
    """From the run to the mean: some queries returned nothing and count as zero, the others only their first few."""
    generator = np.random.default_rng(seed)
    gallery = 60
    judgments, found = [], []
    for query in range(queries):
        relevant = np.flatnonzero(generator.random(gallery) < 0.1)
        relevant = relevant if len(relevant) else np.array([7])
        judgments.append(Relevant(relevant, generator.integers(1, 4, len(relevant)).astype(float)))
        depth = 0 if queries > 1 and query % 5 == 0 else int(generator.integers(1, 30))
        found.append((generator.choice(gallery, depth, replace=False), generator.permutation(1000)[:depth] / 1000))
    nobody = SharedKeys([frozenset()] * queries, {})
    task = RankingTask(RunScores(found, gallery), Judgments(judgments), nobody, np.arange(queries))
    measures = tuple(map(parse_measure, IR_MEASURES))
    scores = score_task(task, measures, block_bytes=7 * 4 * gallery)
    qrels = [
        ir_measures.Qrel(f"q{query}", f"d{item}", int(gain))
        for query, judged in enumerate(judgments)
        for item, gain in zip(judged.positions, judged.gains, strict=True)
    ]
    run = [
        ir_measures.ScoredDoc(f"q{query}", f"d{item}", float(score))
        for query, (items, values) in enumerate(found)
        for item, score in zip(items, values, strict=True)
    ]
    theirs = ir_measures.calc_aggregate(IR_MEASURES.values(), qrels, run)
    for column, (name, measure) in enumerate(IR_MEASURES.items()):
        assert scores.reached.values[:, column].mean() == pytest.approx(theirs[measure], abs=1e-9), name


def test_copied_vectors_are_worth_the_mean_over_ids() -> None:
    """A gallery in which every vector stands twice, once relevant and once not."""
    generator = np.random.default_rng(3)
    once = generator.standard_normal((6, 16))
    once /= np.linalg.norm(once, axis=1, keepdims=True)
    gallery = np.repeat(once, 2, axis=0).astype(np.float32)
    queries = gallery[::2][:3].copy()
    nobody = SharedKeys([frozenset()] * 3, {})
    relevant = Judgments([Relevant(np.array([0, 3, 9]), np.ones(3))] * 3)
    source: ScoreSource = VectorScores(_single(queries), _single(gallery))
    task = RankingTask(source, relevant, nobody, np.arange(3))
    names = ("hit@1", "recall@3", "precision@5", "r_precision", "map", "mrr", "ndcg@4")
    reached = score_task(task, tuple(map(parse_measure, names)), block_bytes=1).reached.values
    for query in range(3):
        exact = (gallery.astype(float) @ queries[query].astype(float)).astype(np.float32)
        orders = _id_orders(exact)
        for column, name in enumerate(names):
            values = [of_order(parse_measure(name), order, {0: 1.0, 3: 1.0, 9: 1.0}) for order in orders]
            assert reached[query, column] == pytest.approx(np.mean(values), abs=1e-9), (query, name)


def _id_orders(scores: np.ndarray) -> list[list[int]]:
    """Every order of the pairs of copies: two to the sixth."""
    pairs = sorted(range(0, len(scores), 2), key=lambda item: -scores[item])
    orders: list[list[int]] = [[]]
    for first in pairs:
        orders = [[*order, *pair] for order in orders for pair in ((first, first + 1), (first + 1, first))]
    return orders


def _single(vectors: np.ndarray) -> ItemVectors:
    return ItemVectors(vectors, np.arange(len(vectors) + 1))


def test_scores_of_a_run_that_float32_would_tie_are_told_apart() -> None:
    """pytrec_eval reads scores as float32, and would let the ids decide here."""
    found = [(np.array([4, 0, 2]), 0.5 + np.array([1e-12, 3e-12, 2e-12])), (np.array([1, 3]), np.array([0.5, 0.5]))]
    relevant = Judgments([Relevant(np.array([2]), np.ones(1)), Relevant(np.array([3]), np.ones(1))])
    task = RankingTask(RunScores(found, 5), relevant, SharedKeys([frozenset()] * 2, {}), np.arange(2))
    reached = score_task(task, (parse_measure("mean_rank"),), block_bytes=1).reached.values
    assert reached[:, 0].tolist() == [2.0, 1.5]
