"""The files of an indexed series, found again in its archive."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from common.errors import NotFoundError
from common.pseudonym import IdKind, load_pseudonymizer
from indexer.identity import series_of
from indexer.manifest import SourceEntry
from indexer.records import FoundSeries, Inventory, SourceKind
from retrieval.scan import Scan
from retrieval.stored import SeriesRow

_MOVED = "Put the archive back, or run `mrseek index` on it where it is now."


def find_indexed(row: SeriesRow, sources: Sequence[SourceEntry]) -> Scan:
    """The series with its files.

    A DICOM series is known by the folder that holds it, and the folder may hold others: then its pseudonym decides,
    which needs the patient key under which the collection was made.

    Raises:
        NotFoundError: the source, the path or the series is not there.
        UsageError: the folder holds several series, and the patient key is not at hand.
    """
    path = indexed_path(row, sources)
    if path is None or not path.exists():
        raise NotFoundError(f"The files of {row.series_id} are not where they were indexed: {path}.", remedy=_MOVED)
    inventory = _inventory(path, SourceKind(row.format), path.stat().st_mtime_ns)
    found = inventory.series[0] if len(inventory.series) == 1 else _by_pseudonym(inventory, row)
    return Scan(path if path.is_dir() else path.parent, found)


def indexed_path(row: SeriesRow, sources: Sequence[SourceEntry]) -> Path | None:
    """Where the series was indexed; None where the snapshot does not know its source."""
    return next((Path(source.root) / row.path for source in sources if source.name == row.source), None)


def _by_pseudonym(inventory: Inventory, row: SeriesRow) -> FoundSeries:
    pseudonymize = load_pseudonymizer(create=False)
    for found in inventory.series:
        if pseudonymize(IdKind.SERIES, *series_of(found, row.source)) == row.series_id:
            return found
    raise NotFoundError(f"{row.series_id} is no longer in its folder, {row.path}.", remedy=_MOVED)


@lru_cache(maxsize=16)
def _inventory(path: Path, kind: SourceKind, _changed_ns: int) -> Inventory:
    """What a folder holds; kept until it changes, since the hits of one answer often share a folder."""
    from indexer.sources.inventory import take_inventory

    return take_inventory(path, kind=kind)
