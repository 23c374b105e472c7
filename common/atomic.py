"""Files that are either whole or absent: written beside their place, flushed to the disk, renamed into it."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import StorageError

_CHUNK_BYTES = 1 << 20
_FREE_SPACE = "Free some space and run the same command again: finished work is kept."
_DISK_ERRORS = {
    errno.ENOSPC: ("the disk is full", _FREE_SPACE),
    errno.EDQUOT: ("the disk quota is used up", _FREE_SPACE),
    errno.EROFS: ("the file system is read-only", "Choose a collection on a writable disk with --collection."),
    errno.EACCES: ("permission was denied", "Check who owns the folder, or choose another with --collection."),
    errno.EISDIR: ("a folder of that name is there", "Name a file."),
    errno.ENOTDIR: ("a part of the path is a file", "Check the path."),
    errno.EEXIST: ("a part of the path is a file", "Check the path."),
    errno.EPERM: ("permission was denied", "Check who owns the folder, or choose another with --collection."),
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns the operating system's full-disk and read-only errors into a StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        what, remedy = _DISK_ERRORS[error.errno]
        raise StorageError(f"Cannot write {path}: {what}.", remedy=remedy) from error


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; on a clean exit it is flushed and takes the place of `path`, otherwise it is
    removed.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            flush_file(temporary)
            temporary.chmod(0o644)
            temporary.replace(path)
            flush_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path`, which must not be there; on a clean exit all in it is flushed and it takes that
    name, otherwise it is removed.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
        try:
            yield temporary
            for inside in temporary.rglob("*"):
                flush_file(inside)
            flush_folder(temporary)
            temporary.chmod(0o755)
            temporary.rename(path)
            flush_folder(path.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def make_private(path: Path) -> None:
    """A file that only its owner may read: made, empty, where it is not there. SQLite's side files follow its mode.

    Where that cannot be done (another owner, a read-only disk) nothing happens: whoever opens the file says why.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes the whole of `content` to `path`, or leaves what was there."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Writes the whole of `content` to `path` as UTF-8, or leaves what was there."""
    write_bytes(path, content.encode())


def write_json(path: Path, content: object) -> None:
    """Writes `content` as indented JSON with sorted keys, so that equal content is equal bytes."""
    write_text(path, json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def flush_file(path: Path) -> None:
    """Asks the operating system to put a file's bytes on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(path: Path) -> None:
    """Asks the operating system to put a folder's entries on the disk: a rename is durable only after this."""
    flush_file(path)


def sha256_of_file(path: Path) -> str:
    """The sha256 of a file's bytes, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
