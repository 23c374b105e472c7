"""Two reports compared query by query: the numbers are those of arrays, and what is no fair comparison is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from common.errors import IntegrityError, NotFoundError, UsageError
from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.paired import compare_means
from retrieval.evaluation.results import Evaluation
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Task
from retrieval.report.compare_reports import as_json, compare_channels, compare_reports
from retrieval.report.comparison_table import as_table
from retrieval.report.folder import write_report
from tests.evaluation_cases import archive

MEASURES = tuple(map(parse_measure, ("hit@5", "mrr", "median_rank", "mean_rank")))
SETTINGS = Settings(channels=(Channel.IMAGE,), measures=MEASURES)


def blurred(data: EvaluationData, seed: int) -> EvaluationData:
    """The same world, seen by a worse encoder."""
    scans = data.scans[Channel.IMAGE]
    noise = np.random.default_rng(seed).standard_normal(scans.vectors.vectors.shape).astype(np.float32)
    mixed = scans.vectors.vectors + 0.25 * noise
    vectors = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    worse = replace(scans, vectors=ItemVectors(vectors.astype(np.float32), scans.vectors.offsets))
    return replace(data, scans={Channel.IMAGE: worse, Channel.CARD: worse})


@pytest.fixture(scope="module")
def evaluations() -> tuple[Evaluation, Evaluation]:
    good = archive(40, 0, skill=1.5)
    return evaluate_data(blurred(good, 1), SETTINGS), evaluate_data(good, SETTINGS)


@pytest.fixture(scope="module")
def folders(evaluations: tuple[Evaluation, Evaluation], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    here = tmp_path_factory.mktemp("compare")
    for name, evaluation in zip(("worse", "better"), evaluations, strict=True):
        write_report(here / name, evaluation)
    return here / "worse", here / "better"


def test_effects_are_those_of_the_reports_and_p_values_are_corrected(
    folders: tuple[Path, Path], evaluations: tuple[Evaluation, Evaluation]
) -> None:
    found = compare_reports(*folders)
    assert len(found) == 3 * len(MEASURES)
    worse, better = evaluations
    for place, one in enumerate(found):
        task, measure = place // len(MEASURES), MEASURES[place % len(MEASURES)]
        assert (one.task, one.measure) == (better.tasks[task].spec.task.value, str(measure))
        assert (one.a, one.b) == ("worse, image", "better, image")
        assert one.found.a == pytest.approx(worse.tasks[task].figures[measure].value, abs=1e-12)
        assert one.found.b == pytest.approx(better.tasks[task].figures[measure].value, abs=1e-12)
        assert one.found.effect == pytest.approx(one.found.b - one.found.a, abs=1e-12)
        assert one.found.p <= one.found.p_corrected <= 1.0
    mrr = next(one for one in found if (one.task, one.measure) == ("text-to-image", "mrr"))
    assert mrr.found.interval is not None
    assert mrr.found.interval.low > 0
    assert mrr.found.p_corrected < 0.05


def test_a_comparison_is_that_of_the_arrays(
    folders: tuple[Path, Path], evaluations: tuple[Evaluation, Evaluation]
) -> None:
    details = [evaluation.tasks[0].detail for evaluation in evaluations]
    assert details[0] is not None
    assert details[1] is not None
    values = [detail.scores.reached.values[:, 1] for detail in details if detail is not None]
    clusters = details[0].built.ranking.clusters
    expected = compare_means(values[0], values[1], clusters, np.random.default_rng(0))
    found = next(one for one in compare_reports(*folders) if (one.task, one.measure) == ("text-to-image", "mrr"))
    assert found.found.interval is not None
    assert expected.interval is not None
    assert found.found.interval.low == pytest.approx(expected.interval.low, abs=1e-12)
    assert found.found.p == pytest.approx(expected.p, abs=0.01)  # other flips


def test_a_report_against_itself_differs_in_nothing(folders: tuple[Path, Path]) -> None:
    for one in compare_reports(folders[0], folders[0]):
        assert (one.found.effect, one.found.p, one.found.p_corrected) == (0.0, 1.0, 1.0)


def test_channels_of_one_report_are_compared_task_by_task(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    both = evaluate_data(archive(20, 3, skill=1.0), replace(SETTINGS, channels=(Channel.IMAGE, Channel.CARD)))
    write_report(tmp_path / "both", both)
    found = compare_channels(tmp_path / "both" / "report.json")
    assert [(one.a, one.b) for one in found] == [("image", "card")] * 12
    assert all(one.found.effect == 0.0 for one in found)  # this world has the same vectors on both
    with pytest.raises(UsageError, match="two channels"):
        compare_channels(folders[0])


def test_what_asks_something_else_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    same_patient = replace(SETTINGS, exclude=("series",), allow_same_patient=True)
    write_report(tmp_path / "other", evaluate_data(archive(40, 0, skill=1.5), same_patient))
    with pytest.raises(UsageError, match="do not ask the same in image-to-image: excluded"):
        compare_reports(folders[0], tmp_path / "other")
    write_report(tmp_path / "fewer", evaluate_data(archive(39, 0, skill=1.5), SETTINGS))
    with pytest.raises(UsageError, match="pool is"):
        compare_reports(folders[0], tmp_path / "fewer")
    write_report(
        tmp_path / "texts", evaluate_data(archive(9, 0, skill=1.5), replace(SETTINGS, tasks=(Task.TEXT_TO_TEXT,)))
    )
    with pytest.raises(UsageError, match="no task"):
        compare_reports(folders[0], tmp_path / "texts")


def test_a_folder_that_is_not_whole_is_refused(evaluations: tuple[Evaluation, Evaluation], tmp_path: Path) -> None:
    write_report(tmp_path / "a", evaluations[0])
    write_report(tmp_path / "b", evaluations[1])
    table = tmp_path / "b" / "queries" / "text-to-image.image.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IntegrityError, match="cannot be read"):
        compare_reports(tmp_path / "a", tmp_path / "b")
    table.unlink()
    with pytest.raises(NotFoundError, match="no table of queries"):
        compare_reports(tmp_path / "a", tmp_path / "b")
    with pytest.raises(NotFoundError, match="no report"):
        compare_reports(tmp_path / "a", tmp_path / "nowhere")


def test_the_table_and_the_json_say_the_same(folders: tuple[Path, Path]) -> None:
    plain = json.loads(json.dumps(as_json(compare_reports(*folders)), allow_nan=False))
    text = as_table(plain)
    for one in plain:
        digits = 1 if one["measure"].endswith("rank") else 3
        assert f"{one['effect']:.{digits}f}" in text
    assert "text-to-image: better, image against worse, image" in text
    assert f"all {len(plain)} comparisons" in text
