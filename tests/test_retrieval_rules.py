"""Rules of relevance as text, and what they judge, against brute force over all pairs."""

import doctest
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import UsageError
from retrieval.evaluation import rules as module
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, Values, at_level
from retrieval.evaluation.relevance import AnyOf, Judgments, Relevance, Relevant, shared_keys, shared_labels
from retrieval.evaluation.rules import (
    JUDGED,
    Rule,
    RuleKind,
    label_overlap,
    parse_rule,
    relevance_of,
    usual_rules,
    with_joined,
)
from retrieval.evaluation.task_names import Level, Task

TEXTS = (
    "study",
    "patient",
    "region+sequence",
    "overlap:finding",
    "overlap:region+finding",
    "match:region+sequence",
    "qrels",
)


def items(columns: dict[str, Sequence[Values]]) -> Items:
    count = len(next(iter(columns.values())))
    ids = tuple(str(one) for one in range(count))
    return Items("series", ids, columns, ItemVectors(np.empty((0, 2), np.float32), np.zeros(count + 1, np.int64)), "s")


def as_gains(relevance: Relevance, query: int) -> dict[int, float]:
    judged = relevance.judged(query)
    assert judged.positions.tolist() == sorted(set(judged.positions.tolist()))
    return dict(zip(judged.positions.tolist(), judged.gains.tolist(), strict=True))


@pytest.mark.parametrize("text", TEXTS)
def test_a_rule_prints_what_it_was_read_from(text: str) -> None:
    assert str(parse_rule(text)) == text
    assert parse_rule(str(parse_rule(text))) == parse_rule(text)


def test_a_comma_is_a_plus_and_spaces_do_not_count() -> None:
    assert parse_rule("region, sequence") == Rule(RuleKind.SAME, ("region", "sequence"))
    assert parse_rule("overlap: region + finding") == Rule(RuleKind.OVERLAP, ("region", "finding"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column"),
        ("region+", "no column"),
        ("overlap:", "no column"),
        ("overlpa:finding", "overlap"),
        ("study:brain", "not known"),
        ("qrels:x", "not known"),
    ],
)
def test_a_rule_that_says_nothing_is_refused_with_the_way_out(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rule(text)
    assert says in f"{refused.value} {refused.value.remedy}"


def test_every_task_has_usual_rules() -> None:
    assert {task: " or ".join(map(str, usual_rules(task))) for task in Task} == {
        Task.TEXT_TO_IMAGE: "study or report",
        Task.IMAGE_TO_TEXT: "study or report",
        Task.IMAGE_TO_IMAGE: "region+sequence",
        Task.TEXT_TO_TEXT: "overlap:region+sequence",
    }


LABELS = st.lists(st.frozensets(st.sampled_from("abcdef")), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(queries=LABELS, gallery=LABELS)
def test_shared_labels_are_jaccard(queries: list[frozenset[str]], gallery: list[frozenset[str]]) -> None:
    relevance = shared_labels(queries, gallery)
    for query, asked in enumerate(queries):
        expected = {i: len(asked & has) / len(asked | has) for i, has in enumerate(gallery) if asked & has}
        assert as_gains(relevance, query) == pytest.approx(expected, abs=1e-15)
        assert all(0 < gain <= 1 for gain in as_gains(relevance, query).values())


@settings(max_examples=100, deadline=None)
@given(queries=LABELS, gallery=LABELS, asking=st.lists(st.integers(0, 7), max_size=6))
def test_shared_keys_are_yes_or_no_and_can_be_asked_in_any_order(
    queries: list[frozenset[str]], gallery: list[frozenset[str]], asking: list[int]
) -> None:
    relevance = shared_keys(queries, gallery)
    chosen = [one for one in asking if one < len(queries)]
    for place, query in enumerate(chosen):
        expected = {i: 1.0 for i, has in enumerate(gallery) if queries[query] & has}
        assert as_gains(relevance.only(np.array(chosen, np.int64)), place) == expected
        assert np.flatnonzero(relevance.shared_by(query, len(gallery))).tolist() == sorted(expected)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), queries=st.integers(1, 4), gallery=st.integers(1, 6))
