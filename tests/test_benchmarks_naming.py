"""Naming, probes and class vectors against examples worked by hand."""

import numpy as np
import pytest

from benchmarks.class_names import REGION_NAMES, SEQUENCE_NAMES_T1C
from benchmarks.class_prompts import class_vectors, region_prompts, sequence_prompts
from benchmarks.linear_probe import probe_scores
from benchmarks.measured import measured_mean, measured_ratio
from benchmarks.naming import hits, measured_balanced, name_scores

NAMES = ("a", "b", "c", "d")


def test_naming_of_four_items() -> None:
    scores = np.array(
        [
            [9.0, 1.0, 2.0, 3.0],  # a: right
            [5.0, 9.0, 8.0, 7.0],  # a: the fourth
            [1.0, 9.0, 2.0, 3.0],  # not asked
            [9.0, 1.0, 8.0, 7.0],  # c: the second
        ]
    )
    found = name_scores(scores, ["a", "a", "", "c"], NAMES, ["p", "q", "q", "r"])
    assert (found.top1.value, found.top3.value) == pytest.approx((1 / 3, 2 / 3))
    assert found.balanced.value == pytest.approx((0.5 + 0.0) / 2)
    assert (found.top1.n, found.top1.patients, found.top1.chance, found.top3.chance) == (3, 3, 0.25, 0.75)
    assert found.commonest == pytest.approx(2 / 3)
    assert found.confusion.tolist() == [[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert found.missed == ((1, "a", "b"), (3, "c", "a"))


def test_a_constant_score_is_worth_chance() -> None:
    truth = np.array([0, 1, 2, 3])
    assert hits(np.ones((4, 4)), truth, 1).tolist() == [0.25] * 4
    assert hits(np.ones((4, 4)), truth, 3).tolist() == [0.75] * 4


def test_a_name_that_is_never_given_is_never_among_three() -> None:
    scores = np.array([[3.0, 2.0, 1.0, -np.inf, -np.inf]])
    assert hits(scores, np.array([3]), 3).tolist() == [0.0]
    assert hits(scores, np.array([2]), 3).tolist() == [1.0]


def test_an_interval_is_drawn_by_patient() -> None:
    values = np.array([1.0] * 8 + [0.0] * 8)
    alone = measured_mean(values, np.arange(16), 0.5)
    of_two = measured_mean(values, np.repeat([0, 1], 8), 0.5)
    assert alone.interval is not None
    assert of_two.interval is not None
    assert (of_two.interval.low, of_two.interval.high) == (0.0, 1.0)  # either patient may be drawn twice
    assert 0.2 < alone.interval.low < 0.35 < 0.65 < alone.interval.high < 0.8  # binomial: 0.5 +- 1.96 / 8


def test_a_balanced_interval_leaves_out_a_class_that_was_not_drawn() -> None:
    found = measured_balanced(np.array([1.0, 0.0]), np.array([0, 1]), np.array([0, 1]), 0.5)
    assert found.value == 0.5
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (0.0, 1.0)


def test_a_ratio_is_of_means() -> None:
    found = measured_ratio(np.array([0.2, 0.4]), np.array([0.5, 1.0]), np.arange(2))
    assert found.value == pytest.approx(0.4)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((0.4, 0.4))


def test_a_class_is_the_mean_direction_of_its_phrases() -> None:
    directions = {"x": [1.0, 0.0], "y": [0.0, 1.0]}
    vectors = class_vectors(
        ["both", "one"],
        {"both": ("x", "y"), "one": ("y",)}.__getitem__,
        lambda texts: np.array([directions[text] for text in texts], np.float32),
    )
    assert vectors == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [0.0, 1.0]]))


def test_no_phrase_asks_for_two_classes() -> None:
    regions = [phrase for name in REGION_NAMES for phrase in region_prompts(name)]
    sequences = [phrase for name in SEQUENCE_NAMES_T1C for phrase in sequence_prompts(name)]
    assert len(set(regions)) == len(regions)
    assert len(set(sequences)) == len(sequences)


def test_a_probe_names_what_a_line_parts() -> None:
    vectors = np.array([[0.0, 0.0], [0.1, 0.0], [1.0, 0.0], [1.1, 0.0], [9.0, 9.0]], np.float32)
    asked = np.array([[0.05, 0.0], [1.05, 0.0]], np.float32)
    scores = probe_scores(vectors, ["a", "a", "c", "c", ""], asked, NAMES)
    assert [NAMES[place] for place in scores.argmax(axis=1)] == ["a", "c"]
    assert np.isneginf(scores[:, [1, 3]]).all()


def test_a_probe_of_three_classes_far_away_still_orders_them() -> None:
    vectors = np.array([[0.0], [0.1], [1.0], [1.1], [2.0], [2.1]], np.float32)
    scores = probe_scores(vectors, list("aabbcc"), np.array([[1e6], [-1e6]], np.float32), NAMES)
    assert np.isfinite(scores[:, :3]).all()
    assert [NAMES[place] for place in scores.argmax(axis=1)] == ["c", "a"]
    assert scores[0].argsort()[::-1][1] == 1
