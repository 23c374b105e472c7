"""One deterministic walk over an archive: every file once, with its size and time, nothing opened."""

import os
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import SourceError, UsageError
from indexer.layout import Layout
from indexer.records import FileStat, SkippedFile
from indexer.sources.reasons import SkipReason

COLLECTION = Layout(Path()).settings.name
UNFINISHED = (".partial", ".part", ".tmp", ".crdownload")


@dataclass(frozen=True, slots=True)
class Walk:
    """What a folder holds.

    Attributes:
        base: the folder that paths are relative to: the source itself, or the parent of a source that is one file.
        files: every visible file, sorted by path; of a source that is one file, also the texts that describe it.
        skipped: folders and links that could not be followed.
    """

    base: Path
    files: tuple[FileStat, ...]
    skipped: tuple[SkippedFile, ...]


@dataclass(slots=True)
class _Trail:
    """What the walk has met so far."""

    files: list[FileStat] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    links: list[tuple[str, os.DirEntry[str]]] = field(default_factory=list)  # linked folders, kept for later
    seen: set[tuple[int, int]] = field(default_factory=set)  # (device, inode) of folders


def walk(root: Path) -> Walk:
    """Every visible file of `root` (a folder, or one file), sorted by path.

    Hidden files and folders, unfinished downloads (.partial) and mrseek collections are passed over. Linked folders are
    followed after all real ones, so a folder that can be reached twice is listed under its real name and a loop ends.

    Raises:
        UsageError: `root` is not there.
        SourceError: `root` cannot be opened.
    """
    if root.is_file():
        return Walk(root.parent, _with_companions(root), ())
    if not root.is_dir():
        what = "neither a folder nor a file" if root.exists() else "not there"
        raise UsageError(f"The source {root} is {what}.", remedy="Give the folder that holds the archive.")
    if not os.access(root, os.R_OK | os.X_OK):
        raise SourceError(f"The source {root} cannot be opened.", remedy="Check its permissions.")
    trail = _Trail()
    _enter(root, "", root.stat(), trail)
    while trail.links:
        trail.links.sort(key=lambda link: link[0], reverse=True)
        prefix, link = trail.links.pop()
        _enter(Path(link.path), prefix, link.stat(), trail)
    by_path = sorted(trail.files, key=lambda stat: stat.path)
    return Walk(root, tuple(by_path), tuple(sorted(trail.skipped, key=lambda skip: skip.path)))


def _with_companions(file: Path) -> tuple[FileStat, ...]:
    """A file, and the texts that describe it beside it ("t1.nii.gz": "t1.json", "t1.bval")."""
    stem = file.name.removesuffix(".gz").removesuffix(".nii")
    beside = [file.with_name(stem + suffix) for suffix in (".json", ".bval")]
    return tuple(_stat_of(path.name, path.stat()) for path in sorted({file, *beside}) if path.is_file())


def _enter(folder: Path, prefix: str, stat: os.stat_result, trail: _Trail) -> None:
    """Read one folder and all real folders below it."""
    if (stat.st_dev, stat.st_ino) in trail.seen:
        trail.skipped.append(SkippedFile(prefix.rstrip("/"), SkipReason.LINKED_TWICE))
        return
    trail.seen.add((stat.st_dev, stat.st_ino))
    queue = deque([(str(folder), prefix)])
    while queue:
        path, below = queue.popleft()
        try:
            with os.scandir(path) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            trail.skipped.append(SkippedFile(below.rstrip("/") or ".", SkipReason.UNREADABLE_FOLDER))
            continue
        if any(entry.name == COLLECTION for entry in entries):
            continue  # a collection of our own inside the archive
        for entry in entries:
            if not entry.name.startswith("."):
                _take(entry, below, trail, queue)


def _take(entry: "os.DirEntry[str]", below: str, trail: _Trail, queue: deque[tuple[str, str]]) -> None:
    """File, folder, link or neither: put one entry where it belongs."""
    path = below + entry.name
    if not _is_utf8(entry.name):
        trail.skipped.append(SkippedFile(path.encode("utf-8", "replace").decode(), SkipReason.ODD_NAME))
        return
    try:
        if entry.is_dir():
            if entry.is_symlink():
                trail.links.append((path + "/", entry))
            else:
                stat = entry.stat()
                trail.seen.add((stat.st_dev, stat.st_ino))
                queue.append((entry.path, path + "/"))
        elif entry.is_file():
            if not entry.name.endswith(UNFINISHED):
                trail.files.append(_stat_of(path, entry.stat()))
        elif entry.is_symlink():
            trail.skipped.append(SkippedFile(path, SkipReason.BROKEN_LINK))
    except OSError:  # gone, or a link that leads to itself
        trail.skipped.append(SkippedFile(path, SkipReason.BROKEN_LINK))


def _stat_of(path: str, stat: os.stat_result) -> FileStat:
    return FileStat(path, stat.st_size, stat.st_mtime_ns)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