def test_a_match_has_a_value_of_every_column_that_the_query_names(
    data: st.DataObject, queries: int, gallery: int
) -> None:
    values = st.sets(st.sampled_from("ab")).map(lambda one: tuple(sorted(one)))
    names = ("region", "sequence", "plane")
    asked, ranked = (
        {name: data.draw(st.lists(values, min_size=count, max_size=count)) for name in names}
        for count in (queries, gallery)
    )
    relevance = relevance_of((parse_rule("match:" + "+".join(names)),), items(asked), items(ranked))
    for query in range(queries):
        named = [name for name in names if asked[name][query]]
        expected = {
            place: 1.0
            for place in range(gallery)
            if named and all(set(asked[name][query]) & set(ranked[name][place]) for name in named)
        }
        assert as_gains(relevance, query) == expected
        assert as_gains(relevance.only(np.array([query])), 0) == expected


def test_any_of_several_rules_is_the_most_generous() -> None:
    columns = {
        "study": [("A",), ("A",), ("B",), ()],
        "finding": [("x", "y"), ("x",), ("x", "y"), ("z",)],
    }
    sides = items(columns)
    relevance = relevance_of((parse_rule("study"), parse_rule("overlap:finding")), sides, sides)
    assert isinstance(relevance, AnyOf)
    assert as_gains(relevance, 0) == {0: 1.0, 1: 1.0, 2: 1.0}
    assert as_gains(relevance, 1) == {0: 1.0, 1: 1.0, 2: 0.5}
    assert as_gains(relevance, 3) == {3: 1.0}
    assert as_gains(relevance.only(np.array([3, 1])), 1) == as_gains(relevance, 1)


def test_labels_of_several_columns_do_not_meet() -> None:
    """ "left" of the one column is not "left" of the other."""
    queries, gallery = items({"side": [("left",)], "lobe": [()]}), items({"side": [()], "lobe": [("left",)]})
    assert as_gains(relevance_of((parse_rule("overlap:side+lobe"),), queries, gallery), 0) == {}


def test_judgments_are_taken_as_they_are_and_asked_for() -> None:
    said = Judgments([Relevant(np.array([2, 5]), np.array([3.0, 0.5])), Relevant(np.empty(0, np.int64), np.empty(0))])
    sides = items({"study": [("A",), ("B",)]})
    relevance = relevance_of(JUDGED, sides, sides, said)
    assert as_gains(relevance, 0) == {2: 3.0, 5: 0.5}
    assert as_gains(relevance.only(np.array([1, 0, 0])), 2) == {2: 3.0, 5: 0.5}
    assert as_gains(relevance, 1) == {}
    with pytest.raises(UsageError, match="qrels"):
        relevance_of(JUDGED, sides, sides)


def test_a_study_with_a_brain_t1_and_a_knee_t2_has_no_brain_t2() -> None:
    rule = parse_rule("region+sequence")
    columns: dict[str, Any] = {
        "study": [("A",), ("A",), ("B",), ("C",)],
        "region": [("brain",), ("knee",), ("brain",), ("brain",)],
        "sequence": [("T1",), ("T2",), ("T2",), ("T1",)],
    }
    studies = at_level(items(with_joined(columns, (rule,), 4)), Level.STUDY)
    relevance = relevance_of((rule,), studies, studies)
    names = [{studies.ids[one] for one in as_gains(relevance, query)} for query in range(3)]
    assert dict(zip(studies.ids, names, strict=True)) == {"A": {"A", "C"}, "B": {"B"}, "C": {"A", "C"}}


def test_a_joined_rule_needs_all_of_its_columns() -> None:
    rule = parse_rule("region+sequence")
    made = with_joined({"region": [("brain",), ()]}, (rule, parse_rule("study"), parse_rule("overlap:a+b")), 2)
    assert made["region+sequence"] == [(), ()]
    assert set(made) == {"region", "region+sequence"}


def test_the_labels_that_rules_look_at() -> None:
    sides = items({"study": [("A",), ("B",)], "region": [("brain",), ("brain",)], "sequence": [("T1",), ("T2",)]})
    labels = label_overlap((parse_rule("region+sequence"), parse_rule("region")), sides, sides)
    assert labels is not None
    assert as_gains(labels, 0) == {0: 1.0, 1: pytest.approx(1 / 3)}
    assert labels.labels.tolist() == [2, 2]
    assert label_overlap(JUDGED, sides, sides) is None


def test_examples_in_the_documentation_are_true() -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
