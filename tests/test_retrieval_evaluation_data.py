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
from retrieval.evaluation.data import EvaluationData, Wanted, read_evaluation_data
from retrieval.evaluation.rules import parse_rule
from retrieval.tables import Tables

NEEDED = ("region", "sequence")
NORMAL = "There is no acute infarct and no haemorrhage. The ventricles are of normal size."


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

    @property
    def tables(self) -> Tables:
        return Tables(self.snapshot)

    def vectors(self, channel: Channel) -> Any:
        rows = np.array(self.rows[channel], np.int64)
        return SimpleNamespace(row_ids=rows, vectors=np.stack([rows, rows * 2], axis=1).astype(np.float32))


def read(collection: FakeCollection, *needed: str, **more: Any) -> EvaluationData:
    return read_evaluation_data(cast("Any", collection), Wanted(needed=needed or NEEDED, **more))


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
        "manufacturer": ["GE", "GE", None],
        "model": ["SIGNA", None, None],
        "age_years": [17.9, None, 60.0],
    }
    reports = {
        "row_id": [5, 6, 7],
        "report_id": ["rep-x", "rep-x", "rep-y"],
        "ordinal": [0, 1, 0],
        "study_id": ["stu-2", "stu-2", ""],
        "patient_id": ["pat-2", "pat-2", None],
        "text": ["There is no acute infarct and no haemorrhage.", "The ventricles are of normal size.", NORMAL.upper()],
    }
    pq.write_table(pa.table(series), tmp_path / SERIES_FILE)
    pq.write_table(pa.table(reports), tmp_path / REPORTS_FILE)
    return FakeCollection(tmp_path, {Channel.IMAGE: [20, 30], Channel.CARD: [10, 20, 30], Channel.REPORT: [7, 5, 6]})


def test_columns_are_those_of_the_tables(collection: FakeCollection) -> None:
    data = read(collection, wished=("scanner", "age_band", "not there"), rules=(parse_rule("region+sequence"),))
    series, reports = data.scans[Channel.CARD], data.texts
    assert reports is not None
    assert series.ids == ("ser-a", "ser-b", "ser-c")
    assert series.of("region") == [("brain",), (), ("knee",)]
    assert series.of("region+sequence") == [("brain\x1fT1",), (), ("knee\x1fPD",)]
    assert series.of("scanner") == [("GE SIGNA",), ("GE",), ()]
    assert series.of("age_band") == [("1-17",), (), ("60-74",)]
    assert series.sizes.tolist() == [2, 2, 1]  # series of the study
    assert data.assumed_patients == 1
    assert reports.ids == ("rep-x", "rep-y")
    assert reports.of("study") == [("stu-2",), ()]
    assert reports.of("patient") == [("pat-2",), ()]
    assert read(collection, "te_ms").scans[Channel.CARD].of("te_ms") == [("10.0",), (), ("30.0",)]


def test_what_is_known_of_a_study_holds_for_its_reports_and_its_series(collection: FakeCollection) -> None:
    data = read(collection, "age_band")
    series, reports = data.scans[Channel.IMAGE], data.texts
    assert reports is not None
    assert reports.of("age_band") == [("60-74",), ()]
    assert reports.of("report") == [("text 0",), ("text 0",)]  # equal but for capitals and passages
    assert series.of("report") == [(), (), ("text 0",)]
    assert reports.of("text_length") == [("1-50 words",), ("1-50 words",)]
    assert reports.of("text_negation") == [("negated",), ("negated",)]
    assert series.of("text_side") == [(), (), ("none",)]
    assert reports.sizes.tolist() == [len(NORMAL), len(NORMAL)]


def test_vectors_belong_to_what_their_row_id_says(collection: FakeCollection) -> None:
    data = read(collection)
    assert data.texts is not None
    image, report = data.scans[Channel.IMAGE].vectors, data.texts.vectors
    assert image.vectors[:, 0].tolist() == [30, 20]
    assert image.offsets.tolist() == [0, 1, 1, 2]  # ser-b has no image vector
    assert report.vectors[:, 0].tolist() == [5, 6, 7]
    assert report.offsets.tolist() == [0, 2, 3]
    assert data.scans[Channel.CARD].space == "card-space"


def test_an_unknown_column_is_answered_with_the_nearest(collection: FakeCollection) -> None:
    with pytest.raises(UsageError, match=r'no column "regoin".*Did you mean "region"'):
        read(collection, "regoin")


def test_a_vector_without_a_row_is_refused(collection: FakeCollection) -> None:
    collection.rows[Channel.CARD].append(99)
    with pytest.raises(IntegrityError, match="card vectors name a row"):
        read(collection)


def test_a_snapshot_without_reports_has_none(collection: FakeCollection) -> None:
    (collection.snapshot / REPORTS_FILE).unlink()
    del collection.rows[Channel.REPORT]
    data = read(collection)
    assert data.texts is None
    assert set(data.scans) == {Channel.IMAGE, Channel.CARD}
