"""Blocked scoring against one plain product, ties included, at a size where blocks and chunks are crossed."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from common.errors import IntegrityError
from retrieval.evaluation.item_vectors import ItemVectors, group_vectors, score_blocks
from retrieval.evaluation.metrics import parse_measure, per_query
from retrieval.evaluation.rank_lists import rank_lists


def unit(generator: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    vectors = generator.standard_normal(shape, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors


def single(vectors: NDArray[np.float32]) -> ItemVectors:
    return ItemVectors(vectors, np.arange(len(vectors) + 1))


def test_several_vectors_an_item_count_by_the_best_pair() -> None:
    generator = np.random.default_rng(0)
    vectors = unit(generator, 40, 8)
    owners = generator.integers(0, 12, 40)  # unsorted, and some items have none
    owners[owners == 5] = 6
    queries, gallery = group_vectors(vectors, owners, 12), group_vectors(vectors[::-1], owners[::-1], 12)
    scores = np.concatenate([block for _, block in score_blocks(queries, gallery, block_bytes=100)])
    for query in range(12):
        for item in range(12):
            pairs = vectors[owners == query] @ vectors[owners == item].T
            expected = pairs.max() if pairs.size else -np.inf
            assert scores[query, item] == pytest.approx(expected, abs=1e-6)
    assert not queries.with_vectors[5]


def test_equal_vectors_tie_in_every_block() -> None:
    generator = np.random.default_rng(1)
    vectors = unit(generator, 9000, 24)  # more than one chunk of the gallery
    vectors[generator.choice(9000, 1500, replace=False)] = vectors[0]
    queries = unit(generator, 13, 24)
    copies = (vectors == vectors[0]).all(axis=1)
    for block_bytes in (1, 5 * 4 * 9000, 1 << 30):
        for _, block in score_blocks(single(queries), single(vectors), block_bytes=block_bytes):
            assert (block[:, copies] == block[:, :1]).all()


def test_the_size_of_a_block_changes_no_bit() -> None:
    generator = np.random.default_rng(2)
    queries, gallery = single(unit(generator, 50, 32)), single(unit(generator, 3000, 32))
    whole = [
        np.concatenate([b for _, b in score_blocks(queries, gallery, block_bytes=size)])
        for size in (1, 1 << 18, 1 << 30)
    ]
    np.testing.assert_array_equal(whole[0], whole[1])
    np.testing.assert_array_equal(whole[0], whole[2])


def test_2000_queries_by_20000_items_equal_the_naive_ranks_in_bounded_memory() -> None:
    generator = np.random.default_rng(3)
    gallery = unit(generator, 20_000, 16)
    gallery[10_000:10_500] = gallery[:500]  # duplicates, so that ties matter
    queries = unit(generator, 2000, 16)
    relevant = [np.sort(generator.choice(20_000, 3, replace=False)) for _ in range(2000)]
    excluded = [np.sort(generator.choice(20_000, 5, replace=False)) for _ in range(2000)]
    tracemalloc.start()
    blocks = [
        rank_lists(scores, relevant[chosen], excluded[chosen])
        for chosen, scores in score_blocks(single(queries), single(gallery), block_bytes=8 << 20)
    ]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(blocks) > 10
    assert peak < 64 << 20  # all scores at once would be 160 MB

    above, tied = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("above", "tied"))
    place = 0
    for query in range(2000):
        row = (gallery.astype(np.float64) @ queries[query].astype(np.float64)).astype(np.float32)
        wanted = np.setdiff1d(relevant[query], excluded[query])
        row[excluded[query]] = -np.inf
        expected = sorted((int((row > row[item]).sum()), int((row == row[item]).sum())) for item in wanted)
        ours = list(zip(above[place : place + len(wanted)], tied[place : place + len(wanted)], strict=True))
        assert ours == expected
        place += len(wanted)
    assert place == len(above)


def test_excluded_items_leave_before_the_top_k() -> None:
    scores = np.array([[0.9, 0.8, 0.7, 0.6]], np.float32)
    lists = rank_lists(scores, [np.array([0, 2])], [np.array([0, 1])])
    assert lists.relevant.tolist() == [1]
    assert lists.pool.tolist() == [2]
    assert per_query(parse_measure("hit@1"), lists).tolist() == [1.0]


def test_vectors_that_are_not_finite_are_refused() -> None:
    with pytest.raises(IntegrityError, match="not finite"):
        group_vectors(np.array([[np.nan, 1.0]], np.float32), np.array([0]), 1)


def test_few_and_many_relevant_items_are_counted_alike() -> None:
    generator = np.random.default_rng(4)
    row = generator.integers(0, 40, 500).astype(np.float32)
    row[:20] = -np.inf
    many, excluded = np.arange(0, 500, 3), np.arange(0, 500, 10)
    at_once = rank_lists(row[None].copy(), [many], [excluded])
    for place, item in enumerate(sorted(np.setdiff1d(many, excluded), key=lambda item: -row[item])):
        alone = rank_lists(row[None].copy(), [np.array([item])], [excluded])
        assert (alone.above[0], alone.tied[0]) == (at_once.above[place], at_once.tied[place])
