"""The same with the catalog in PostgreSQL, where a server can be started for the test."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import StorageError, UsageError
from indexer.catalog.store import parse_url
from indexer.run import IndexOptions, index_archive
from indexer.status import collection_status
from indexer.verify import verify_collection
from tests.indexer_archives import content_of, write_archive, write_reports, write_scan

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
OPTIONS = IndexOptions(workers=1, batch=2)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of our own, on a socket in a temporary folder."""
    pytest.importorskip("psycopg", reason="needs the extra mrseek[postgres]")
    if not BINARIES:
        pytest.skip("needs the server of PostgreSQL (initdb was not found under /usr/lib/postgresql)")
    binaries, user = BINARIES[-1].parent, account()
    place = Path("/tmp") / f"mrseek-pg-{os.getpid()}"  # a socket's path must be short
    place.mkdir(mode=0o700)
    shutil.chown(place, user)
    become = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []
    data, options = str(place / "data"), f"-k {place} -c listen_addresses='' -c fsync=off"
    try:
        call([*become, str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "mrseek"], place)
        call([*become, str(binaries / "pg_ctl"), "-D", data, "-w", "-l", f"{place}/log", "-o", options, "start"], place)
        yield f"postgresql://mrseek@/postgres?host={place}"
        call([*become, str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def account() -> str:
    """Who may run a server: not root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("needs a user postgres to run the server, since root may not")


def call(command: list[str], place: Path) -> None:
    done = subprocess.run(command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"PostgreSQL could not be started here: {done.stderr.strip()[-200:]}")


def test_the_snapshot_is_the_same_as_with_sqlite(server: str, tmp_path: Path) -> None:
    archive, reports = write_archive(tmp_path / "archive", 2), write_reports(tmp_path / "reports.csv", 2)
    for name, url in (("lite", ""), ("post", server)):
        index_archive([archive], tmp_path / name, encoder="tiny", options=OPTIONS, reports=reports, catalog_url=url)
    assert content_of(tmp_path / "post") == content_of(tmp_path / "lite")
    assert not (tmp_path / "post" / "catalog.db").exists()
    write_scan(archive / "case0" / "T1w.nii", 90)
    write_scan(archive / "case7" / "T1w.nii", 91)
    (archive / "case1" / "dwi.nii").rename(archive / "case7" / "dwi.nii")
    runs = [index_archive([archive], tmp_path / name, options=OPTIONS) for name in ("lite", "post")]
    assert [(run.new, run.changed, run.moved, run.removed) for run in runs] == [(1, 1, 1, 0)] * 2
    assert content_of(tmp_path / "post") == content_of(tmp_path / "lite")
    assert not index_archive([archive], tmp_path / "post", options=OPTIONS).published
    assert verify_collection(tmp_path / "post").ok
    assert collection_status(tmp_path / "post").counts.series == 7


def test_two_writers_at_once(server: str, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 4)
    code = (
        "from pathlib import Path; from indexer.run import *\n"
        f"s = index_archive([Path({str(archive)!r})], Path({str(tmp_path / 'both')!r}), encoder='tiny',"
        f" options=IndexOptions(workers=1, batch=2), catalog_url={server!r})\n"
        "print(s.indexed, s.failed, s.snapshot)"
    )
    run = [sys.executable, "-c", code]
    both = [subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [out.split() for out, _ in said] == [["12", "0", "1"]] * 2, said
    index_archive([archive], tmp_path / "alone", encoder="tiny", options=OPTIONS)
    assert content_of(tmp_path / "both") == content_of(tmp_path / "alone")


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="needs the extra mrseek[postgres]")
    archive = write_archive(tmp_path / "archive", 1)
    with pytest.raises(StorageError, match="catalog"):
        index_archive(
            [archive], tmp_path / "c", encoder="tiny", catalog_url=f"postgresql://nobody@/none?host={tmp_path}"
        )


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://user:secret@host/db", "nonsense"])
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_url(url)
    assert "secret" not in str(caught.value)
