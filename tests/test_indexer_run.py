"""Indexing little archives: what comes out, and what a second run does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import EncoderMismatchError, NotFoundError, UsageError
from encoders.open import open_encoder
from indexer.export import ExportFormat, ExportTable, export_table
from indexer.open import open_snapshot
from indexer.run import IndexOptions, index_archive, retry_failures
from indexer.schema import SERIES_COLUMNS, row_id_of
from indexer.status import FailureKind, collection_status, list_failures
from indexer.summary import RunSummary
from indexer.verify import verify_collection
from tests.dicom_files import write_series
from tests.indexer_archives import (
    content_of,
    copy_of,
    image_vectors,
    paths_of,
    write_archive,
    write_reports,
    write_scan,
)

OPTIONS = IndexOptions(workers=1)


def index(archive: Path, collection: Path, **more: object) -> RunSummary:
    facts: dict[str, object] = {"encoder": "tiny", "options": OPTIONS} | more
    return index_archive([archive], collection, **facts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, patient_key: Path) -> tuple[Path, Path]:
    """An archive of two cases with reports, and its collection; tests change copies only."""
    folder = tmp_path_factory.mktemp("made")
    archive = write_archive(folder / "archive", 2)
    index(archive, folder / "collection", reports=write_reports(folder / "reports.csv", 2))
    return archive, folder / "collection"


@pytest.fixture
def copy(made: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of both that a test may change."""
    return copy_of(made[0].parent, tmp_path)


def test_rows_carry_the_schema(made: tuple[Path, Path]) -> None:
    content = content_of(made[1])
    assert list(content.series[0]) == [column.name for column in SERIES_COLUMNS]
    assert [row["series_id"] for row in content.series] == sorted(row["series_id"] for row in content.series)
    for row in content.series:
        assert row["row_id"] == row_id_of("series", row["series_id"])
        assert row["format"] == "nifti"
        assert (row["spacing_x_mm"], row["slices"], row["source"]) == (2.0, 6, "archive")
    flair = next(row for row in content.series if row["path"] == "case0/FLAIR.nii")
    assert flair["sequence"] == "FLAIR"
    assert "FLAIR" in flair["card"]
    assert json.loads(flair["evidence"])["sequence"]["rule"]


def test_vectors_are_those_of_the_encoder(made: tuple[Path, Path]) -> None:
    archive, collection = made
    from volumes.load import load_path

    tower = open_encoder("tiny").image
    content = content_of(collection)
    for path, vector in image_vectors(content).items():
        expected = tower.encode(tower.prepare(load_path(archive / path).chosen)[None])[0]
        assert vector == expected.tobytes()
    texts = open_encoder("tiny").text
    for row in content.series:
        assert content.vectors["card"][row["row_id"]] == texts.encode([row["card"]])[0].tobytes()
    for row in content.reports:
        assert content.vectors["report"][row["row_id"]] == texts.encode([row["text"]])[0].tobytes()


def test_the_manifest_counts(made: tuple[Path, Path]) -> None:
    _, manifest = open_snapshot(made[1])
    counts = manifest.counts
    assert (counts.series, counts.failed, counts.studies, counts.patients, counts.reports) == (6, 0, 2, 2, 3)
    assert manifest.encoder.text_tower.startswith("encoders/")
    assert (made[1] / manifest.encoder.text_tower).is_dir()


def test_reports_are_joined_and_strays_are_listed_without_text(made: tuple[Path, Path]) -> None:
    content = content_of(made[1])
    studies = {row["study_id"] for row in content.series}
    assert {row["study_id"] for row in content.reports} == studies | {""}
    assert {row["series"] for row in content.reports if row["study_id"]} == {3}
    (warning,) = list_failures(made[1])
    assert warning.kind is FailureKind.REPORT
    assert "secret" not in str(warning)


def test_status_and_verification(made: tuple[Path, Path]) -> None:
    status = collection_status(made[1])
    assert (status.snapshot, status.counts.series, status.pending) == (1, 6, 0)
    assert (status.reports_joined, status.reports_unjoined) == (2, 1)
    result = verify_collection(made[1])
    assert result.ok, result.problems
    assert result.checked > 10


def test_a_second_run_changes_nothing(copy: tuple[Path, Path]) -> None:
    before = {path: path.stat().st_mtime_ns for path in (copy[1] / "snapshots").rglob("*")}
    summary = index(*copy)
    assert (summary.unchanged, summary.new, summary.changed, summary.published) == (6, 0, 0, False)
    assert before == {path: path.stat().st_mtime_ns for path in (copy[1] / "snapshots").rglob("*")}


