"""Opening a collection's snapshot for reading, its files checked against the manifest.

Light to import, since this runs before every query.

Sizes are compared always. Bytes are hashed always where the snapshot is small (64 MiB take 0.05 s), and above that
where a file is not, by size, time and inode, the one that was hashed last; `.verified.json` in the snapshot's folder
says which that was.
"""

import json
import os
from pathlib import Path

from common.atomic import sha256_of_file
from common.errors import IntegrityError, NotFoundError, StorageError
from indexer.layout import Layout
from indexer.manifest import FileEntry, Manifest, read_manifest

STAMP_FILE = ".verified.json"
SMALL_BYTES = 64 << 20

_REMEDY = "Run `mrseek index` again: it publishes a new snapshot from what the catalog and the shards hold."


def open_snapshot(collection: Path) -> tuple[Path, Manifest]:
    """The folder of the snapshot in force, and its manifest.

    Raises:
        NotFoundError: there is no collection, or no snapshot in it yet.
        IntegrityError: a file of the snapshot is missing or damaged.
    """
    layout = Layout(collection)
    while True:
        snapshot = current_snapshot(layout)
        try:
            manifest = read_manifest(snapshot)
            check_files(snapshot, manifest)
        except IntegrityError:
            if current_snapshot(layout) == snapshot:  # else it was replaced, and removed, while we looked
                raise
        else:
            return snapshot, manifest


def current_snapshot(layout: Layout) -> Path:
    """The folder of the snapshot that CURRENT names.

    Raises:
        NotFoundError: there is no collection, or no snapshot in it yet.
        IntegrityError: CURRENT is no number, or names a snapshot that is not there.
    """
    number = current_number(layout)
    if number is not None:
        snapshot = layout.snapshot(number)
        if not snapshot.is_dir():
            raise IntegrityError(f"CURRENT names snapshot {number}, but {snapshot} is missing.", remedy=_REMEDY)
        return snapshot
    if not layout.settings.exists():
        raise no_collection(layout)
    raise NotFoundError(
        f"The collection {layout.root} has no snapshot yet: its indexing has not finished.",
        remedy="Run `mrseek index` again: it goes on where it stopped.",
    )


def no_collection(layout: Layout) -> NotFoundError:
    """The error for a collection that is not there."""
    return NotFoundError(
        f"There is no collection at {layout.root}.",
        remedy=f"Make one with `mrseek index SOURCE -c {layout.root}`, or name another with --collection.",
    )


def current_number(layout: Layout) -> int | None:
    """The number in CURRENT; None where there is no such file.

    Raises:
        IntegrityError: it holds no number.
    """
    try:
        text = layout.current.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise IntegrityError(f"{layout.current} cannot be read ({type(error).__name__}).", remedy=_REMEDY) from error
    if not (text.isascii() and text.isdigit()):
        raise IntegrityError(f"{layout.current} holds no snapshot number.", remedy=_REMEDY)
    return int(text)


def check_files(snapshot: Path, manifest: Manifest, *, every_byte: bool = False) -> None:
    """Compares a snapshot's files with its manifest.

    Raises:
        IntegrityError: one is missing or damaged.
    """
    total = sum(entry.size_bytes for entry in manifest.files.values())
    stamps = {} if every_byte or total <= SMALL_BYTES else _read_stamps(snapshot)
    fresh = {name: _check_file(snapshot / name, entry, stamps.get(name)) for name, entry in manifest.files.items()}
    if total > SMALL_BYTES and fresh != stamps:
        _write_stamps(snapshot, fresh)


def stamp_files(snapshot: Path, manifest: Manifest) -> None:
    """Notes which files were just hashed, so that opening need not do it again."""
    _write_stamps(snapshot, {name: _stamp((snapshot / name).stat()) for name in manifest.files})


def _check_file(path: Path, entry: FileEntry, stamp: list[int] | None) -> list[int]:
    try:
        status = path.stat()
        if status.st_size != entry.size_bytes:
            raise IntegrityError(
                f"{path} is damaged: it has {status.st_size} bytes, expected {entry.size_bytes}.", remedy=_REMEDY
            )
        if stamp != _stamp(status) and sha256_of_file(path) != entry.sha256:
            raise IntegrityError(f"{path} is damaged: its sha256 is not that of the manifest.", remedy=_REMEDY)
    except OSError as error:
        raise IntegrityError(f"{path} cannot be read ({type(error).__name__}).", remedy=_REMEDY) from error
    return _stamp(status)


def _stamp(status: os.stat_result) -> list[int]:
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _read_stamps(snapshot: Path) -> dict[str, list[int]]:
    try:
        stamps = json.loads((snapshot / STAMP_FILE).read_text())
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _write_stamps(snapshot: Path, stamps: dict[str, list[int]]) -> None:
    """A stamp only saves time: where it cannot be written, the next reader hashes again."""
    from common.atomic import write_json

    try:
        write_json(snapshot / STAMP_FILE, stamps)
    except (OSError, StorageError):
        return
