"""Rankings by header and by amount against loops, and the permuted baseline, which must not hand anybody his own."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation import baselines, shortcuts
from retrieval.evaluation.baselines import other_patients
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, Values
from retrieval.evaluation.score_sources import ScoreSource
from retrieval.evaluation.shortcuts import ClosenessScores, header_scores, size_scores


def items(columns: dict[str, list[Values]], count: int, sizes: list[float] | None = None) -> Items:
    ids = tuple(str(one) for one in range(count))
    vectors = ItemVectors(np.empty((0, 2), np.float32), np.zeros(count + 1, np.int64))
    return Items("series", ids, columns, vectors, "s", np.array(sizes or []))


def scores_of(source: ScoreSource, block_bytes: int) -> np.ndarray:
    blocks = list(source.blocks(block_bytes=block_bytes))
    assert [one.start for one, _ in blocks] == [0, *(one.stop for one, _ in blocks[:-1])]
    return np.concatenate([scores for _, scores in blocks])


@pytest.mark.parametrize("block_bytes", [1, 200, 1 << 20])
def test_agreement_counts_the_columns_that_share_a_value(block_bytes: int) -> None:
    generator = np.random.default_rng(0)

    def column(count: int) -> list[Values]:
        drawn = [generator.choice(list("abcd"), generator.integers(0, 4), replace=False) for _ in range(count)]
        return [tuple(one.tolist()) for one in drawn]

    names = ("scanner", "sequence", "region")
    asked, ranked = {name: column(17) for name in names}, {name: column(23) for name in names}
    source = header_scores(items(asked, 17), items(ranked, 23), names)
    assert source is not None
    assert source.asked.tolist() == [True] * 17
    expected = [
        [sum(bool(set(asked[name][query]) & set(ranked[name][item])) for name in names) for item in range(23)]
        for query in range(17)
    ]
    found = scores_of(source, block_bytes)
    assert found.dtype == np.float32
    assert found.tolist() == expected
    some = np.array([16, 0, 0, 5])
    assert scores_of(source.only(some), block_bytes).tolist() == [expected[query] for query in some]


def test_a_column_that_one_side_does_not_know_says_nothing() -> None:
    asked, ranked = items({"region": [("a",)]}, 1), items({"sequence": [("a",)]}, 1)
    assert header_scores(asked, ranked, ("region", "sequence")) is None
    both = header_scores(asked, items({"region": [("a",)], "sequence": [("b",)]}, 1), ("region", "sequence"))
    assert both is not None
    assert len(both.columns) == 1


@pytest.mark.parametrize("block_bytes", [1, 100, 1 << 20])
def test_closeness_is_less_the_distance(block_bytes: int) -> None:
    generator = np.random.default_rng(1)
    source = ClosenessScores(generator.random(9), generator.random(11))
    expected = [[-abs(a - b) for b in source.answering] for a in source.asking]
    np.testing.assert_array_equal(scores_of(source, block_bytes), np.array(expected, np.float32))
    some = np.array([8, 1, 8])
    np.testing.assert_array_equal(scores_of(source.only(some), block_bytes), np.array(expected, np.float32)[some])
    assert source.gallery == 11


def test_amounts_are_compared_among_their_own_kind() -> None:
    """The longest report stands with the study of most series, whatever the units."""
    reports = items({}, 4, [100, 3000, 800, 800])
    studies = items({}, 4, [2, 9, 5, 5])
    source = size_scores(reports, studies)
    assert source is not None
    shares = [[1 / 8, 7 / 8, 4 / 8, 4 / 8]] * 2
    expected = -np.abs(np.array(shares[0])[:, None] - np.array(shares[1]))
    np.testing.assert_allclose(scores_of(source, 1 << 20), expected, atol=1e-7)


@pytest.mark.parametrize("sizes", [None, [3.0, 3.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_amounts_that_nobody_knows_or_that_are_all_the_same_say_nothing(sizes: list[float] | None) -> None:
    known = items({}, 2, [1.0, 2.0])
    assert size_scores(items({}, 2, sizes), known) is None
    assert size_scores(known, items({}, 2, sizes)) is None


@settings(max_examples=200, deadline=None)
@given(clusters=st.lists(st.integers(0, 5), min_size=1, max_size=24), seed=st.integers(0, 1000))
def test_another_patients_query_wherever_there_is_one(clusters: list[int], seed: int) -> None:
    dense = np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    partner = other_patients(dense, np.random.default_rng(seed))
    assert sorted(partner.tolist()) == list(range(len(dense)))  # each of them once
    own = int((dense[partner] == dense).sum())
    largest = int(np.bincount(dense).max())
    assert own == max(0, 2 * largest - len(dense))  # and as few of one's own as can be


def test_the_permutation_is_drawn() -> None:
    clusters = np.repeat(np.arange(30), 2)
    drawn = {tuple(other_patients(clusters, np.random.default_rng(seed)).tolist()) for seed in range(5)}
    assert len(drawn) == 5


@pytest.mark.parametrize("module", [baselines, shortcuts], ids=lambda module: module.__name__)
def test_examples_in_the_documentation_are_true(module: object) -> None:
    done = doctest.testmod(module)  # type: ignore[arg-type]
    assert done.attempted > 0
    assert done.failed == 0
