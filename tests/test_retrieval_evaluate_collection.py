"""The benchmark on a real collection: phantoms indexed by the small encoder, evaluated as `mrseek eval` does."""

import csv
import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from common.errors import UsageError
from indexer.records import Channel
from indexer.run import IndexOptions, index_archive
from phantoms.archive import ArchiveLayout, make_archive
from retrieval.collection import Collection
from retrieval.evaluation.evaluate import evaluate, evaluate_texts
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.settings import Settings, read_settings
from retrieval.evaluation.task_names import Aggregate, Level, Task

BY_PLANE = Settings(tasks=(Task.IMAGE_TO_IMAGE,), channels=(Channel.IMAGE,), relevance=(parse_rule("plane"),), draws=0)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluate")
    made = make_archive(folder / "archive", patients=5, seed=2, layout=ArchiveLayout.BIDS)
    index_archive([made.root], folder / "c", reports=made.reports, encoder="tiny", options=IndexOptions(workers=1))
    return folder / "c"


def test_every_task_is_scored_or_skipped_with_a_reason(collection: Path) -> None:
    with Collection.open(collection) as opened:
        evaluation = evaluate(opened, Settings(draws=50))
        series, reports = opened.manifest.counts.series, opened.manifest.counts.reports
    scored = {(result.spec.task, result.spec.channel): result for result in evaluation.tasks}
    skipped = {(one.task, one.channel): one.reason for one in evaluation.skipped}
    assert len(scored) + len(skipped) == 6
    assert "not aligned" in skipped[Task.TEXT_TO_IMAGE, Channel.IMAGE]
    asked = scored[Task.TEXT_TO_IMAGE, Channel.CARD]
    assert (asked.queries, asked.pool, asked.without_relevant) == (reports, series, 0)
    assert scored[Task.IMAGE_TO_TEXT, Channel.CARD].pool == reports
    assert evaluation.subject is not None
    assert evaluation.subject.snapshot == 1


def test_hits_are_those_of_vectors_and_tables_alone(collection: Path) -> None:
    """hit@1 of every report, without any of the evaluation's code: the share of relevant ones among the best cards."""
    with Collection.open(collection) as opened:
        result = evaluate(opened, Settings(tasks=(Task.TEXT_TO_IMAGE,), channels=(Channel.CARD,), draws=0)).tasks[0]
        cards, passages = opened.vectors(Channel.CARD), opened.vectors(Channel.REPORT)
        study_of = dict(opened.tables.rows("SELECT row_id, study_id FROM series"))
        told = opened.tables.rows("SELECT row_id, report_id, study_id, content_hash FROM reports")
    text_of = {study: text for _, _, study, text in told}
    studies = [study_of[row] for row in cards.row_ids.tolist()]
    places = {row: place for place, row in enumerate(passages.row_ids.tolist())}
    hits = []
    for report in {row[1] for row in told}:
        rows = [places[row_id] for row_id, other, _, _ in told if other == report]
        text = next(text for _, other, _, text in told if other == report)
        products = passages.vectors[rows].astype(np.float64) @ cards.vectors.astype(np.float64).T
        best = products.max(axis=0).astype(np.float32)
        first = [study for study, score in zip(studies, best, strict=True) if score == best.max()]
        hits.append(np.mean([text_of[study] == text for study in first]))
    assert result.figures[parse_measure("hit@1")].value == pytest.approx(np.mean(hits), abs=1e-12)


def test_columns_of_the_table_decide_what_is_relevant(collection: Path) -> None:
    with Collection.open(collection) as opened:
        by_plane = evaluate(opened, BY_PLANE)
        assert by_plane.tasks[0].relevant.max > 5
        with pytest.raises(UsageError, match='no column "plan"'):
            evaluate(opened, Settings(relevance=(parse_rule("plan"),)))
        with pytest.raises(UsageError, match="flatters"):
            evaluate(opened, Settings(exclude=("study",)))


def test_exclusions_are_the_patients_of_the_archive(collection: Path) -> None:
    with Collection.open(collection) as opened:
        result = evaluate(opened, BY_PLANE).tasks[0]
    with (collection.parent / "archive" / "truth.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    key = next(name for name in rows[0] if "patient" in name)
    sizes = [sum(other[key] == row[key] for other in rows) for row in rows]
    assert (result.excluded.min, result.excluded.max) == (min(sizes), max(sizes))


def test_a_gallery_of_its_own_gives_the_numbers_of_one_collection(collection: Path) -> None:
    with Collection.open(collection) as asking, Collection.open(collection) as ranked:
        alone = evaluate(asking, Settings(draws=0))
        apart = evaluate(asking, Settings(draws=0), gallery=ranked)
    assert apart.asked == apart.subject == alone.subject
    for one, other in zip(alone.tasks, apart.tasks, strict=True):
        assert {name: figure.value for name, figure in one.figures.items()} == {
            name: figure.value for name, figure in other.figures.items()
        }
        assert one.excluded == other.excluded


def test_collections_under_different_patient_keys_are_kept_apart(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.key").write_text("ab" * 32)
    monkeypatch.setenv("MRSEEK_PATIENT_KEY", str(tmp_path / "other.key"))
    archive = collection.parent / "archive"
    index_archive([archive], tmp_path / "other", encoder="tiny", options=IndexOptions(workers=1))
    with Collection.open(collection) as asking, Collection.open(tmp_path / "other") as ranked:
        with pytest.raises(UsageError, match="different keys"):
            evaluate(asking, BY_PLANE, gallery=ranked)
        allowed = evaluate(asking, replace(BY_PLANE, allow_same_patient=True), gallery=ranked)
    assert allowed.tasks[0].excluded.max == 0  # nobody is recognised


def test_free_texts_find_what_their_columns_name(collection: Path, tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text("text,plane\naxial scan,axial\nsagittal scan,sagittal\nno such scan,oblique\n")
    with Collection.open(collection) as opened:
        evaluation = evaluate_texts(opened, table, Settings(channels=(Channel.CARD,), draws=0))
        planes = [row[0] for row in opened.tables.rows("SELECT plane FROM series")]
    result = evaluation.tasks[0]
    assert (result.queries, result.without_relevant) == (3, 1)
    assert (result.relevant.min, result.relevant.max) == tuple(
        sorted((planes.count("axial"), planes.count("sagittal")))
    )
    assert result.figures[parse_measure("hit@1")].value == 1.0
    assert result.rules == ("match:region+sequence+plane",)
    assert evaluation.asked is not None
    assert (evaluation.asked.name, evaluation.asked.reports) == ("texts.csv", 3)
    assert any("texts of nobody" in note for note in result.notes)


def test_settings_read_back_what_a_report_says_of_them() -> None:
    asked = Settings(
        tasks=(Task.TEXT_TO_TEXT,),
        channels=(Channel.CARD,),
        level=Level.STUDY,
        aggregate=Aggregate.MEAN,
        measures=(parse_measure("ndcg@7"),),
        relevance=(parse_rule("overlap:finding"), parse_rule("study")),
        exclude=("patient", "site"),
        allow_same_patient=True,
        near_duplicates=0.5,
        strata=("site",),
        seed=9,
        draws=7,
        depth=3,
        probes=True,
    )
    told = json.loads(json.dumps(asked.as_configuration()))
    assert read_settings(told) == asked
    assert set(told) == {field.name for field in fields(Settings)} - {"block_bytes"}
    with pytest.raises(UsageError, match="not the configuration"):
        read_settings({"tasks": ["text-to-text"]})
