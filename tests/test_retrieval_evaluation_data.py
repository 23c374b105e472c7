"""Columns and vectors of a snapshot, read from Parquet written by hand: joined by row id, never by position."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from common.errors import IntegrityError, UsageError
from indexer.layout import REPORTS_FILE, SERIES_FILE
from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData, read_evaluation_data

LABELS = ("region", "sequence")


@dataclass
class FakeCollection:
    """What `read_evaluation_data` asks of a collection."""

    snapshot: Path
    rows: dict[Channel, list[int]]

    @property
    def manifest(self) -> Any:
        return SimpleNamespace(
            channels={channel.value: SimpleNamespace(space=f"{channel}-space") for channel in self.rows}
        )

    def vectors(self, channel: Channel) -> Any:
        rows = np.array(self.rows[channel], np.int64)
        return SimpleNamespace(row_ids=rows, vectors=np.stack([rows, rows * 2], axis=1).astype(np.float32))


def read(collection: FakeCollection, columns: tuple[str, ...] = LABELS) -> EvaluationData:
    return read_evaluation_data(cast("Any", collection), columns)


@pytest.fixture
def collection(tmp_path: Path) -> FakeCollection:
    series = {
        "row_id": [30, 10, 20],
        "series_id": ["ser-a", "ser-b", "ser-c"],
        "study_id": ["stu-1", "stu-1", "stu-2"],
        "patient_id": ["pat-1", "pat-1", "pat-2"],
        "patient_known": [True, True, False],
        "region": ["brain", None, "knee"],
        "sequence": ["T1", "T2", "PD"],
        "te_ms": [10.0, None, 30.0],
    }
    reports = {
        "row_id": [5, 6, 7],
        "report_id": ["rep-x", "rep-x", "rep-y"],
        "ordinal": [0, 1, 0],
        "study_id": ["stu-2", "stu-2", ""],
        "patient_id": ["pat-2", "pat-2", None],
        "content_hash": ["h1", "h1", "h2"],
    }
    pq.write_table(pa.table(series), tmp_path / SERIES_FILE)
    pq.write_table(pa.table(reports), tmp_path / REPORTS_FILE)
    return FakeCollection(tmp_path, {Channel.IMAGE: [20, 30], Channel.CARD: [10, 20, 30], Channel.REPORT: [7, 5, 6]})


def test_facts_are_those_of_the_tables(collection: FakeCollection) -> None:
    data = read(collection)
    assert data.series.ids == ("ser-a", "ser-b", "ser-c")
    assert data.series.labels == (("brain", "T1"), ("", "T2"), ("knee", "PD"))
    assert data.series.assumed_patients == 1
    assert data.reports.ids == ("rep-x", "rep-y")
    assert data.reports.studies == ("stu-2", "")
    assert data.reports.patients == ("pat-2", "")
    assert data.reports.texts == ("h1", "h2")
    assert read(collection, ("te_ms",)).series.labels == (("10.0",), ("",), ("30.0",))


def test_vectors_belong_to_what_their_row_id_says(collection: FakeCollection) -> None:
    vectors = read(collection).vectors
    image, report = vectors[Channel.IMAGE].items, vectors[Channel.REPORT].items
    assert image.vectors[:, 0].tolist() == [30, 20]
    assert image.offsets.tolist() == [0, 1, 1, 2]  # ser-b has no image vector
    assert report.vectors[:, 0].tolist() == [5, 6, 7]
    assert report.offsets.tolist() == [0, 2, 3]
    assert vectors[Channel.CARD].space == "card-space"


def test_an_unknown_column_is_answered_with_the_nearest(collection: FakeCollection) -> None:
    with pytest.raises(UsageError, match=r'no column "regoin".*Did you mean "region"'):
        read(collection, ("regoin",))


def test_a_vector_without_a_row_is_refused(collection: FakeCollection) -> None:
    collection.rows[Channel.CARD].append(99)
    with pytest.raises(IntegrityError, match="card vectors name a row"):
        read(collection)


def test_a_snapshot_without_reports_has_none(collection: FakeCollection) -> None:
    (collection.snapshot / REPORTS_FILE).unlink()
    del collection.rows[Channel.REPORT]
    data = read(collection)
    assert data.reports.ids == ()
    assert set(data.vectors) == {Channel.IMAGE, Channel.CARD}
