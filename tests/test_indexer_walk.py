"""The walk: every visible file once, links followed without loops, nothing silently lost."""

import os
from pathlib import Path

import pytest

from common.errors import SourceError, UsageError
from indexer.sources.reasons import SkipReason
from indexer.sources.walk import walk
from tests.archive_files import close_folder


def touch(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def paths(root: Path) -> list[str]:
    return [stat.path for stat in walk(root).files]


def test_visible_files_come_sorted_with_size_and_time(tmp_path: Path) -> None:
    for name in ("b/2", "a.txt", "b/10", "b/c/deep"):
        touch(tmp_path / name, name)
    os.utime(tmp_path / "a.txt", ns=(5, 7_000_000_000))
    walked = walk(tmp_path)
    assert [stat.path for stat in walked.files] == ["a.txt", "b/10", "b/2", "b/c/deep"]
    assert (walked.files[0].size_bytes, walked.files[0].mtime_ns) == (5, 7_000_000_000)
    assert walked.skipped == ()


def test_hidden_unfinished_and_own_collections_are_passed_over(tmp_path: Path) -> None:
    for name in (".git/config", ".hidden", "scan.nii.gz.partial", "mine/collection.toml", "mine/CURRENT", "kept"):
        touch(tmp_path / name)
    assert paths(tmp_path) == ["kept"]


def test_a_loop_of_links_ends_and_real_names_win(tmp_path: Path) -> None:
    touch(tmp_path / "z/scan")
    (tmp_path / "a").symlink_to(tmp_path / "z")
    (tmp_path / "z" / "again").symlink_to(tmp_path)
    walked = walk(tmp_path)
    assert [stat.path for stat in walked.files] == ["z/scan"]
    assert {(skip.path, skip.reason) for skip in walked.skipped} == {
        ("a", SkipReason.LINKED_TWICE),
        ("z/again", SkipReason.LINKED_TWICE),
    }


def test_a_linked_folder_from_elsewhere_is_read_under_its_link(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere/one")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path / "elsewhere")
    assert paths(tmp_path / "root") == ["link/one"]


def test_a_broken_link_is_told(tmp_path: Path) -> None:
    (tmp_path / "scan.nii.gz").symlink_to(tmp_path / "nowhere")
    (skip,) = walk(tmp_path).skipped
    assert (skip.path, skip.reason) == ("scan.nii.gz", SkipReason.BROKEN_LINK)


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff")).write_text("x")
    (skip,) = walk(tmp_path).skipped
    assert skip.reason == SkipReason.ODD_NAME
    skip.path.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root opens every folder")
def test_a_folder_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    touch(tmp_path / "closed/one")
    (tmp_path / "closed").chmod(0)
    try:
        (skip,) = walk(tmp_path).skipped
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert (skip.path, skip.reason) == ("closed", SkipReason.UNREADABLE_FOLDER)


def test_a_folder_that_fails_while_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "closed/one")
    touch(tmp_path / "open/two")
    close_folder(monkeypatch, "closed")
    walked = walk(tmp_path)
    assert [stat.path for stat in walked.files] == ["open/two"]
    assert [skip.reason for skip in walked.skipped] == [SkipReason.UNREADABLE_FOLDER]


def test_one_file_is_a_source_too(tmp_path: Path) -> None:
    touch(tmp_path / "one.nii.gz")
    touch(tmp_path / "other.nii.gz")
    walked = walk(tmp_path / "one.nii.gz")
    assert (walked.base, [stat.path for stat in walked.files]) == (tmp_path, ["one.nii.gz"])


def test_what_is_not_there_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not there") as caught:
        walk(tmp_path / "missing")
    assert caught.value.remedy


def test_a_root_that_cannot_be_opened_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SourceError, match="permissions"):
        walk(tmp_path)
