"""Folders for a converter's input and output: on the RAM disk where there is one, removed in any case.

What a converter writes there is identifying. A folder outlives its process only when that is killed at once; the next
process that makes one removes what dead ones left.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_RAM_DISK = Path("/dev/shm")  # every folder made in it is private, mode 0700
_PREFIX = "mrseek-"
_ROOM_FACTOR = 2  # leave as much again free: the RAM disk is other processes' memory


@contextmanager
def scratch_folder(expected_bytes: int = 0) -> Iterator[Path]:
    """A private empty folder with room for `expected_bytes`; gone on exit.

    Args:
        expected_bytes: what will be written; where the RAM disk has less than twice that, the folder lies on the disk.
    """
    place = _place(expected_bytes)
    _sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place(expected_bytes: int) -> Path:
    usable = _RAM_DISK.is_dir() and os.access(_RAM_DISK, os.W_OK | os.X_OK)
    if usable and shutil.disk_usage(_RAM_DISK).free >= _ROOM_FACTOR * expected_bytes:
        return _RAM_DISK
    return Path(tempfile.gettempdir())


def sweep() -> None:
    """Removes what dead processes of this user left; `scratch_folder` does so itself at a process's first use."""
    for place in {_RAM_DISK, Path(tempfile.gettempdir())}:
        _sweep(place)


@cache
def _sweep(place: Path) -> None:
    """Removes the folders that dead processes of this user left in `place`; once per process."""
    for folder in place.glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)) and _is_mine(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it lives and is another user's
        return True
    return True


def _is_mine(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.getuid()
    except OSError:
        return False
