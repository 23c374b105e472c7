"""What a writer does before it begins: sweeping up after writers that died, and noticing shards that were lost."""

import shutil

from indexer.catalog.store import Catalog
from indexer.catalog.vectors import forget_shards, list_shards
from indexer.catalog.work import lease_owners, release
from indexer.layout import Layout
from indexer.writers import Writer, forget_dead
from volumes.scratch import sweep


def tidy_up(catalog: Catalog, layout: Layout, writer: Writer) -> None:
    """Ends the leases of the dead; alone, also removes what they left half done. Call it while holding `exclusive`."""
    sweep()
    with catalog.read() as connection:
        owners = lease_owners(connection)
    gone = {owner for owner in owners if writer.is_gone(owner)}
    if owners:
        with catalog.write() as connection:
            release(connection, gone)
    forget_dead(writer)
    _forget_lost_shards(catalog, layout)
    if not writer.others() and owners <= gone:  # else a file may be somebody's who is about to rename it
        _remove_partial_files(layout)
        _remove_unknown_shards(catalog, layout)


def _forget_lost_shards(catalog: Catalog, layout: Layout) -> None:
    """Puts the series of shards that are missing, or have another size, up for work again."""
    with catalog.read() as connection:
        shards = list_shards(connection)
    lost = []
    for key, shard in shards:
        path = layout.root / shard.path
        if not path.exists() or path.stat().st_size != shard.size_bytes:
            lost.append(key)
    if lost:
        with catalog.write() as connection:
            forget_shards(connection, lost)


def _remove_partial_files(layout: Layout) -> None:
    for leftover in [*layout.root.rglob(".*.partial")]:
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _remove_unknown_shards(catalog: Catalog, layout: Layout) -> None:
    """Removes shards that landed, but whose transaction did not."""
    with catalog.read() as connection:
        known = {shard.path for _, shard in list_shards(connection)}
    for path in (layout.root / "vectors").rglob("*.parquet"):
        if path.relative_to(layout.root).as_posix() not in known:
            path.unlink(missing_ok=True)
