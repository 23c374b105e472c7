"""The first hits against a full stable sort: ties, exclusions, what is never returned, more asked for than there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.top_hits import TopHits, joined_hits, top_hits


def naive(row: np.ndarray, excluded: np.ndarray, depth: int) -> tuple[list[int], list[float]]:
    """Best first, ties by position, -1 and -inf where fewer were returned."""
    left_out, values = set(excluded.tolist()), row.tolist()
    able = [item for item, value in enumerate(values) if item not in left_out and value > -np.inf]
    best = sorted(able, key=lambda item: (-values[item], item))[:depth]
    missing = depth - len(best)
    return best + [-1] * missing, [values[item] for item in best] + [-np.inf] * missing


def agrees(scores: np.ndarray, excluded: list[np.ndarray], depth: int) -> TopHits:
    found = top_hits(scores.copy(), excluded, depth)
    for query, row in enumerate(scores):
        positions, values = naive(row, excluded[query], depth)
        assert found.positions[query].tolist() == positions
        assert found.scores[query].tolist() == values
        assert found.of(query).tolist() == [one for one in positions if one >= 0]
    return found


@settings(max_examples=200, deadline=None)
@given(
    row=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, -np.inf]), min_size=1, max_size=30),
    data=st.data(),
    depth=st.integers(1, 40),
)
def test_small_rows_with_ties_and_exclusions(row: list[float], data: st.DataObject, depth: int) -> None:
    excluded = data.draw(st.sets(st.sampled_from(range(len(row)))))
    agrees(np.array([row], np.float32), [np.array(sorted(excluded), np.int64)], depth)


@pytest.mark.parametrize("gallery", [513, 5000, 20_000])
@pytest.mark.parametrize("depth", [1, 10, 400])
@pytest.mark.parametrize("kind", ["random", "ties", "rising", "falling", "all equal", "mostly absent"])
def test_long_rows_where_pieces_are_skipped(gallery: int, depth: int, kind: str) -> None:
    generator = np.random.default_rng(gallery + depth)
    scores = {
        "random": generator.standard_normal((2, gallery)),
        "ties": generator.integers(0, 50, (2, gallery)),
        "rising": np.stack([np.arange(gallery)] * 2),
        "falling": -np.stack([np.arange(gallery)] * 2),
        "all equal": np.zeros((2, gallery)),
        "mostly absent": np.where(generator.random((2, gallery)) < 0.01, 1.0, -np.inf),
    }[kind].astype(np.float32)
    excluded = [np.flatnonzero(generator.random(gallery) < 0.3), np.empty(0, np.int64)]
    agrees(scores, excluded, depth)


def test_the_best_may_stand_behind_the_last_whole_piece() -> None:
    row = np.zeros((1, 1025), np.float32)
    row[0, 1024] = 1.0
    assert agrees(row, [np.empty(0, np.int64)], 1).positions.tolist() == [[1024]]


def test_everything_excluded_returns_nothing() -> None:
    found = agrees(np.ones((1, 4), np.float32), [np.arange(4)], 3)
    assert found.positions.tolist() == [[-1, -1, -1]]


def test_parts_stand_one_after_the_other() -> None:
    scores = np.random.default_rng(0).random((5, 9)).astype(np.float32)
    nobody = [np.empty(0, np.int64)] * 5
    whole = top_hits(scores.copy(), nobody, 3)
    parts = joined_hits([top_hits(scores[:2].copy(), nobody[:2], 3), top_hits(scores[2:].copy(), nobody[2:], 3)])
    assert parts.positions.tolist() == whole.positions.tolist()
    assert parts.scores.tolist() == whole.scores.tolist()
