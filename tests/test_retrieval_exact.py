"""Exact search against FAISS and against sorting everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.exact import BLOCK_ROWS, candidates, exact_scores, fast_scores, product_error, top_k


def unit(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def by_sorting(vectors: np.ndarray, query: np.ndarray, k: int, rows: np.ndarray, order: np.ndarray) -> list[int]:
    scores = (vectors.astype(np.float64) * query.astype(np.float64)).sum(axis=1)
    return sorted(rows.tolist(), key=lambda row: (-scores[row], order[row]))[:k]


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(1, 80),
    d=st.integers(1, 24),
    k=st.integers(1, 90),
    copies=st.integers(1, 6),
    seed=st.integers(0, 2**16),
    data=st.data(),
)
def test_equals_sorting_everything_ties_and_all(n, d, k, copies, seed, data) -> None:
    distinct = unit((-(-n // copies), d), seed)
    vectors = np.ascontiguousarray(np.repeat(distinct, copies, axis=0)[:n])  # every vector several times: ties
    order = np.random.default_rng(seed).permutation(n)
    chosen = data.draw(st.none() | st.sets(st.integers(0, n - 1)))
    rows = None if chosen is None else np.array(sorted(chosen), np.int64)
    queries = unit((3, d), seed + 1)
    found = top_k(vectors, queries, k, rows=rows, order=order)
    for query, neighbours in zip(queries, found, strict=True):
        wanted = by_sorting(vectors, query, k, np.arange(n) if rows is None else rows, order)
        assert neighbours.rows.tolist() == wanted
        assert neighbours.scores == pytest.approx(vectors[wanted].astype(np.float64) @ query.astype(np.float64))


def test_equals_faiss() -> None:
    faiss = pytest.importorskip("faiss")
    vectors, queries = unit((3000, 64)), unit((20, 64), 1)
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(64))
    index.add_with_ids(vectors, np.arange(3000) + 10**12)
    scores, ids = index.search(queries, 10)
    for place, neighbours in enumerate(top_k(vectors, queries, 10)):
        assert (neighbours.rows + 10**12).tolist() == ids[place].tolist()
        assert neighbours.scores == pytest.approx(scores[place], abs=1e-6)


def test_ties_at_the_boundary_go_by_order_however_many() -> None:
    vectors = np.ascontiguousarray(np.repeat(unit((1, 48)), 2500, axis=0))  # crosses two blocks
    order = np.arange(2500)[::-1].copy()
    (found,) = top_k(vectors, vectors[:1], 3, order=order)
    assert found.rows.tolist() == [2499, 2498, 2497]
    assert len(set(found.scores.tolist())) == 1


def test_a_query_has_the_same_answer_alone_and_in_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, queries = unit((1500, 100)), unit((33, 100), 2)
    alone = [top_k(vectors, queries[place : place + 1], 20)[0] for place in range(33)]
    monkeypatch.setattr("retrieval.exact.BATCH_SCORES", 1500 * 7)  # several chunks
    for one, many in zip(alone, top_k(vectors, queries, 20), strict=True):
        assert one.rows.tolist() == many.rows.tolist()
        assert one.scores.tobytes() == many.scores.tobytes()


def test_fewer_rows_than_k_and_none_at_all() -> None:
    vectors = unit((4, 8))
    assert len(top_k(vectors, vectors[:1], 10)[0].rows) == 4
    nothing = top_k(vectors, vectors[:1], 10, rows=np.empty(0, np.int64))[0]
    assert nothing.rows.tolist() == []
    assert top_k(np.empty((0, 8), np.float32), vectors[:1], 3)[0].rows.tolist() == []


def test_fast_scores_stay_within_the_bound() -> None:
    vectors, queries = unit((BLOCK_ROWS + 200, 384)), unit((5, 384), 3)
    rows = np.arange(0, len(vectors), 3)
    fast = fast_scores(vectors, queries, rows)
    for place, query in enumerate(queries):
        assert np.abs(fast[place] - exact_scores(vectors, query, rows)).max() < product_error(384)


def test_candidates_hold_all_within_twice_the_margin() -> None:
    scores = np.array([0.5, 0.7, 0.699999, 0.69, -np.inf], np.float32)
    assert candidates(scores, 1, 1e-6).tolist() == [1, 2]
    assert candidates(scores, 10, 1e-6).tolist() == [0, 1, 2, 3]
