"""What CT-CLIP's scripts print for vectors that know nothing, and that this harness is not taken in by them.

The figures are those of ../shared/field.md, found on CT-RATE's own labels; here the labels are made to count alike.
"""

from functools import cache

import numpy as np
import pytest

from benchmarks import ct_clip_script
from benchmarks.ct_clip_leak import (
    MEASURES,
    OWN_ROW,
    OWN_SCAN,
    QUERY_LEFT_OUT,
    as_evaluation_data,
    identity_vectors,
    random_vectors,
    reports_find_volumes,
)
from benchmarks.ct_clip_script import LeftOut, as_printed, emptied, report_to_volume, volume_to_volume
from benchmarks.ct_rate_labels import made_ct_rate
from indexer.records import Channel
from retrieval.evaluation.baselines import Baseline, run_baselines, tolerance
from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.naive_protocol import NAIVE_KS, naive_points
from retrieval.evaluation.notes import notes_of
from retrieval.evaluation.ranking_task import score_task
from retrieval.evaluation.results import NaivePoint
from retrieval.evaluation.rules import label_overlap, parse_rule
from retrieval.evaluation.score_sources import VectorScores, random_scores
from retrieval.evaluation.task_names import Exclusion, Task
from retrieval.evaluation.tasks import BuiltTask, Leaving, TaskSpec, build_task

VOLUMES = made_ct_rate()
PATIENTS_LEAVE = Leaving()


@cache
def built_on(kind: str, leaving: Leaving = PATIENTS_LEAVE) -> BuiltTask:
    vectors = random_vectors(VOLUMES, 1) if kind == "random" else identity_vectors(VOLUMES, 1)
    data = as_evaluation_data(VOLUMES, vectors)
    spec = TaskSpec(Task.IMAGE_TO_IMAGE, Channel.IMAGE)
    built = build_task(data, data, spec, (parse_rule("overlap:finding"),), leaving)
    assert isinstance(built, BuiltTask)
    return built


@cache
def naive(kind: str) -> tuple[tuple[NaivePoint, ...], np.ndarray]:
    """Our own copy of the protocol, and the random vectors that it drew."""
    built = built_on(kind)
    labels = label_overlap(built.rules, built.queries, built.gallery)
    assert labels is not None
    drawn = random_scores(len(VOLUMES), len(VOLUMES), np.random.default_rng(5), same=True).items.vectors
    return naive_points(built, labels, np.random.default_rng(5), block_bytes=32 << 20), drawn


def test_the_made_labels_count_like_the_real_ones() -> None:
    assert len(VOLUMES) == 3039
    assert len(np.unique(VOLUMES.scans)) == 1564
    assert len(np.unique(VOLUMES.patients)) == 1304
    assert VOLUMES.labels.shape == (3039, 18)
    assert np.mean(~VOLUMES.labels.any(axis=1)) == pytest.approx(0.114, abs=0.001)
    for scan in (0, 700, 1563):
        of_scan = VOLUMES.labels[VOLUMES.scans == scan]
        assert (of_scan == of_scan[0]).all()


def test_random_vectors_by_the_script_print_what_is_known_of_it() -> None:
    _, drawn = naive("random")
    values = volume_to_volume(drawn, VOLUMES)
    assert as_printed(values) == pytest.approx([0.886, 0.592, 0.470, 0.394], abs=0.002)


def test_the_protocol_that_is_kept_here_counts_as_the_script_does() -> None:
    for kind in ("random", "identity"):
        points, drawn = naive(kind)
        own = built_on(kind).ranking.scores
        assert isinstance(own, VectorScores)
        assert [one.k for one in points] == list(NAIVE_KS) == list(ct_clip_script.K_LIST)
        for vectors, by_script, apart in (
            (drawn, [one.random for one in points], [one.random_apart for one in points]),
            (own.items.vectors, [one.vectors for one in points], [one.vectors_apart for one in points]),
        ):
            assert by_script == pytest.approx(as_printed(volume_to_volume(vectors, VOLUMES)), abs=1e-9)
            expected = emptied(volume_to_volume(vectors, VOLUMES, LeftOut.PATIENT))
            assert apart == pytest.approx(expected, abs=1e-9)


