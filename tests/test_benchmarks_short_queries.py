"""Precision of short queries against examples worked by hand."""

import numpy as np
import pytest

from benchmarks.short_queries import precisions, query_precision


def test_precision_is_taken_at_five_or_at_the_number_of_relevant_series() -> None:
    scores = np.array([[7, 6, 5, 4, 3, 2, 1], [1, 2, 3, 4, 5, 6, 7]], np.float32)
    relevant = np.array([[1, 0, 1, 0, 1, 1, 1], [1, 0, 0, 0, 0, 0, 1]], bool)
    assert precisions(scores, relevant, list("abcdefg")).tolist() == [3 / 5, 1 / 2]


def test_ties_fall_by_id_and_not_by_row() -> None:
    relevant = np.array([[True, False]])
    assert precisions(np.zeros((1, 2), np.float32), relevant, ["b", "a"]).tolist() == [0.0]
    assert precisions(np.zeros((1, 2), np.float32), relevant, ["a", "b"]).tolist() == [1.0]


def test_channels_stand_beside_each_other_on_the_queries_that_have_an_answer() -> None:
    queries = np.eye(3, dtype=np.float32)
    images = np.eye(3, dtype=np.float32)[[1, 0, 2]]  # finds the wrong one for the first two
    cards = np.eye(3, dtype=np.float32)
    relevant = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]], bool)  # nothing answers the third
    found = query_precision(queries, images, cards, relevant, ["a", "b", "c"])
    assert (found.image.value, found.card.value, found.ratio.value) == (0.0, 1.0, 0.0)
    assert (found.image.n, found.image.chance) == (2, pytest.approx(1 / 3))
