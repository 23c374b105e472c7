"""Whole evaluations on worlds whose answer is known: skill, no skill, leaks, and what a naive script would say."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from common.errors import IntegrityError, UsageError
from indexer.records import Channel
from retrieval.evaluation.baselines import Baseline, check_null, tolerance
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.items import Items
from retrieval.evaluation.metrics import Measure, MeasureKind, parse_measure
from retrieval.evaluation.ranking_task import QueryScores, score_task
from retrieval.evaluation.results import Evaluation, Subject, TaskResult
from retrieval.evaluation.rules import usual_rules
from retrieval.evaluation.score_sources import random_scores
from retrieval.evaluation.settings import Settings, read_settings
from retrieval.evaluation.task_names import Task
from retrieval.evaluation.tasks import BuiltTask, Leaving, TaskSpec, build_task
from retrieval.report.document import as_document
from retrieval.report.tables import as_markdown, as_table
from tests.evaluation_cases import archive, spaced, unit, world

SETTINGS = Settings(channels=(Channel.IMAGE,), draws=200)
SCHEMA = Path(__file__).resolve().parent.parent / "cli" / "schemas" / "eval.schema.json"


@pytest.fixture(scope="module")
def skilled() -> Evaluation:
    return evaluate_data(archive(60, 0, skill=1.5), SETTINGS)


def numbers(evaluation: Evaluation) -> dict[str, object]:
    return {name: value for name, value in as_document(evaluation).items() if name != "environment"}


def all_alike(items: Items) -> Items:
    return replace(items, vectors=replace(items.vectors, vectors=np.ones_like(items.vectors.vectors)))


def result_of(evaluation: Evaluation, task: Task) -> TaskResult:
    return next(result for result in evaluation.tasks if result.spec.task is task)


def test_an_encoder_with_skill_is_above_chance_and_below_the_ceiling(skilled: Evaluation) -> None:
    for task in (Task.TEXT_TO_IMAGE, Task.IMAGE_TO_TEXT):
        for measure, figure in result_of(skilled, task).figures.items():
            assert figure.interval is not None
            assert figure.interval.low <= figure.value <= figure.interval.high
            if measure.is_rank:
                assert figure.ceiling <= figure.value < figure.chance / 3
            else:
                assert figure.chance * 3 < figure.interval.low
                assert figure.value <= figure.ceiling + 1e-12


def test_random_vectors_score_at_chance_on_every_task() -> None:
    evaluation = evaluate_data(archive(300, 1, skill=0.0), SETTINGS)
    assert len(evaluation.tasks) == 3
    for result in evaluation.tasks:
        for measure, figure in result.figures.items():
            if not measure.is_rank:
                assert figure.value == pytest.approx(figure.chance, abs=0.03), (result.spec.task, measure)
                assert figure.baselines[Baseline.RANDOM] == pytest.approx(figure.chance, abs=0.03), (
                    result.spec.task,
                    measure,
                )


def test_the_values_are_those_of_a_plain_loop(skilled: Evaluation) -> None:
    data = archive(60, 0, skill=1.5)
    texts, scans = data.texts, data.scans[Channel.IMAGE]
    assert texts is not None
    image, report = scans.vectors, texts.vectors
    hits, recalls = [], []
    for query, study in enumerate(texts.of("study")):
        passages = report.vectors[report.offsets[query] : report.offsets[query + 1]]
        order = np.argsort(-(passages @ image.vectors.T).max(axis=0), kind="stable")[:5]
        relevant = {place for place, other in enumerate(scans.of("study")) if other == study}
        hits.append(bool(relevant & set(order.tolist())))
        recalls.append(len(relevant & set(order.tolist())) / len(relevant))
    figures = result_of(skilled, Task.TEXT_TO_IMAGE).figures
    assert figures[parse_measure("hit@5")].value == pytest.approx(np.mean(hits), abs=1e-12)
    assert figures[parse_measure("recall@5")].value == pytest.approx(np.mean(recalls), abs=1e-12)


def test_the_same_seed_gives_the_same_report_and_blocks_change_nothing(skilled: Evaluation) -> None:
    again = evaluate_data(archive(60, 0, skill=1.5), replace(SETTINGS, block_bytes=20_000))
    assert numbers(again) == numbers(skilled)
    alone = evaluate_data(archive(60, 0, skill=1.5), replace(SETTINGS, tasks=(Task.IMAGE_TO_TEXT,)))
    assert alone.tasks[0] == result_of(skilled, Task.IMAGE_TO_TEXT)


def test_counts_pool_and_exclusions_are_those_of_the_world() -> None:
    data = archive(40, 2, skill=1.0)
    result = result_of(evaluate_data(data, SETTINGS), Task.IMAGE_TO_IMAGE)
    patients = list(data.scans[Channel.IMAGE].of("patient"))
    of_patient = [patients.count(patient) for patient in patients]
    assert result.queries == result.pool == len(patients)
    assert (result.excluded.min, result.excluded.max) == (min(of_patient), max(of_patient))
    assert result.excluded.median == np.median(of_patient)
    assert result.exclusion == ("patient",)
    assert result.patients == 40


def test_queries_without_relevant_items_are_counted_and_left_out_of_the_means() -> None:
    vectors = unit(np.eye(4)[[0, 0, 1, 2]])
    series = [("a", "1", "x"), ("b", "2", "x"), ("c", "3", "lonely"), ("d", "4", "")]
    evaluation = evaluate_data(
        world(series, (), {Channel.IMAGE: spaced(vectors)}), replace(SETTINGS, tasks=(Task.IMAGE_TO_IMAGE,))
    )
    result = evaluation.tasks[0]
    assert (result.queries, result.without_relevant, result.patients) == (4, 2, 2)
    assert result.figures[parse_measure("hit@1")].value == 1.0


def test_a_query_without_a_vector_counts_as_a_failure() -> None:
    owners = [0, 1, 3]  # the third report has no passage that was encoded
    reports = [(study, study, study) for study in "abcd"]
    vectors = {Channel.IMAGE: spaced(unit(np.eye(4))), Channel.REPORT: spaced(unit(np.eye(4)[owners]), owners)}
    data = world([(study, study, "x") for study in "abcd"], reports, vectors)
    result = evaluate_data(data, replace(SETTINGS, tasks=(Task.TEXT_TO_IMAGE,))).tasks[0]
    assert (result.without_vector, result.without_relevant) == (1, 0)
    assert result.figures[parse_measure("hit@1")].value == 0.75
    assert result.figures[parse_measure("mrr")].value == 0.75


def test_tied_scores_are_worth_chance() -> None:
    data = archive(30, 3, skill=0.0)
    assert data.texts is not None
    flat = EvaluationData({Channel.IMAGE: all_alike(data.scans[Channel.IMAGE])}, all_alike(data.texts))
    for result in evaluate_data(flat, SETTINGS).tasks:
        for measure, figure in result.figures.items():
            assert figure.value == pytest.approx(figure.chance, abs=1e-12), (result.spec.task, measure)


def test_random_vectors_with_ct_rates_labels_score_at_chance_where_the_naive_script_flatters() -> None:
    """CT-RATE's validation split: 3,039 volumes of 1,564 scans of 1,304 patients; labels belong to the scan."""
    generator = np.random.default_rng(8)
    scan_patient = np.concatenate([np.arange(1304), generator.integers(0, 1304, 1564 - 1304)])
    volume_scan = np.concatenate([np.arange(1564), generator.integers(0, 1564, 3039 - 1564)])
    scan_label = generator.choice(8, 1564, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
    of_scan = generator.standard_normal((1564, 64))  # knows who it is, and nothing else
    series = [(f"s{s}", f"p{scan_patient[s]}", str(scan_label[s])) for s in volume_scan]
    vectors = unit(of_scan[volume_scan] + 0.05 * generator.standard_normal((3039, 64)))

    settings = replace(
        SETTINGS, tasks=(Task.IMAGE_TO_IMAGE,), measures=tuple(map(parse_measure, ("precision@1", "precision@5")))
    )
    data = world(series, (), {Channel.IMAGE: spaced(vectors)})
    for figure in evaluate_data(data, settings).tasks[0].figures.values():
        assert figure.value == pytest.approx(figure.chance, abs=0.03)
        assert 0.1 < figure.chance < 0.25

    labels = scan_label[volume_scan]
    nearest = np.argsort(-(vectors @ vectors.T), axis=1)  # query and own patient stay in, as in the published script
    naive = [(labels[nearest[:, :k]] == labels[:, None]).mean() for k in (1, 5)]
    assert naive[0] == 1.0
    assert naive[1] > 0.4

    same = replace(settings, exclude=("series",), allow_same_patient=True)
    leaky = evaluate_data(data, same).tasks[0]
    assert leaky.figures[parse_measure("precision@1")].value > 0.5
    assert any("own patient may be found" in note for note in leaky.notes)


def test_a_leak_in_the_harness_itself_stops_the_run() -> None:
    data = archive(300, 4, skill=0.0)
    spec = TaskSpec(Task.TEXT_TO_IMAGE, Channel.IMAGE)
    built = build_task(data, data, spec, usual_rules(spec.task), Leaving())
    assert isinstance(built, BuiltTask)
    measures = (Measure(MeasureKind.HIT, 10),)
    random = random_scores(len(built.queries), len(built.gallery), np.random.default_rng(0), same=False)
    scores = score_task(built.ranking.scored_by(random), measures, block_bytes=1 << 20)
    check_null(scores, measures, rounds=1, gallery=500)
    leaked = QueryScores(np.minimum(scores.reached.values + 0.3, 1.0), scores.reached.first)
    with pytest.raises(IntegrityError, match=r"hit@10 .* leaks"):
        check_null(replace(scores, reached=leaked), measures, rounds=1, gallery=500)


def test_the_null_check_never_cries_wolf_on_rare_or_few_queries() -> None:
    generator = np.random.default_rng(9)
    for queries, chance in ((3, 0.01), (50, 0.001), (2000, 0.00005), (500, 0.5)):
        means = generator.binomial(queries, chance, 20_000) / queries
        assert (np.abs(means - chance) <= tolerance(np.full(queries, chance), rounds=1, gallery=1000)).all()
    assert tolerance(np.full(2000, 0.15), rounds=1, gallery=3000) < 0.08


@pytest.mark.parametrize("labels", [["x"] * 3 + ["y"] * 7, ["x"] * 2 + ["y"] * 28, ["x", "y"] * 20])
def test_the_null_check_is_quiet_where_all_queries_want_the_same_few_items(labels: list[str]) -> None:
    series = [(str(place), str(place), label) for place, label in enumerate(labels)]
    reports = [("", str(place), "copied") for place in range(400)] + [("0", "0", "copied")]
    vectors = {
        Channel.IMAGE: spaced(unit(np.eye(len(series)))),
        Channel.REPORT: spaced(unit(np.ones((401, len(series))))),
    }
    data = world(series, reports, vectors)
    for seed in range(5):
        evaluate_data(data, replace(SETTINGS, seed=seed, draws=0))


def test_image_to_image_without_patients_is_refused_unless_wanted() -> None:
    series = [("a", "", "x"), ("b", "", "x"), ("c", "3", "x")]
    data = world(series, (), {Channel.IMAGE: spaced(unit(np.eye(3)))})
    with pytest.raises(UsageError, match="2 of 3 series items have no patient"):
        evaluate_data(data, SETTINGS)
    allowed = evaluate_data(data, replace(SETTINGS, allow_same_patient=True))
    assert any("own patient may be found" in note for note in allowed.tasks[0].notes)
    assert {skipped.task for skipped in allowed.skipped} == {Task.TEXT_TO_IMAGE, Task.IMAGE_TO_TEXT}


def test_the_json_keeps_the_contract(skilled: Evaluation) -> None:
    plain = json.loads(json.dumps(as_document(skilled), allow_nan=False))
    jsonschema.validate(plain, json.loads(SCHEMA.read_text()))
    task = plain["tasks"][0]
    assert set(task["metrics"]) == set(task["chance"]) == set(task["intervals"]) == set(task["baselines"]["random"])
    assert plain["configuration"]["seed"] == 0
    assert task["pool_studies"] == len(set(archive(60, 0, skill=1.5).scans[Channel.IMAGE].of("study")))
    subject = Subject("archive", 7, "cd" * 16, "towers", "ab" * 16, "0.1.0", 120, 90)
    named = as_document(replace(skilled, subject=subject))["subject"]
    assert (named["snapshot"], named["encoder"]["name"], named["series"]) == (7, "towers", 120)
    assert read_settings(plain["configuration"]) == SETTINGS


def test_reports_for_people_show_every_measure_with_its_chance(skilled: Evaluation) -> None:
    document = as_document(skilled)
    markdown, table = as_markdown(document), as_table(document)
    for result in skilled.tasks:
        assert f"## {result.spec.task} on {result.spec.channel}" in markdown
        assert f"pool {result.pool}" in table
    hit = result_of(skilled, Task.TEXT_TO_IMAGE).figures[parse_measure("hit@1")]
    row = f"| hit@1 | {hit.value:.3f} | {hit.interval.low:.3f} to {hit.interval.high:.3f} | {hit.chance:.3f} |"  # type: ignore[union-attr]
    assert row in markdown
    rank = result_of(skilled, Task.TEXT_TO_IMAGE).figures[parse_measure("median_rank")]
    assert f"| median_rank | {rank.value:.1f} |" in markdown