def test_with_the_patient_left_out_random_vectors_get_the_same_at_every_k() -> None:
    points, _ = naive("random")
    assert [one.random_apart for one in points] == pytest.approx([0.152] * 4, abs=0.006)


def test_to_leave_out_the_query_is_not_enough() -> None:
    vectors = identity_vectors(VOLUMES, 1)
    query = emptied(volume_to_volume(vectors, VOLUMES, LeftOut.QUERY))
    patient = emptied(volume_to_volume(vectors, VOLUMES, LeftOut.PATIENT))
    assert query[0] == pytest.approx(0.856, abs=0.01)  # its other reconstructions are found
    assert patient == pytest.approx([0.152] * 4, abs=0.012)


@pytest.mark.parametrize("kind", ["random", "identity"])
def test_the_harness_finds_nothing_in_vectors_that_know_nothing(kind: str) -> None:
    built = built_on(kind)
    scores = score_task(built.ranking, MEASURES, block_bytes=32 << 20)
    scored = scores.relevant > 0
    assert int(np.sum(~scored)) == int(np.sum(~VOLUMES.labels.any(axis=1)))
    assert built.leaving == ("patient",)
    for column, measure in enumerate(MEASURES):
        reached, chance = scores.reached.values[scored, column], scores.chance.values[scored, column]
        # Volumes of a scan have one vector between them: there are only as many independent ones as scans.
        allowed = tolerance(chance, rounds=1, gallery=len(np.unique(VOLUMES.scans)))
        assert abs(reached.mean() - chance.mean()) < allowed, measure
        assert allowed < 0.1, measure  # wide enough for luck, and far too narrow for the leak below


def test_the_null_run_of_the_harness_is_at_chance() -> None:
    scores = run_baselines(built_on("identity"), MEASURES, np.random.default_rng, block_bytes=32 << 20)
    for one in (scores[Baseline.RANDOM], scores[Baseline.PERMUTED]):
        chance = one.chance.values[one.relevant > 0]
        np.testing.assert_allclose(one.reached.values[one.relevant > 0].mean(axis=0), chance.mean(axis=0), atol=0.05)


def test_the_harness_says_so_where_the_patient_may_be_found() -> None:
    built = built_on("identity", Leaving((Exclusion.SERIES.value,), allow_same_patient=True))
    scores = score_task(built.ranking, MEASURES, block_bytes=32 << 20)
    scored = scores.relevant > 0
    reached, chance = (one.values[scored].mean(axis=0) for one in (scores.reached, scores.chance))
    gained = dict(zip(map(str, MEASURES), reached - chance, strict=True))
    assert gained["precision@1"] > 0.3
    assert gained["ndcg@10"] > 0.15
    assert any("own patient may be found" in note for note in notes_of(built, QUERY_LEFT_OUT, 0))


def test_a_perfect_oracle_is_capped_where_only_the_own_row_counts() -> None:
    vectors = identity_vectors(VOLUMES, 3)
    data = as_evaluation_data(VOLUMES, vectors, texts=vectors)
    hit = parse_measure("hit@1")
    cap = 1564 / 3039
    assert cap == pytest.approx(0.515, abs=0.0005)
    assert report_to_volume(vectors, vectors, 1) == pytest.approx(cap, abs=1e-12)
    own_row = evaluate_data(data, reports_find_volumes(OWN_ROW)).tasks[0].figures[hit]
    own_scan = evaluate_data(data, reports_find_volumes(OWN_SCAN)).tasks[0].figures[hit]
    assert own_row.value == pytest.approx(cap, abs=1e-12)
    assert own_scan.value == 1.0
