"""Who is writing to a collection.

Several `mrseek index` may run on one: they share the work, and only one at a time plans or publishes.

Each writer holds a lock on a file of its own under `.writers/` as long as it lives; the operating system lets go of it
however the process ends, so that the others see at once that a killed writer is gone and take over its leases. POSIX
only (`flock`).
"""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from common.atomic import storage_errors
from common.errors import StorageError
from indexer.layout import Layout

LEASE_SECONDS = 900.0  # for writers on other machines, whose death cannot be seen
_PLAN_LOCK = "exclusive.lock"
_SUFFIX = ".lock"


@dataclass(frozen=True, slots=True)
class Writer:
    """This process, as a writer of one collection."""

    name: str
    folder: Path

    @contextmanager
    def exclusive(self, *, wait_seconds: float = 600.0) -> Iterator[None]:
        """Alone among all writers: for planning, cleaning up and publishing.

        Raises:
            StorageError: another writer did not let go in time.
        """
        with (self.folder / _PLAN_LOCK).open("a") as stream:
            deadline = time.monotonic() + wait_seconds
            while not _try_lock(stream):
                if time.monotonic() > deadline:
                    raise StorageError(
                        f"Another mrseek has been publishing this collection for {wait_seconds:.0f} seconds.",
                        remedy="Wait for it to end, and run the same command again.",
                    )
                time.sleep(0.05)
            yield

    def others(self) -> frozenset[str]:
        """The other writers that are alive, on this machine."""
        return frozenset(
            file.stem
            for file in self.folder.glob(f"w-*{_SUFFIX}")
            if file.stem != self.name and is_alive(self.folder, file.stem)
        )

    def is_gone(self, owner: str) -> bool:
        """Whether a writer is known to be dead. One on another machine never is: its lease has to run out."""
        return owner != self.name and _host_of(owner) == _host() and not is_alive(self.folder, owner)


@contextmanager
def join_writers(layout: Layout) -> Iterator[Writer]:
    """This process as a writer, until the block ends.

    Raises:
        StorageError: the collection cannot be written to.
    """
    folder = layout.root / ".writers"
    name = f"w-{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / f"{name}{_SUFFIX}").open("w")
    try:
        _try_lock(stream)
        yield Writer(name, folder)
    finally:
        Path(stream.name).unlink(missing_ok=True)
        stream.close()


def is_alive(folder: Path, owner: str) -> bool:
    """Whether a writer holds its lock."""
    try:
        with (folder / f"{owner}{_SUFFIX}").open("a") as stream:
            return not _try_lock(stream)
    except FileNotFoundError:
        return False


def forget_dead(writer: Writer) -> None:
    """Removes the lock files of writers on this machine that are dead."""
    for file in writer.folder.glob(f"w-*{_SUFFIX}"):
        if writer.is_gone(file.stem):
            file.unlink(missing_ok=True)


def _try_lock(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _host() -> str:
    return "".join(letter for letter in socket.gethostname() if letter.isalnum())[:40] or "host"


def _host_of(owner: str) -> str:
    return owner.split("-")[1] if owner.count("-") == 3 else ""
