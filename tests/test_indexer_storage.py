"""Full disks, read-only folders and damaged files: a clear error, the last snapshot intact, and a way on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from common.errors import IntegrityError, StorageError, UsageError
from indexer import open as opening
from indexer.catalog.models import Meta
from indexer.catalog.store import open_catalog, sqlite_url
from indexer.open import check_files, open_snapshot
from indexer.run import IndexOptions, index_archive
from indexer.status import collection_status, list_failures
from indexer.verify import verify_collection
from tests.dicom_files import write_dicom
from tests.indexer_archives import Content, content_of, copy_of, write_archive, write_reports, write_scan

OPTIONS = IndexOptions(workers=1)


def index(archive: Path, collection: Path) -> bool:
    return index_archive([archive], collection, encoder="tiny", options=OPTIONS).published


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, patient_key: Path) -> Path:
    """A folder with an archive of one case and its collection."""
    folder = tmp_path_factory.mktemp("original")
    archive, reports = write_archive(folder / "archive", 1), write_reports(folder / "reports.csv", 1)
    index_archive([archive], folder / "collection", encoder="tiny", options=OPTIONS, reports=reports)
    return folder


@pytest.fixture
def made(original: Path, tmp_path: Path) -> tuple[Path, Path]:
    return copy_of(original, tmp_path)


def flip(path: Path, place: int = -40) -> None:
    """Changes one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["series.parquet", "reports.parquet", "image.faiss", "card.faiss", "report.faiss"])
def test_one_wrong_bit_is_refused_at_open_found_by_verify_and_healed_by_indexing(
    made: tuple[Path, Path], name: str
) -> None:
    archive, collection = made
    before = content_of(collection)
    flip(collection / "snapshots" / "1" / name)
    with pytest.raises(IntegrityError, match=name) as caught:
        open_snapshot(collection)
    assert "mrseek index" in caught.value.remedy
    assert any(name in problem.message for problem in verify_collection(collection).problems)
    assert index(archive, collection)
    assert content_of(collection) == before
    assert verify_collection(collection).ok


@pytest.mark.parametrize("name", ["series.parquet", "manifest.json"])
def test_a_missing_file_is_refused(made: tuple[Path, Path], name: str) -> None:
    (made[1] / "snapshots" / "1" / name).unlink()
    with pytest.raises(IntegrityError, match=name):
        open_snapshot(made[1])
    assert not verify_collection(made[1]).ok


def test_a_truncated_file_is_refused(made: tuple[Path, Path]) -> None:
    path = made[1] / "snapshots" / "1" / "card.faiss"
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(IntegrityError, match="bytes"):
        open_snapshot(made[1])


@pytest.mark.parametrize("text", ["", "one", "7"])
def test_a_damaged_current_is_refused_and_healed(made: tuple[Path, Path], text: str) -> None:
    archive, collection = made
    before = content_of(collection)
    (collection / "CURRENT").write_text(text)
    with pytest.raises(IntegrityError, match="CURRENT"):
        open_snapshot(collection)
    index(archive, collection)
    assert content_of(collection) == before