def test_a_second_run_loads_no_model(copy: tuple[Path, Path]) -> None:
    code = (
        "import sys; from pathlib import Path; from indexer.run import index_archive\n"
        f"s = index_archive([Path({str(copy[0])!r})], Path({str(copy[1])!r}))\n"
        "heavy = {'torch', 'transformers', 'onnxruntime', 'faiss', 'pyarrow', 'duckdb', 'nibabel'} & set(sys.modules)\n"
        "assert not heavy, heavy; assert s.unchanged == 6 and not s.published, s"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_dry_run_makes_neither_collection_nor_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRSEEK_PATIENT_KEY", str(tmp_path / "key"))
    summary = index(write_archive(tmp_path / "archive", 1), tmp_path / "collection", dry_run=True)
    assert (summary.new, summary.dry_run) == (3, True)
    assert [item.name for item in tmp_path.iterdir()] == ["archive"]


def test_new_changed_touched_and_removed(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    before = content_of(collection)
    write_scan(archive / "case2" / "T1w.nii", 77)
    write_scan(archive / "case0" / "T1w.nii", 78)
    os.utime(archive / "case0" / "FLAIR.nii", (1, 1))
    (archive / "case1" / "dwi.nii").unlink()
    dry = index(archive, collection, dry_run=True)
    assert (dry.new, dry.changed, dry.removed, dry.unchanged) == (1, 2, 1, 3)
    assert content_of(collection) == before
    summary = index(archive, collection)
    assert (summary.new, summary.changed, summary.removed, summary.unchanged) == (1, 1, 1, 4)
    assert (summary.snapshot, summary.published) == (2, True)
    after = content_of(collection)
    assert paths_of(after)["case0/T1w.nii"] == paths_of(before)["case0/T1w.nii"]
    assert image_vectors(after)["case0/T1w.nii"] != image_vectors(before)["case0/T1w.nii"]
    assert "case1/dwi.nii" not in paths_of(after)
    fresh = collection.with_name("fresh")
    assert index(archive, fresh).indexed == 6
    assert content_of(fresh).series == after.series
    assert content_of(fresh).vectors["image"] == after.vectors["image"]


def test_a_renamed_archive_is_the_same_one(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    before = content_of(collection)
    write_series(archive / "dicom", 3)
    assert index(archive, collection).new == 1
    here = archive.rename(archive.with_name("elsewhere"))
    summary = index(here, collection)
    assert (summary.new, summary.unchanged, summary.indexed, summary.skipped) == (0, 7, 7, 0)
    (source,) = collection_status(collection).sources
    assert (source.name, source.root) == ("archive", str(here))
    assert [row for row in content_of(collection).series if row["format"] == "nifti"] == before.series


def test_another_archive_with_the_same_names_is_not_taken_for_a_renamed_one(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    other = archive.rename(archive.with_name("gone")).with_name("other")
    for number, file in enumerate(sorted((archive.with_name("gone")).rglob("*.nii"))):
        write_scan(other / file.relative_to(archive.with_name("gone")), 900 + number)
    assert index(other, collection).new == 6


def test_a_moved_file_keeps_its_identity_and_its_vector(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    before = content_of(collection)
    (archive / "elsewhere").mkdir()
    (archive / "case0" / "dwi.nii").rename(archive / "elsewhere" / "dwi.nii")
    shards = sorted((collection / "vectors").rglob("*.parquet"))
    summary = index(archive, collection)
    assert (summary.moved, summary.new, summary.removed) == (1, 0, 0)
    after = content_of(collection)
    assert paths_of(after)["elsewhere/dwi.nii"] == paths_of(before)["case0/dwi.nii"]
    assert after.vectors["image"] == before.vectors["image"]
    image_shards = sorted((collection / "vectors").rglob("image/*.parquet"))
    assert image_shards == [path for path in shards if path.parent.name == "image"]


def test_copies_are_two_series_with_one_vector(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    shutil.copy(archive / "case0" / "dwi.nii", archive / "case1" / "dwi_copy.nii")
    assert index(archive, collection).new == 1
    after = content_of(collection)
    assert paths_of(after)["case0/dwi.nii"] != paths_of(after)["case1/dwi_copy.nii"]
    assert image_vectors(after)["case0/dwi.nii"] == image_vectors(after)["case1/dwi_copy.nii"]
    rows = [row for row in after.series if row["path"].endswith(("dwi.nii", "dwi_copy.nii"))]
    assert len({row["content_hash"] for row in rows}) == 2


def test_what_comes_back_is_itself_again(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    before = content_of(collection)
    (archive / "case1" / "dwi.nii").rename(archive.parent / "away.nii")
    assert index(archive, collection).removed == 1
    (archive.parent / "away.nii").rename(archive / "case1" / "dwi.nii")
    assert index(archive, collection).new == 1
    assert content_of(collection) == before


def test_a_bad_series_is_in_the_ledger_and_comes_back_by_retry(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    bad = archive / "case0" / "T1w.nii"
    good = bad.read_bytes()
    bad.write_bytes(good[: len(good) // 2])
    summary = index(archive, collection)
    assert (summary.failed, summary.indexed, summary.published) == (1, 5, True)
    failure = next(row for row in list_failures(collection) if row.kind is FailureKind.SERIES)
    assert (failure.path, failure.stage, failure.attempts) == ("case0/T1w.nii", "decode", 1)
    assert failure.reason
    assert failure.remedy
    assert str(archive) not in failure.reason + failure.remedy
    again = index(archive, collection)
    assert (again.failed, again.published) == (1, False), "an unchanged bad series is not tried again unasked"
    retried = retry_failures(collection, options=OPTIONS)
    assert (retried.failed, retried.published) == (1, False)
    bad.write_bytes(good)
    healed = index(archive, collection)
    assert (healed.failed, healed.indexed) == (0, 6)


def test_reports_stay_change_and_go(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    table = collection.with_name("reports.csv")
    before = content_of(collection).reports
    write_reports(table, 2)
    assert index(archive, collection, reports=table).published is False
    write_reports(table, 2, extra=" Changed.")
    assert index(archive, collection, reports=table).published
    changed = content_of(collection).reports
    assert [row["report_id"] for row in changed] == [row["report_id"] for row in before]
    assert [row["text"] for row in changed] != [row["text"] for row in before]
    write_reports(table, 1)
    summary = index(archive, collection, reports=table)
    assert (summary.reports_joined, summary.reports_unjoined) == (1, 1)
    assert index(archive, collection).published is False


def test_a_stray_report_joins_when_its_study_comes(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    write_scan(archive / "case99" / "T1w.nii", 99)
    summary = index(archive, collection)
    assert (summary.reports_joined, summary.reports_unjoined) == (3, 0)


def test_a_table_is_remembered(copy: tuple[Path, Path]) -> None:
    archive, collection = copy
    table = archive.parent / "table.csv"
    table.write_text("path,age,grade,card\ncase0/T1w.nii,44,2,mine\ncase1/T1w.nii,50,3,yours\n")
    index(archive, collection, table=table)
    rows = {row["path"]: row for row in content_of(collection).series}
    assert rows["case0/T1w.nii"]["grade"] == 2
    assert rows["case0/T1w.nii"]["x_card"] == "mine"
    assert rows["case0/T1w.nii"]["age_years"] == 44
    assert rows["case0/dwi.nii"]["grade"] is None
    assert index(archive, collection).published is False


def test_another_encoder_is_refused(copy: tuple[Path, Path]) -> None:
    from encoders.contract import DualEncoder
    from encoders.hashed_text import HashedTextTower
    from encoders.statistics import StatisticsTower

    other = DualEncoder("other", StatisticsTower(), HashedTextTower(dimension=64))
    with pytest.raises(EncoderMismatchError, match="text tower") as caught:
        index(*copy, encoder=other)
    assert caught.value.exit_code == 4
    assert "tiny" in caught.value.remedy


def test_another_patient_key_is_refused(copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRSEEK_PATIENT_KEY", str(copy[0].parent / "other.key"))
    (copy[0].parent / "other.key").write_text("ab" * 32)
    with pytest.raises(UsageError, match="patient key"):
        index(*copy)


def test_a_folder_with_other_things_is_no_collection(copy: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        index(copy[0], tmp_path / "thesis")


def test_nothing_to_index_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="empty"):
        index(tmp_path / "empty", tmp_path / "collection")
    assert not (tmp_path / "collection").exists()


def test_no_collection(tmp_path: Path) -> None:
    for call in (collection_status, list_failures, verify_collection, open_snapshot, retry_failures):
        with pytest.raises(NotFoundError) as caught:
            call(tmp_path / "none")  # type: ignore[operator]
        assert "mrseek index" in caught.value.remedy


def test_export(made: tuple[Path, Path], tmp_path: Path) -> None:
    assert export_table(made[1], tmp_path / "s.csv") == 6
    header = (tmp_path / "s.csv").read_text().splitlines()[0]
    assert "series_id" in header
    assert "study_date" not in header
    export_table(made[1], tmp_path / "r.jsonl", table=ExportTable.REPORTS, form=ExportFormat.JSONL)
    assert "Finding number" not in (tmp_path / "r.jsonl").read_text()
    export_table(made[1], tmp_path / "r2.jsonl", table=ExportTable.REPORTS, form=ExportFormat.JSONL, hidden=True)
    assert "Finding number" in (tmp_path / "r2.jsonl").read_text()
    assert export_table(made[1], tmp_path / "s.parquet", form=ExportFormat.PARQUET) == 6


def test_vectors_are_unit_float32(made: tuple[Path, Path]) -> None:
    for vectors in content_of(made[1]).vectors.values():
        stacked = np.stack([np.frombuffer(vector, np.float32) for vector in vectors.values()])
        np.testing.assert_allclose(np.linalg.norm(stacked, axis=1), 1.0, atol=1e-5)


def test_a_wrong_encoder_is_refused_before_the_archive_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "scans"
    source.mkdir()
    scanned: list[Path] = []
    monkeypatch.setattr("indexer.run.scan_source", lambda root, *_, **__: scanned.append(root))
    with pytest.raises(NotFoundError, match="no-such"):
        index_archive([source], tmp_path / "c", encoder="no-such")
    assert not scanned
    assert not (tmp_path / "c").exists()
