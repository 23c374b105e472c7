"""Agreement with exact search, against brute force over sets."""

import numpy as np
import pytest

from common.errors import UsageError
from retrieval.evaluation.ann_recall import ann_recall
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.score_sources import RunScores, VectorScores
from tests.brought_files import clustered


def single(items: int, seed: int) -> ItemVectors:
    vectors, _ = clustered(items, seed=seed)
    return ItemVectors(vectors, np.arange(items + 1))


def test_exact_search_agrees_with_itself_and_a_reversed_one_does_not() -> None:
    scores = VectorScores(single(20, 1), single(90, 2))
    matrix = np.concatenate([block for _, block in scores.blocks(block_bytes=1 << 20)])
    order = np.argsort(-matrix, axis=1, kind="stable")
    assert ann_recall(scores, order, 10).tolist() == [1.0] * 20
    assert ann_recall(scores, order[:, ::-1], 10).tolist() == [0.0] * 20
    assert ann_recall(scores, np.full((20, 10), -1), 10).tolist() == [0.0] * 20


@pytest.mark.parametrize("block_bytes", [1, 1 << 20])
def test_it_is_the_overlap_of_two_lists_where_nothing_ties(block_bytes: int) -> None:
    generator = np.random.default_rng(5)
    scores = VectorScores(single(30, 3), single(50, 4))
    matrix = np.concatenate([block for _, block in scores.blocks(block_bytes=1 << 20)])
    returned = np.stack([generator.permutation(50)[:20] for _ in range(30)])
    exact = np.argsort(-matrix, axis=1)[:, :12]
    expected = [len(set(a) & set(b[:12])) / 12 for a, b in zip(exact.tolist(), returned.tolist(), strict=True)]
    assert ann_recall(scores, returned, 12, block_bytes=block_bytes).tolist() == expected


def run_of(values: list[float]) -> RunScores:
    return RunScores([(np.arange(len(values)), np.array(values))], len(values))


@pytest.mark.parametrize(
    ("returned", "k", "expected"),
    [
        ([0, 1], 2, 1.0),
        ([0, 3], 2, 1.0),  # 1, 2 and 3 tie for the second place
        ([1, 2], 2, 0.5),  # one of them may be the second; 0 is missing from whatever exact search returns
        ([1, 2, 3], 3, 2 / 3),
        ([2, 0, 3], 3, 1.0),
        ([4, 0], 2, 0.5),
        ([3, 3], 2, 0.5),  # repeated
        ([0, -1], 2, 0.5),
        ([5, 4, 3, 2], 1, 0.0),  # the first alone counts
    ],
)
def test_ties_at_the_last_place_count(returned: list[int], k: int, expected: float) -> None:
    scores = run_of([0.9, 0.5, 0.5, 0.5, 0.1, 0.0])
    assert ann_recall(scores, np.array([returned]), k).tolist() == [expected]


def test_what_exact_search_never_returns_is_not_expected() -> None:
    scores = RunScores([(np.array([1, 3]), np.array([2.0, 1.0])), (np.empty(0, np.int64), np.empty(0))], 5)
    found = ann_recall(scores, np.array([[1, 3, 4], [0, 1, 2]]), 3)
    assert found[0] == 1.0
    assert np.isnan(found[1])


def test_excluded_items_are_nobodys_neighbours() -> None:
    scores = run_of([0.9, 0.8, 0.7, 0.6])
    assert ann_recall(scores, np.array([[1, 2]]), 2, excluded=[np.array([0])]).tolist() == [1.0]
    assert ann_recall(scores, np.array([[0, 1]]), 2, excluded=[np.array([0])]).tolist() == [0.5]


@pytest.mark.parametrize(
    ("returned", "k"),
    [([[0]], 2), ([[0, 1]], 0), ([[0, 9]], 2), ([[0, -2]], 2), ([[0, 1], [0, 1]], 2), ([0, 1], 2)],
)
def test_lists_of_another_shape_are_refused(returned: list[list[int]], k: int) -> None:
    with pytest.raises(UsageError):
        ann_recall(run_of([0.9, 0.5]), np.array(returned), k)


@pytest.mark.parametrize("name", ["ann_recall@10", "ann_recall"])
def test_it_is_no_measure_of_a_task_and_says_why(name: str) -> None:
    with pytest.raises(UsageError, match="no measure of a task") as caught:
        parse_measure(name)
    assert "approximate index" in caught.value.message
    assert "recall@10" in caught.value.remedy
