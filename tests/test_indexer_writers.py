"""Several writers on one collection: they share the work, and neither loses nor repeats any."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from common.errors import StorageError
from indexer.catalog.store import open_catalog, sqlite_url
from indexer.catalog.work import claim, count_states, lease_owners, release
from indexer.layout import Layout
from indexer.run import IndexOptions, index_archive
from indexer.writers import forget_dead, join_writers
from tests.indexer_archives import content_of, write_archive

OPTIONS = IndexOptions(workers=1, batch=2)


def test_a_writer_is_alive_while_it_runs_and_gone_after(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with join_writers(layout) as first:
        with join_writers(layout) as second:
            assert first.others() == {second.name}
            assert not first.is_gone(second.name)
        assert first.others() == frozenset()
        assert first.is_gone(second.name)
        assert not first.is_gone("w-elsewhere-1-abcd"), "who knows what goes on over there"


def test_a_killed_writer_is_gone_at_once(tmp_path: Path) -> None:
    code = (
        "import time; from pathlib import Path; from indexer.layout import Layout; from indexer.writers import *\n"
        f"with join_writers(Layout(Path({str(tmp_path)!r}))) as w:\n print(w.name, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    with join_writers(Layout(tmp_path)) as writer:
        assert writer.others() == {name}
        process.kill()
        process.communicate()
        assert writer.is_gone(name)
        forget_dead(writer)
        assert not (writer.folder / f"{name}.lock").exists()


def test_only_one_is_exclusive(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with join_writers(layout) as first, join_writers(layout) as second, first.exclusive():
        blocked = second.exclusive(wait_seconds=0.1)
        with pytest.raises(StorageError, match="Another mrseek"):
            blocked.__enter__()


def test_two_writers_at_once_share_the_work(tmp_path: Path, patient_key: Path) -> None:
    archive = write_archive(tmp_path / "archive", 5)
    code = (
        "import sys; from pathlib import Path; from indexer.run import *\n"
        f"s = index_archive([Path({str(archive)!r})], Path({str(tmp_path / 'both')!r}), encoder='tiny',"
        " options=IndexOptions(workers=1, batch=2))\n"
        "print(s.indexed, s.failed, s.snapshot)"
    )
    run = [sys.executable, "-c", code]
    both = [subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [out.split() for out, _ in said] == [["15", "0", "1"]] * 2, said
    index_archive([archive], tmp_path / "alone", encoder="tiny", options=OPTIONS)
    assert content_of(tmp_path / "both") == content_of(tmp_path / "alone")
    catalog = open_catalog(sqlite_url(tmp_path / "both" / "catalog.db"), place="catalog")
    with catalog.read() as connection:
        assert count_states(connection) == {"done": 15}
    catalog.close()


def test_leases(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 2)
    index_archive([archive], tmp_path / "c", encoder="tiny", options=OPTIONS)
    catalog = open_catalog(sqlite_url(tmp_path / "c" / "catalog.db"), place="catalog")
    with catalog.write() as connection:
        connection.exec_driver_sql("UPDATE work SET state = 'pending', attempts = 0")
    with catalog.write() as connection:
        first = claim(connection, "a", most=4, seconds=60)
    with catalog.write() as connection:
        second = claim(connection, "b", most=4, seconds=0.05)
    assert (len(first), len(second)) == (4, 2)
    assert not {item.series for item in first} & {item.series for item in second}
    with catalog.write() as connection:
        assert lease_owners(connection) == {"a", "b"}
        assert claim(connection, "c", most=4, seconds=60) == ()
    time.sleep(0.1)
    with catalog.write() as connection:
        release(connection, [])  # b's time is up
        assert {item.series for item in claim(connection, "c", most=4, seconds=60)} == {i.series for i in second}
        release(connection, ["a"])
        assert lease_owners(connection) == {"c"}
    catalog.close()


def test_readers_go_on_while_a_writer_holds_the_catalog(tmp_path: Path) -> None:
    catalog = open_catalog(sqlite_url(tmp_path / "catalog.db"), place="catalog")
    seen: list[int] = []

    def read() -> None:
        with catalog.read() as connection:
            seen.append(len(count_states(connection)))

    with catalog.write():
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(10)
    assert seen == [0]
    catalog.close()
