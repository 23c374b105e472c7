"""The benchmark on a real collection: phantoms indexed by the small encoder, evaluated as `mrseek eval` does."""

import csv
from pathlib import Path

import numpy as np
import pytest

from common.errors import UsageError
from indexer.records import Channel
from indexer.run import IndexOptions, index_archive
from phantoms.archive import ArchiveLayout, make_archive
from retrieval.collection import Collection
from retrieval.evaluation.evaluate import evaluate
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Task

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
