"""Who is relevant to whom and who is left out, in worlds small enough to list."""

import numpy as np
import pytest

from common.errors import UsageError
from indexer.records import Channel
from retrieval.evaluation.relevance import SharedKeys, key, shared_keys
from retrieval.evaluation.rules import parse_rule, usual_rules
from retrieval.evaluation.task_names import Aggregate, Level, Task
from retrieval.evaluation.tasks import BuiltTask, Leaving, SkippedTask, TaskSpec, build_task
from tests.evaluation_cases import spaced, unit, world

SERIES = [
    ("study-a", "anna", "brain T1"),
    ("study-a", "anna", "brain T2"),
    ("study-b", "anna", "brain T1"),
    ("study-c", "bert", "brain T1"),
    ("study-d", "carl", ""),
]
REPORTS = [
    ("study-a", "anna", "same words"),
    ("study-c", "bert", "same words"),
    ("study-b", "anna", "other words"),
    ("", "", "same words"),  # of no study that is here
]


def random_vectors(count: int, seed: int = 0, space: str = "shared"):
    return spaced(unit(np.random.default_rng(seed).standard_normal((count, 8))), space=space)


def build(data, spec: TaskSpec, *columns: str, allowed: bool = False):
    leaving = Leaving(columns or ("patient",), allow_same_patient=allowed or bool(columns))
    return build_task(data, data, spec, usual_rules(spec.task), leaving)


def built_of(task: Task, *columns: str, level: Level = Level.SERIES) -> BuiltTask:
    vectors = {Channel.IMAGE: random_vectors(5), Channel.REPORT: random_vectors(4)}
    built = build(world(SERIES, REPORTS, vectors), TaskSpec(task, Channel.IMAGE, level), *columns)
    assert isinstance(built, BuiltTask)
    return built


def task_of(task: Task, *columns: str):
    return built_of(task, *columns).ranking


def listed(keys: SharedKeys) -> list[list[int]]:
    return [keys.of(query).tolist() for query in range(len(keys.queries))]


def relevant(ranking) -> list[list[int]]:
    return [ranking.relevant.judged(query).positions.tolist() for query in range(len(ranking))]


def test_all_series_of_the_study_and_of_studies_with_the_same_report_are_relevant() -> None:
    assert relevant(task_of(Task.TEXT_TO_IMAGE)) == [[0, 1, 3], [0, 1, 3], [2], [0, 1, 3]]


def test_all_reports_of_the_study_and_their_copies_are_relevant() -> None:
    assert relevant(task_of(Task.IMAGE_TO_TEXT)) == [[0, 1, 3], [0, 1, 3], [2], [0, 1, 3], []]


def test_copies_do_not_chain_over_a_study_with_two_reports() -> None:
    series = [("a", "1", ""), ("b", "2", ""), ("c", "3", "")]
    reports = [("a", "1", "x"), ("b", "2", "x"), ("b", "2", "y"), ("c", "3", "y")]
    vectors = {Channel.IMAGE: random_vectors(3), Channel.REPORT: random_vectors(4)}
    built = build(world(series, reports, vectors), TaskSpec(Task.TEXT_TO_IMAGE, Channel.IMAGE))
    assert isinstance(built, BuiltTask)
    assert relevant(built.ranking) == [[0, 1], [0, 1], [1, 2], [1, 2]]


def test_series_with_equal_labels_are_relevant_and_unknown_labels_never_are() -> None:
    assert relevant(task_of(Task.IMAGE_TO_IMAGE)) == [[0, 2, 3], [1], [0, 2, 3], [0, 2, 3], []]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("patient", [[0, 1, 2], [0, 1, 2], [0, 1, 2], [3], [4]]),
        ("study", [[0, 1], [0, 1], [2], [3], [4]]),
        ("series", [[0], [1], [2], [3], [4]]),
    ],
)
def test_who_is_left_out_of_an_image_to_image_query(column: str, expected: list[list[int]]) -> None:
    assert listed(task_of(Task.IMAGE_TO_IMAGE, column).excluded) == expected


def test_nobody_is_left_out_across_modalities() -> None:
    assert listed(task_of(Task.TEXT_TO_IMAGE).excluded) == [[], [], [], []]


def test_queries_of_a_patient_are_one_cluster() -> None:
    assert len(set(task_of(Task.TEXT_TO_IMAGE).clusters.tolist())) == 3  # anna, bert, and the report of nobody
    clusters = task_of(Task.IMAGE_TO_IMAGE).clusters
    assert clusters[0] == clusters[1] == clusters[2] != clusters[3]


@pytest.mark.parametrize(
    ("vectors", "task", "reason"),
    [
        ({}, Task.IMAGE_TO_IMAGE, "no image vectors"),
        ({Channel.IMAGE: random_vectors(5)}, Task.TEXT_TO_IMAGE, "no reports"),
        (
            {Channel.IMAGE: random_vectors(5, space="statistics"), Channel.REPORT: random_vectors(4)},
            *(Task.IMAGE_TO_TEXT, "different spaces .statistics, shared.: this encoder is not aligned"),
        ),
    ],
)
def test_what_cannot_be_compared_is_skipped_with_its_reason(vectors: dict, task: Task, reason: str) -> None:
    built = build(world(SERIES, REPORTS, vectors), TaskSpec(task, Channel.IMAGE))
    assert isinstance(built, SkippedTask)
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(built.reason)