def test_a_large_snapshot_is_hashed_again_only_where_a_file_changed(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SMALL_BYTES", 0)
    snapshot, manifest = open_snapshot(made[1])
    hashed: list[str] = []
    real = opening.sha256_of_file
    monkeypatch.setattr(opening, "sha256_of_file", lambda path: hashed.append(path.name) or real(path))
    open_snapshot(made[1])
    assert hashed == []
    check_files(snapshot, manifest, every_byte=True)
    assert sorted(hashed) == sorted(manifest.files)
    hashed.clear()
    os.utime(snapshot / "card.faiss")
    open_snapshot(made[1])
    assert hashed == ["card.faiss"]
    flip(snapshot / "card.faiss")
    with pytest.raises(IntegrityError, match=r"card\.faiss"):
        open_snapshot(made[1])


@pytest.mark.parametrize("channel", ["image", "card", "report"])
def test_a_damaged_shard_is_found_and_its_vectors_come_again(made: tuple[Path, Path], channel: str) -> None:
    archive, collection = made
    before = content_of(collection)
    shard, *_ = sorted((collection / "vectors").rglob(f"{channel}/*.parquet"))
    flip(shard, 100)
    (problem,) = verify_collection(collection).problems
    assert shard.name in problem.message
    write_scan(archive / "case5" / "T1w.nii", 5)
    with pytest.raises(IntegrityError, match=shard.name):
        index(archive, collection)
    assert content_of(collection) == before, "the last snapshot stays"
    shard.unlink()  # as the remedy says
    assert index(archive, collection)
    assert verify_collection(collection).ok
    after = content_of(collection)
    kept = {row["series_id"] for row in before.series}
    assert [row for row in after.series if row["series_id"] in kept] == before.series
    assert after.vectors["image"].items() >= before.vectors["image"].items()


def test_a_damaged_catalog_is_an_integrity_error(made: tuple[Path, Path]) -> None:
    archive, collection = made
    (collection / "catalog.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(IntegrityError, match="damaged"):
        index(archive, collection)
    assert not verify_collection(collection).ok
    open_snapshot(collection)


def test_what_holds_identifiers_is_for_the_owner_alone(made: tuple[Path, Path]) -> None:
    archive, collection = made
    (collection / "catalog.db").chmod(0o644)  # as an earlier version left it
    write_dicom(archive / "dicom" / "1.dcm")
    index(archive, collection)
    modes = {file.name: file.stat().st_mode & 0o777 for file in collection.glob("*.db*")}
    assert modes.keys() >= {"catalog.db", "headers.db"}
    assert set(modes.values()) == {0o600}


def test_an_error_of_the_database_shows_no_values(made: tuple[Path, Path]) -> None:
    catalog = open_catalog(sqlite_url(made[1] / "catalog.db"), place="here")
    with pytest.raises(Exception, match="UNIQUE") as caught, catalog.write() as connection:
        for _ in range(2):
            connection.execute(insert(Meta).values(key="a", value="SECRET"))
    catalog.close()
    assert "SECRET" not in str(caught.value)


def test_a_lost_catalog_is_not_begun_anew_by_accident(made: tuple[Path, Path]) -> None:
    for file in made[1].glob("catalog.db*"):
        file.unlink()
    with pytest.raises(IntegrityError, match="missing"):
        index(*made)


def test_a_file_is_no_collection(made: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match="is a file"):
        index(made[0], made[0] / "case0" / "T1w.nii")


@pytest.mark.parametrize("name", ["circle", "x" * 300])
def test_a_source_that_cannot_be_looked_at_is_a_wrong_call(made: tuple[Path, Path], name: str) -> None:
    (made[0] / "circle").symlink_to(made[0] / "circle")
    with pytest.raises(UsageError) as caught:
        index(made[0] / name, made[1])
    assert caught.value.remedy


def test_other_settings_are_refused(made: tuple[Path, Path]) -> None:
    (made[1] / "collection.toml").write_text("schema_version = 99\n")
    with pytest.raises(IntegrityError, match="version 99"):
        index(*made)


def test_only_the_last_snapshots_are_kept_and_a_reader_follows(made: tuple[Path, Path]) -> None:
    archive, collection = made
    for turn in range(4):
        write_scan(archive / "case0" / "T1w.nii", 600 + turn)
        assert index(archive, collection)
        assert open_snapshot(collection)[1].snapshot == turn + 2
    assert sorted(folder.name for folder in (collection / "snapshots").iterdir()) == ["3", "4", "5"]


# ---- full disks ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = os.geteuid() == 0 and shutil.which("mount")
    if (
        not mounted
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs the right to mount a small file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, free: int) -> Path:
    """Fills a disk up to `free` bytes."""
    status = os.statvfs(disk)
    ballast = disk / "ballast"
    with ballast.open("wb") as stream:
        stream.write(bytes(max(0, status.f_bavail * status.f_frsize - free)))
    return ballast


@pytest.mark.parametrize("free", [0, 24 << 10, 120 << 10])
def test_a_full_disk_leaves_the_last_snapshot_and_the_next_run_goes_on(
    small_disk: Path, tmp_path: Path, free: int
) -> None:
    archive = write_archive(tmp_path / "archive", 1)
    collection = small_disk / "collection"
    index(archive, collection)
    before = content_of(collection)
    for case in range(3, 9):
        write_scan(archive / f"case{case}" / "T1w.nii", 30 + case)
    ballast = fill(small_disk, free)
    with pytest.raises(StorageError, match=r"full|disk") as caught:
        index(archive, collection)
    assert "space" in caught.value.remedy
    assert content_of(collection) == before
    ballast.unlink()
    index(archive, collection)
    assert content_of(collection) == undisturbed(archive, tmp_path)
    assert verify_collection(collection).ok


def undisturbed(archive: Path, tmp_path: Path) -> Content:
    index(archive, tmp_path / "fresh")
    return content_of(tmp_path / "fresh")


def test_a_read_only_file_system_is_said_to_be_one(small_disk: Path, tmp_path: Path) -> None:
    archive, collection = write_archive(tmp_path / "archive", 1), small_disk / "collection"
    index(archive, collection)
    before = content_of(collection)
    write_scan(archive / "case5" / "T1w.nii", 5)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="read-only") as caught:
        index(archive, collection)
    assert "--collection" in caught.value.remedy
    assert content_of(collection) == before
    assert collection_status(collection).counts.series == 3
    assert list_failures(collection) == ()
    assert verify_collection(collection).ok
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert index(archive, collection)


def test_a_new_collection_on_a_read_only_file_system(small_disk: Path, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 1)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="read-only"):
        index(archive, small_disk / "collection")
