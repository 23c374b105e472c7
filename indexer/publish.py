"""Publishing a snapshot: its files in a folder beside its place, flushed, renamed into it; then CURRENT, atomically.

Every byte of the tables and indices follows from the archive, the patient key and the encoder: rows are sorted by
series id or row id and hold no time and no place of this machine. Two snapshots of one archive are equal whatever
happened on the way.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.atomic import flush_file, flush_folder, sha256_of_file, storage_errors, write_text
from common.errors import IntegrityError
from indexer.catalog.snapshots import Connection, log_snapshot
from indexer.catalog.store import Catalog, get_meta, get_revision
from indexer.layout import MANIFEST_FILE, Layout
from indexer.open import current_number, open_snapshot, stamp_files
from indexer.progress import ProgressListener
from indexer.settings import CollectionSettings
from indexer.snapshot import SnapshotWriter

KEPT_SNAPSHOTS = 3  # a reader that opened one keeps it for as long as two more are published


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did."""

    number: int
    published: bool


def publish(catalog: Catalog, layout: Layout, settings: CollectionSettings, progress: ProgressListener) -> Publication:
    """Publishes a snapshot where the one in force does not show all that the catalog has, or is damaged.

    Call it while no other writer plans or publishes.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to; the last snapshot stays in force.
        IntegrityError: a shard is damaged; the last snapshot stays in force.
    """
    with catalog.read() as connection:
        state = _state_of(connection)
        before = _number_in_force(layout)
        if before and _shows(layout, state):
            return Publication(before, published=False)
        number = before + 1
        with _new_snapshot(layout, number) as folder:
            content = SnapshotWriter(connection, layout, settings, folder)
            manifest = content.write(number, state, progress)
    write_text(layout.current, f"{number}\n")
    stamp_files(layout.snapshot(number), manifest)
    digest = sha256_of_file(layout.snapshot(number) / MANIFEST_FILE)
    with catalog.write() as connection:
        log_snapshot(connection, number, state["catalog_revision"], manifest.created_at, digest)
    remove_old(layout, number)
    return Publication(number, published=True)


def remove_old(layout: Layout, current: int) -> None:
    """Removes all but the last few snapshots, and any that was never put in force."""
    kept = range(current - KEPT_SNAPSHOTS + 1, current + 1)
    for folder in layout.snapshots.glob("*"):
        if not (folder.name.isdigit() and int(folder.name) in kept):
            shutil.rmtree(folder, ignore_errors=True)


def _state_of(connection: Connection) -> dict[str, Any]:
    """What a snapshot is made from, in short: noted in its manifest, compared before the next."""
    return {
        "catalog_id": get_meta(connection, "catalog_id"),
        "catalog_revision": get_revision(connection),
    }


def _number_in_force(layout: Layout) -> int:
    """The number of the snapshot in force; 0 for none. Where CURRENT is damaged, the last folder counts."""
    try:
        return current_number(layout) or 0
    except IntegrityError:
        return max((int(folder.name) for folder in layout.snapshots.glob("[0-9]*") if folder.name.isdigit()), default=0)


def _shows(layout: Layout, state: dict[str, Any]) -> bool:
    """Whether the snapshot in force is whole and made from this state of the catalog."""
    try:
        _, manifest = open_snapshot(layout.root)
    except IntegrityError:
        return False
    return all(manifest.configuration.get(name) == value for name, value in state.items())


@contextmanager
def _new_snapshot(layout: Layout, number: int) -> Iterator[Path]:
    """A folder to fill; on a clean exit it is flushed and becomes the snapshot of that number."""
    target = layout.snapshot(number)
    folder = layout.snapshots / f".{number}.partial"
    with storage_errors(target):
        for leftover in (folder, target):  # of a run that died before CURRENT named it
            shutil.rmtree(leftover, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
            for file in folder.iterdir():
                flush_file(file)
            flush_folder(folder)
            folder.rename(target)
            flush_folder(layout.snapshots)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