def test_a_task_in_which_nothing_can_be_found_is_skipped() -> None:
    data = world([("a", "1", "x"), ("a", "1", "x")], (), {Channel.IMAGE: random_vectors(2)})
    built = build(data, TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE))
    assert isinstance(built, SkippedTask)
    assert "no query has a relevant item" in built.reason


def test_same_patient_retrieval_must_be_asked_for_in_so_many_words() -> None:
    spec = TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE)
    known = world(SERIES, (), {Channel.IMAGE: random_vectors(5)})
    unknown = world([*SERIES, ("study-e", "", "brain T1")], (), {Channel.IMAGE: random_vectors(6)})
    rules = usual_rules(spec.task)
    assert isinstance(build(known, spec), BuiltTask)
    assert isinstance(build(unknown, spec, allowed=True), BuiltTask)
    with pytest.raises(UsageError, match="1 of 6 series items have no patient"):
        build(unknown, spec)
    with pytest.raises(UsageError, match="flatters"):
        build_task(known, known, spec, rules, Leaving(("study",)))


def test_a_text_that_seeks_its_likes_must_not_find_its_own_patient_either() -> None:
    data = world(SERIES, REPORTS, {Channel.IMAGE: random_vectors(5), Channel.REPORT: random_vectors(4)})
    spec = TaskSpec(Task.TEXT_TO_IMAGE, Channel.IMAGE)
    with pytest.raises(UsageError, match="1 of 4 report items have no patient"):
        build_task(data, data, spec, (parse_rule("region"),), Leaving())
    told = world(SERIES, REPORTS[:3], {Channel.IMAGE: random_vectors(5), Channel.REPORT: random_vectors(3)})
    built = build_task(told, told, spec, (parse_rule("region"),), Leaving())
    assert isinstance(built, BuiltTask)
    assert listed(built.ranking.excluded) == [[0, 1, 2], [3], [0, 1, 2]]
    assert relevant(built.ranking) == [[0, 1, 2, 3], [0, 2, 3], [0, 2, 3]]
    assert built.leaving == ("patient",)


def test_texts_ask_for_texts_about_alike_studies_of_other_patients() -> None:
    data = world(SERIES, REPORTS[:3], {Channel.REPORT: random_vectors(3)})
    built = build(data, TaskSpec(Task.TEXT_TO_TEXT, Channel.REPORT))
    assert isinstance(built, BuiltTask)
    assert built.ranking.same
    judged = built.ranking.relevant.judged(0)  # brain T1 and brain T2 as regions, and T1 that all have
    assert judged.positions.tolist() == [0, 1, 2]
    assert judged.gains.tolist() == [1.0, 2 / 3, 2 / 3]
    assert listed(built.ranking.excluded) == [[0, 2], [1], [0, 2]]


def test_a_study_is_one_item_and_knows_what_any_of_its_series_is() -> None:
    built = built_of(Task.TEXT_TO_IMAGE, level=Level.STUDY)
    assert built.gallery.ids == ("study-a", "study-b", "study-c", "study-d")
    assert built.queries.ids == ("report rep-3", "study-a", "study-b", "study-c")
    assert relevant(built.ranking) == [[0, 2], [0, 2], [1], [0, 2]]
    assert built.gallery.vectors.offsets.tolist() == [0, 2, 3, 4, 5]
    assert built.gallery.of("region")[0] == ("brain T1", "brain T2")
    patients = built_of(Task.IMAGE_TO_IMAGE, level=Level.PATIENT)
    assert patients.gallery.ids == ("anna", "bert", "carl")
    assert listed(patients.ranking.excluded) == [[0], [1], [2]]
    assert relevant(patients.ranking) == [[0, 1], [0, 1], []]


def test_an_item_of_several_vectors_is_their_mean_where_that_is_asked_for() -> None:
    data = world(SERIES, (), {Channel.IMAGE: random_vectors(5)})
    spec = TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE, Level.PATIENT, Aggregate.MEAN)
    built = build(data, spec)
    assert isinstance(built, BuiltTask)
    vectors = data.scans[Channel.IMAGE].vectors.vectors.astype(np.float64)
    mean = vectors[:3].sum(axis=0)
    np.testing.assert_allclose(built.gallery.vectors.vectors[0], mean / np.linalg.norm(mean), atol=1e-7)
    assert built.gallery.vectors.offsets.tolist() == [0, 1, 2, 3]


def test_queries_of_one_collection_ask_the_gallery_of_another() -> None:
    asking = world(SERIES[:1], (), {Channel.IMAGE: random_vectors(1)})
    ranked = world(SERIES[1:], (), {Channel.IMAGE: random_vectors(4, seed=1)})
    spec = TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE)
    built = build_task(asking, ranked, spec, usual_rules(spec.task), Leaving())
    assert isinstance(built, BuiltTask)
    assert not built.ranking.same
    assert relevant(built.ranking) == [[1, 2]]
    assert listed(built.ranking.excluded) == [[0, 1]]  # anna's, of whom the query is, too


def test_unknown_values_make_no_key() -> None:
    assert not key("label", "brain", "")
    assert key("label", "a", "b") != key("label", "ab")
    assert shared_keys([frozenset({"x", "y"})], [frozenset({"y", "x"}), frozenset()]).of(0).tolist() == [0]
