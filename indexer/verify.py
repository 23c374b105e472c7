"""Reading every byte of a collection again: snapshot, shards, text tower and catalog, and whether they agree."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic import sha256_of_file
from common.errors import IntegrityError, MrseekError
from indexer.catalog.snapshots import manifest_hash
from indexer.catalog.store import Catalog, check_database
from indexer.catalog.vectors import list_shards
from indexer.layout import MANIFEST_FILE, REPORTS_FILE, SERIES_FILE, Layout
from indexer.manifest import ChannelEntry, read_manifest
from indexer.open import check_files, current_snapshot
from indexer.records import Channel
from indexer.session import catalog_of, layout_of
from indexer.settings import CollectionSettings, get_settings
from indexer.shards import check_shard

_AGAIN = "Run `mrseek index` again: it publishes a new snapshot from what the catalog and the shards hold."


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a collection, and what to do about it."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What verification found.

    Attributes:
        checked: how many things were checked: files, shards, tables.
        problems: what is wrong; empty for a sound collection.
    """

    checked: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify_collection(collection: Path) -> VerifyResult:
    """Checks everything; what is wrong with one thing does not stop the others.

    Raises:
        NotFoundError: there is no collection.
    """
    layout = layout_of(collection)
    settings = get_settings(layout)
    checks = _Checks()
    checks.run(lambda: _check_snapshot(layout, checks))
    checks.run(lambda: _check_text_tower(layout, settings))
    checks.run(lambda: _check_catalog(layout, settings, checks))
    return VerifyResult(checks.count, tuple(checks.problems))


class _Checks:
    """Counts checks and collects what they raise."""

    def __init__(self) -> None:
        self.count = 0
        self.problems: list[Problem] = []

    def run(self, check: Callable[[], None]) -> None:
        """One check."""
        self.count += 1
        try:
            check()
        except MrseekError as error:
            problem = Problem(error.message, error.remedy)
            if problem not in self.problems:
                self.problems.append(problem)


def _check_snapshot(layout: Layout, checks: _Checks) -> None:
    snapshot = current_snapshot(layout)
    manifest = read_manifest(snapshot)
    for name, entry in manifest.files.items():
        one = replace(manifest, files={name: entry})
        checks.run(partial(check_files, snapshot, one, every_byte=True))
    if not checks.problems:
        for channel, index in manifest.channels.items():
            checks.run(partial(_check_ids, snapshot, Channel(channel), index))


def _check_ids(snapshot: Path, channel: Channel, entry: ChannelEntry) -> None:
    """Compares the row ids of a channel's index with those of its table."""
    import faiss
    import pyarrow.parquet as pq

    table = REPORTS_FILE if channel is Channel.REPORT else SERIES_FILE
    index: Any = faiss.read_index(str(snapshot / entry.file))
    inside = np.sort(faiss.vector_to_array(index.id_map))
    rows = np.sort(pq.read_table(snapshot / table, columns=["row_id"]).column("row_id").to_numpy())
    if index.d != entry.dimension or not np.array_equal(inside, rows):
        raise IntegrityError(
            f"{snapshot / entry.file} holds {len(inside)} row ids that are not the {len(rows)} of {table}.",
            remedy=_AGAIN,
        )


def _check_text_tower(layout: Layout, settings: CollectionSettings) -> None:
    from encoders.text_folder import verify_text_tower

    folder = layout.tower(settings.text.fingerprint)
    if folder.exists():
        verify_text_tower(folder)


def _check_catalog(layout: Layout, settings: CollectionSettings, checks: _Checks) -> None:
    catalog = catalog_of(layout, settings)
    try:
        checks.run(lambda: check_database(catalog))
        checks.run(lambda: _check_manifest(layout, catalog))
        with catalog.read() as connection:
            shards = list_shards(connection)
        for _, shard in shards:
            checks.run(partial(check_shard, layout, shard))
    finally:
        catalog.close()


def _check_manifest(layout: Layout, catalog: Catalog) -> None:
    """Compares the manifest with what was noted when it was published."""
    path = current_snapshot(layout) / MANIFEST_FILE
    with catalog.read() as connection:
        expected = manifest_hash(connection, int(path.parent.name))
    if expected and path.exists() and sha256_of_file(path) != expected:  # a missing one is told of already
        raise IntegrityError(f"{path} is damaged: its sha256 is not the one that was noted.", remedy=_AGAIN)
