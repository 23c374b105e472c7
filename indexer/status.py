"""What a collection holds, and what it could not take in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from indexer.catalog.reports import count_reports, list_unjoined
from indexer.catalog.snapshots import count_everything
from indexer.catalog.sources import list_findings, list_sources, source_entries
from indexer.catalog.store import Catalog
from indexer.catalog.work import count_open, list_failed
from indexer.layout import Layout
from indexer.manifest import Counts, SourceEntry
from indexer.open import current_number
from indexer.session import catalog_of, layout_of
from indexer.settings import CollectionSettings, get_settings


@dataclass(frozen=True, slots=True)
class CollectionStatus:
    """What a collection holds.

    Attributes:
        snapshot: number of the snapshot in force, 0 for none.
        counts: by the catalog, which may be ahead of the snapshot.
        pending: series that wait to be indexed, or are in work.
        reports_joined, reports_unjoined: with and without a study.
        catalog: where the catalog is.
    """

    snapshot: int
    counts: Counts
    pending: int
    reports_joined: int
    reports_unjoined: int
    sources: tuple[SourceEntry, ...]
    encoder_name: str
    encoder_reference: str
    encoder_fingerprint: str
    aligned: bool
    catalog: str


class FailureKind(StrEnum):
    """What an entry of the ledger is about."""

    SERIES = "series"  # is not in the snapshot
    REPORT = "report"  # is in the snapshot, without a study: a warning


@dataclass(frozen=True, slots=True)
class FailureRow:
    """An entry of the ledger; `series` is "" for what has no identity yet, `path` is "" for reports."""

    kind: FailureKind
    source: str
    path: str
    series: str
    stage: str
    error: str
    reason: str
    remedy: str
    attempts: int = 1


def collection_status(collection: Path) -> CollectionStatus:
    """What a collection holds.

    Raises:
        NotFoundError: there is no collection.
    """
    with _reading(collection) as (layout, settings, catalog), catalog.read() as connection:
        reports = count_reports(connection)
        return CollectionStatus(
            snapshot=current_number(layout) or 0,
            counts=count_everything(connection),
            pending=count_open(connection),
            reports_joined=reports.joined,
            reports_unjoined=reports.unjoined,
            sources=source_entries(connection),
            encoder_name=settings.encoder_name,
            encoder_reference=settings.encoder,
            encoder_fingerprint=settings.encoder_fingerprint,
            aligned=settings.aligned,
            catalog=catalog.place,
        )


def list_failures(collection: Path) -> tuple[FailureRow, ...]:
    """The ledger: series that could not be indexed, by source and path, then reports without a study.

    Raises:
        NotFoundError: there is no collection.
    """
    rows = []
    with _reading(collection) as (_, _, catalog), catalog.read() as connection:
        for source in list_sources(connection):
            for failure in list_findings(connection, source)[1]:
                facts = (failure.path, "", failure.stage.value, "", failure.reason, failure.remedy)
                rows.append(FailureRow(FailureKind.SERIES, source.name, *facts))
        for name, path, series, note, attempts in list_failed(connection):
            facts = (path, series, note.stage, note.error_class, note.reason, note.remedy)
            rows.append(FailureRow(FailureKind.SERIES, name, *facts, attempts))
        rows.sort(key=lambda row: (row.source, row.path))
        remedy = "Check the columns by which it is joined, or index the study that it belongs to."
        for report, reason in list_unjoined(connection):
            rows.append(FailureRow(FailureKind.REPORT, "", "", report, "join", "", reason, remedy))
    return tuple(rows)


@contextmanager
def _reading(collection: Path) -> Iterator[tuple[Layout, CollectionSettings, Catalog]]:
    layout = layout_of(collection)
    settings = get_settings(layout)
    catalog = catalog_of(layout, settings)
    try:
        yield layout, settings, catalog
    finally:
        catalog.close()
