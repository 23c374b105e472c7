"""Inventories of whole archives: mixed layouts, tables, bad roots, and the real series."""

import csv
import pickle
import time
from collections import Counter
from pathlib import Path

import pytest

from common.errors import MrseekError, SourceError, UsageError
from indexer.records import SourceKind
from indexer.sources.inventory import detect_kind, take_inventory
from indexer.sources.reasons import SkipReason
from tests.archive_files import HeaderMemory, close_folder, put
from tests.dicom_files import write_dicom, write_series


def mixed_archive(root: Path) -> Path:
    """Two DICOM series, one BIDS scan, three plain NIfTI files and much that is none of these."""
    write_series(root / "pacs/1", 2, SeriesInstanceUID="1.1")
    write_series(root / "pacs/2", 2, SeriesInstanceUID="1.2")
    put(root / "bids/dataset_description.json", {"Name": "x"})
    put(root / "bids/sub-01/anat/sub-01_T1w.nii.gz")
    for name in ("a", "b", "c"):
        put(root / f"plain/{name}.nii.gz")
    put(root / "manifest.csv", "path,age\nplain/a.nii.gz,50\n")
    put(root / "texts/report.txt", "No acute infarct.")
    return root


def test_all_layouts_are_found_together(tmp_path: Path) -> None:
    inventory = take_inventory(mixed_archive(tmp_path))
    assert Counter(one.kind for one in inventory.series) == {
        SourceKind.DICOM: 2,
        SourceKind.BIDS: 1,
        SourceKind.NIFTI: 3,
    }
    assert inventory.kind is SourceKind.NIFTI
    assert [one.key for one in inventory.series] == sorted(one.key for one in inventory.series)
    assert (inventory.skipped, inventory.failed) == ((), ())
    assert not any("PatientAge" in one.tags for one in inventory.series if one.kind is SourceKind.NIFTI)


@pytest.mark.parametrize(("kind", "count"), [(SourceKind.DICOM, 2), (SourceKind.BIDS, 1), (SourceKind.NIFTI, 4)])
def test_one_layout_can_be_asked_for(tmp_path: Path, kind: SourceKind, count: int) -> None:
    mixed_archive(tmp_path)
    inventory = take_inventory(tmp_path / "bids" if kind is SourceKind.BIDS else tmp_path, kind=kind)
    assert inventory.kind is kind
    assert len(inventory.series) == count


def test_bids_without_a_description_can_be_asked_for(tmp_path: Path) -> None:
    put(tmp_path / "sub-01/anat/sub-01_T1w.nii.gz")
    assert take_inventory(tmp_path).kind is SourceKind.NIFTI
    assert take_inventory(tmp_path, kind=SourceKind.BIDS).series[0].entities["suffix"] == "T1w"


def test_kinds_are_detected(tmp_path: Path) -> None:
    mixed_archive(tmp_path)
    assert detect_kind(tmp_path) is SourceKind.NIFTI
    assert detect_kind(tmp_path / "pacs") is SourceKind.DICOM
    assert detect_kind(tmp_path / "bids") is SourceKind.BIDS
    with pytest.raises(UsageError):
        detect_kind(tmp_path / "texts")


def test_one_file_is_an_archive(tmp_path: Path) -> None:
    mixed_archive(tmp_path)
    put(tmp_path / "plain/a.json", {"EchoTime": 0.005})
    nifti = take_inventory(tmp_path / "plain/a.nii.gz")
    dicom = take_inventory(tmp_path / "pacs/1/001")
    assert [(one.path, dict(one.tags)) for one in nifti.series] == [("a.nii.gz", {"EchoTime": "5"})]
    assert [(one.path, one.key) for one in dicom.series] == [("001", "1.1")]


@pytest.mark.parametrize("name", ["missing", "empty", "texts", "note.txt"])
def test_what_is_no_archive_is_an_error_with_a_remedy(tmp_path: Path, name: str) -> None:
    mixed_archive(tmp_path)
    (tmp_path / "empty").mkdir()
    put(tmp_path / "note.txt", "just text")
    with pytest.raises(UsageError) as caught:
        take_inventory(tmp_path / name)
    assert caught.value.remedy
    assert "Traceback" not in str(caught.value)


def test_an_archive_of_the_wrong_modality_says_so(tmp_path: Path) -> None:
    write_dicom(tmp_path / "ct" / "1", SOPClassUID="1.2.840.10008.5.1.4.1.1.2", Modality="CT")
    with pytest.raises(UsageError, match="modality is not MR"):
        take_inventory(tmp_path)


def test_an_archive_of_failures_is_no_error(tmp_path: Path) -> None:
    write_dicom(tmp_path / "a" / "1", Rows=None, Columns=None, PixelData=None)
    inventory = take_inventory(tmp_path)
    assert (len(inventory.series), len(inventory.failed)) == (0, 1)


def test_a_table_is_joined_when_asked_for(tmp_path: Path) -> None:
    mixed_archive(tmp_path)
    put(
        tmp_path / "manifest.csv",
        "path,patient_id,age,sex,lesions,enrolled,code,birth_date\n"
        "plain/a.nii.gz,P1,50,F,3,true,007,1970-01-01\n"
        "./pacs/1/,P2,0.5,male,,false,008,2019-09-01\n"
        "/mnt/other/plain/b.nii.gz,P3,,,5,true,009,\n"
        "plain/nowhere.nii.gz,P4,60,M,1,true,010,\n",
    )
    inventory = take_inventory(tmp_path, table=tmp_path / "manifest.csv")
    found = {one.path: one for one in inventory.series}
    assert (found["plain/a.nii.gz"].patient_key, found["plain/b.nii.gz"].patient_key) == ("P1", "P3")
    assert dict(found["plain/a.nii.gz"].tags) == {"PatientAge": "050Y", "PatientSex": "F"}
    assert dict(found["plain/a.nii.gz"].extra) == {"lesions": 3, "enrolled": True, "code": "007"}
    assert (found["pacs/1"].patient_key, found["pacs/1"].tags["PatientAge"]) == ("P2", "006M")
    assert found["pacs/1"].extra["lesions"] is None
    assert found["plain/c.nii.gz"].extra == {}
    assert [(skip.path, skip.reason) for skip in inventory.skipped] == [("manifest.csv: row 4", SkipReason.UNKNOWN_ROW)]


