"""kill -9 at random moments: nothing lost, nothing twice, and a snapshot openable at every moment."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.errors import NotFoundError
from indexer.open import open_snapshot
from indexer.verify import verify_collection
from tests.indexer_archives import content_of, write_archive, write_reports, write_scan

# Thirty take a minute and a half on two busy cores: MRSEEK_TEST_KILLS=30 has them all.
KILLS = int(os.environ.get("MRSEEK_TEST_KILLS", "10"))
Runner = Callable[[Path, Path, float], int]


@pytest.fixture
def run(patient_key: Path) -> Iterator[Runner]:
    """Runs indexing in a process of its own; returns its exit status."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.indexer_runner"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(archive: Path, collection: Path, kill_after: float) -> int:
        reports = str(archive.parent / "reports.csv")
        task = {"archive": str(archive), "collection": str(collection), "reports": reports, "kill_after": kill_after}
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield ask
    process.communicate()


class Reader(threading.Thread):
    """Opens the snapshot all the time; anything but "not there yet" is a fault."""

    def __init__(self, collection: Path) -> None:
        super().__init__(daemon=True)
        self.collection, self.stop = collection, threading.Event()
        self.opened, self.faults = 0, list[Exception]()

    def run(self) -> None:
        seen = False
        while not self.stop.wait(0.002):
            try:
                open_snapshot(self.collection)
                self.opened, seen = self.opened + 1, True
            except NotFoundError as error:
                if seen:
                    self.faults.append(error)
            except Exception as error:  # whatever it is, a reader should not have met it
                self.faults.append(error)


def change(folder: Path) -> None:
    """The archive as it is at the second visit: one series new, one changed, one gone."""
    write_scan(folder / "archive" / "case9" / "T1w.nii", 500)
    write_scan(folder / "archive" / "case0" / "T1w.nii", 501)
    (folder / "archive" / "case1" / "dwi.nii").unlink()
    write_reports(folder / "reports.csv", 3, extra=" Seen again.")


def make(folder: Path) -> Path:
    folder.mkdir()
    write_reports(folder / "reports.csv", 3)
    return write_archive(folder / "archive", 3)


@pytest.mark.slow
def test_kill_9_at_random_moments(run: Runner, tmp_path: Path) -> None:
    archive = make(tmp_path / "undisturbed")
    whole = tmp_path / "undisturbed" / "collection"
    assert run(archive, whole, 0.0) == 0
    first = content_of(whole)
    shutil.rmtree(whole)
    began = time.monotonic()
    assert run(archive, whole, 0.0) == 0
    seconds = time.monotonic() - began
    change(archive.parent)
    assert run(archive, whole, 0.0) == 0
    second = content_of(whole)

    chance, kills, opened = random.Random(7), 0, 0
    for turn in range(100):
        if kills >= KILLS:
            break
        archive = make(tmp_path / f"turn{turn}")
        collection = archive.parent / "collection"
        reader = Reader(collection)
        reader.start()
        for expected in (first, second):
            while (status := run(archive, collection, chance.uniform(0.02, 1.1 * seconds))) != 0:
                assert status == -9, "the run failed by itself"
                kills += 1
            assert content_of(collection) == expected
            if expected is first:
                change(archive.parent)
        reader.stop.set()
        reader.join()
        assert not reader.faults
        opened += reader.opened
        assert run(archive, collection, 0.0) == 0
        assert verify_collection(collection).ok
        assert not [*collection.rglob("*.partial")]
        shards = {path.relative_to(collection).as_posix() for path in (collection / "vectors").rglob("*.parquet")}
        assert shards == known_shards(collection)
        shutil.rmtree(archive.parent)
    assert kills >= KILLS
    assert opened > 0
    print(f"{kills} kills, {opened} openings, undisturbed run {seconds:.2f} s")


def known_shards(collection: Path) -> set[str]:
    """Every shard that the catalog knows: none lies about that it does not."""
    from indexer.catalog.store import open_catalog, sqlite_url
    from indexer.catalog.vectors import list_shards

    catalog = open_catalog(sqlite_url(collection / "catalog.db"), place="catalog")
    try:
        with catalog.read() as connection:
            return {shard.path for _, shard in list_shards(connection)}
    finally:
        catalog.close()
