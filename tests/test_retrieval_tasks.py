"""Who is relevant to whom and who is left out, in worlds small enough to list."""

import numpy as np
import pytest

from common.errors import UsageError
from indexer.records import Channel
from retrieval.evaluation.ranking_task import RankingTask
from retrieval.evaluation.relevance import SharedKeys, key, shared_keys
from retrieval.evaluation.task_names import Exclusion, Task
from retrieval.evaluation.tasks import SkippedTask, TaskSpec, build_task, check_exclusion
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


def task_of(task: Task, exclusion: Exclusion = Exclusion.PATIENT) -> RankingTask:
    vectors = {Channel.IMAGE: random_vectors(5), Channel.REPORT: random_vectors(4)}
    built = build_task(world(SERIES, REPORTS, vectors), TaskSpec(task, Channel.IMAGE), exclusion)
    assert isinstance(built, RankingTask)
    return built


def listed(keys: SharedKeys) -> list[list[int]]:
    return [keys.of(query).tolist() for query in range(len(keys.queries))]


def test_all_series_of_the_study_and_of_studies_with_the_same_report_are_relevant() -> None:
    assert listed(task_of(Task.TEXT_TO_IMAGE).relevant) == [[0, 1, 3], [0, 1, 3], [2], [0, 1, 3]]


def test_all_reports_of_the_study_and_their_copies_are_relevant() -> None:
    assert listed(task_of(Task.IMAGE_TO_TEXT).relevant) == [[0, 1, 3], [0, 1, 3], [2], [0, 1, 3], []]


def test_copies_do_not_chain_over_a_study_with_two_reports() -> None:
    series = [("a", "1", ""), ("b", "2", ""), ("c", "3", "")]
    reports = [("a", "1", "x"), ("b", "2", "x"), ("b", "2", "y"), ("c", "3", "y")]
    vectors = {Channel.IMAGE: random_vectors(3), Channel.REPORT: random_vectors(4)}
    built = build_task(world(series, reports, vectors), TaskSpec(Task.TEXT_TO_IMAGE, Channel.IMAGE), Exclusion.PATIENT)
    assert isinstance(built, RankingTask)
    assert listed(built.relevant) == [[0, 1], [0, 1], [1, 2], [1, 2]]


def test_series_with_equal_labels_are_relevant_and_unknown_labels_never_are() -> None:
    assert listed(task_of(Task.IMAGE_TO_IMAGE).relevant) == [[0, 2, 3], [1], [0, 2, 3], [0, 2, 3], []]


@pytest.mark.parametrize(
    ("exclusion", "expected"),
    [
        (Exclusion.PATIENT, [[0, 1, 2], [0, 1, 2], [0, 1, 2], [3], [4]]),
        (Exclusion.STUDY, [[0, 1], [0, 1], [2], [3], [4]]),
        (Exclusion.SERIES, [[0], [1], [2], [3], [4]]),
    ],
)
def test_who_is_left_out_of_an_image_to_image_query(exclusion: Exclusion, expected: list[list[int]]) -> None:
    assert listed(task_of(Task.IMAGE_TO_IMAGE, exclusion).excluded) == expected


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
    built = build_task(world(SERIES, REPORTS, vectors), TaskSpec(task, Channel.IMAGE), Exclusion.PATIENT)
    assert isinstance(built, SkippedTask)
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(built.reason)


def test_a_task_in_which_nothing_can_be_found_is_skipped() -> None:
    data = world([("a", "1", "x"), ("a", "1", "x")], (), {Channel.IMAGE: random_vectors(2)})
    built = build_task(data, TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE), Exclusion.PATIENT)
    assert isinstance(built, SkippedTask)
    assert "no query has a relevant item" in built.reason


def test_same_patient_retrieval_must_be_asked_for_in_so_many_words() -> None:
    known, unknown = world(SERIES), world([*SERIES, ("study-e", "", "brain T1")])
    check_exclusion(known, Exclusion.PATIENT, allow_same_patient=False)
    check_exclusion(unknown, Exclusion.PATIENT, allow_same_patient=True)
    with pytest.raises(UsageError, match="1 of 6 series have no patient"):
        check_exclusion(unknown, Exclusion.PATIENT, allow_same_patient=False)
    with pytest.raises(UsageError, match="flatters"):
        check_exclusion(known, Exclusion.SERIES, allow_same_patient=False)


def test_unknown_values_make_no_key() -> None:
    assert not key("label", "brain", "")
    assert key("label", "a", "b") != key("label", "ab")
    assert shared_keys([frozenset({"x", "y"})], [frozenset({"y", "x"}), frozenset()]).of(0).tolist() == [0]