def test_a_table_by_participant_reaches_all_series(tmp_path: Path) -> None:
    put(tmp_path / "bids/dataset_description.json", {})
    for scan in ("sub-01/anat/sub-01_T1w", "sub-01/anat/sub-01_T2w", "sub-02/anat/sub-02_T1w"):
        put(tmp_path / f"bids/{scan}.nii.gz")
    put(tmp_path / "table.jsonl", '{"participant_id": "01", "grade": 2}\n{"participant_id": "sub-02", "grade": 4}\n')
    inventory = take_inventory(tmp_path / "bids", table=tmp_path / "table.jsonl")
    assert [one.extra["grade"] for one in inventory.series] == [2, 2, 4]
    assert inventory.skipped == ()


def test_a_parquet_table(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    put(tmp_path / "scans/a.nii.gz")
    parquet.write_table(pa.table({"path": ["a.nii.gz"], "volume_ml": [1.25]}), tmp_path / "table.parquet")
    (one,) = take_inventory(tmp_path / "scans", table=tmp_path / "table.parquet").series
    assert dict(one.extra) == {"volume_ml": 1.25}


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.csv", None), ("table.xlsx", "x"), ("table.csv", "colour,size\nred,3\n"), ("table.jsonl", "{broken")],
)
def test_a_bad_table_is_an_error_with_a_remedy(tmp_path: Path, name: str, content: str | None) -> None:
    put(tmp_path / "scans/a.nii.gz")
    if content is not None:
        put(tmp_path / name, content)
    with pytest.raises(SourceError) as caught:
        take_inventory(tmp_path / "scans", table=tmp_path / name)
    assert caught.value.remedy


def test_errors_and_reprs_hold_nothing_sensitive(tmp_path: Path) -> None:
    write_series(tmp_path / "scans", 1)
    put(tmp_path / "table.csv", "patient_id,study\nSECRET-ID-7,1.2.3.4\nSECRET-ID-9,1.2.9\n")
    inventory = take_inventory(tmp_path / "scans", table=tmp_path / "table.csv")
    assert inventory.series[0].patient_key == "SECRET-ID-7"
    assert "secret" not in repr(inventory).lower()
    put(tmp_path / "broken.jsonl", '{"patient_id": "SECRET-ID-7"\n')
    with pytest.raises(MrseekError) as caught:
        take_inventory(tmp_path / "scans", table=tmp_path / "broken.jsonl")
    assert "SECRET" not in str(caught.value)


def test_series_travel_to_workers(tmp_path: Path) -> None:
    inventory = take_inventory(mixed_archive(tmp_path))
    assert pickle.loads(pickle.dumps(inventory)) == inventory


def test_an_inventory_is_the_same_every_time(tmp_path: Path) -> None:
    mixed_archive(tmp_path)
    assert take_inventory(tmp_path) == take_inventory(tmp_path)


@pytest.mark.shared
def test_the_real_series_are_all_found(shared_data: Path) -> None:
    cache = HeaderMemory()
    first = take_inventory(shared_data, headers=cache)
    started = time.perf_counter()
    inventory = take_inventory(shared_data, headers=cache)
    assert time.perf_counter() - started < 1.0
    assert inventory == first
    # 111 rows, but the two pymskt folders are two echoes of one series.
    assert Counter(one.kind for one in inventory.series) == {SourceKind.NIFTI: 59, SourceKind.DICOM: 51}
    assert inventory.kind is SourceKind.NIFTI
    with (shared_data / "manifest.csv").open(newline="") as file:
        listed = {row["path"].rstrip("/") for row in csv.DictReader(file)}
    assert {one.path for one in inventory.series} == listed - {"series/pymskt_mese_te38"}
    assert inventory.failed == ()
    assert [skip.path for skip in inventory.skipped] == ["series/rider_postc/0003.dcm"]
    found = {one.path: one for one in inventory.series}
    assert len(found["series/pymskt_mese_te6"].files) == 48
    assert found["series/pymskt_mese_te6"].tags["EchoTime"] == "6.312\\37.872"
    assert found["series/mial_fetal_run1.nii.gz"].tags["EchoTime"] == "90"
    assert found["series/xa30_trace"].tags["DiffusionBValue"] == "2500.0"
    assert all(one.patient_key and one.study_key for one in inventory.series if one.kind is SourceKind.DICOM)


@pytest.mark.shared
def test_the_real_manifest_joins_as_a_table(shared_data: Path) -> None:
    inventory = take_inventory(shared_data, table=shared_data / "manifest.csv")
    assert all("anatomy" in one.extra for one in inventory.series)
    assert [skip.reason for skip in inventory.skipped if skip.path.startswith("manifest.csv")] == [
        SkipReason.SECOND_ROW
    ]


def test_a_folder_that_cannot_be_opened_is_in_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "open/a.nii.gz")
    put(tmp_path / "closed/b.nii.gz")
    close_folder(monkeypatch, "closed")
    inventory = take_inventory(tmp_path)
    assert [one.key for one in inventory.series] == ["open/a.nii.gz"]
    assert [(failure.path, failure.reason) for failure in inventory.failed] == [
        ("closed", SkipReason.UNREADABLE_FOLDER)
    ]
