"""Indexing: archive in, snapshot out. Each phase commits its work, so that a run may die anywhere and go on.

scan      inventory of every source; nothing is written yet
plan      what is new, changed, moved, removed: one transaction a source          } alone among all writers
images    decode in processes beside encoding, a shard and a transaction a batch    several writers share this
cards     header and card of every series; vectors of new card texts              }
reports   read, split, joined to studies; vectors of new passages                 } alone among all writers
publish   snapshot and CURRENT, where anything is different                       }
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from common.pseudonym import Pseudonymizer, load_pseudonymizer
from indexer.catalog.series import apply_changes
from indexer.catalog.sources import list_sources, register_source, replace_findings, sources_with_unreadable
from indexer.catalog.work import count_open, reopen_failures
from indexer.describe import describe_series
from indexer.housekeeping import tidy_up
from indexer.images import ImageOptions, ImageTally, encode_images
from indexer.joining import join_all, split_again, take_in_reports
from indexer.layout import Layout
from indexer.open import current_number
from indexer.progress import ProgressListener, no_progress
from indexer.publish import publish
from indexer.records import Channel, Report, SourceKind
from indexer.reports.columns import ColumnMap
from indexer.scan import PlannedSource, ScannedSource, check_sources, plan_source, root_of, scan_source
from indexer.session import Session, carry_text_tower, catalog_of, check_request, layout_of, open_for_writing
from indexer.settings import check_key, find_settings
from indexer.summary import RunSummary, count_changes, summarise
from indexer.texts import encode_texts, texts_are_due

if TYPE_CHECKING:
    from encoders.contract import DualEncoder


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How a run works; none of it changes what comes out.

    Attributes:
        workers: decoding processes; 0 for one a core.
        batch: series a shard and transaction.
        task_seconds: a series that takes longer to decode is given up.
    """

    workers: int = 0
    batch: int = 32
    task_seconds: float = 900.0

    @property
    def images(self) -> ImageOptions:
        """For the image phase."""
        return ImageOptions(self.workers or len(os.sched_getaffinity(0)), self.batch, self.task_seconds)


def index_archive(
    sources: Sequence[Path],
    collection: Path,
    *,
    reports: Path | None = None,
    report_columns: ColumnMap | None = None,
    table: Path | None = None,
    kind: SourceKind | None = None,
    encoder: "str | DualEncoder | None" = None,
    catalog_url: str = "",
    options: IndexOptions = IndexOptions(),
    progress: ProgressListener = no_progress,
    dry_run: bool = False,
) -> RunSummary:
    """Brings a collection up to date with archives, and publishes a snapshot where anything is different.

    Args:
        sources: folders, or single files.
        collection: its folder; made where it is not there.
        reports: a table or folder of reports; None keeps those that are in the collection.
        report_columns: what the table's columns hold; None finds out by their names.
        table: the user's table about the series; None keeps the one that a source was given before.
        kind: the sources' layout; None finds out.
        encoder: a reference or an open encoder; None for the collection's own, or the default for a new one.
        catalog_url: PostgreSQL for a new collection; "" for a file in it.
        options: how the run works.
        progress: is told how far it is.
        dry_run: only says what would be done; writes nothing.

    Raises:
        UsageError: a source is missing or no archive, or the collection was made under another patient key.
        EncoderMismatchError: the collection was made with another encoder.
        StorageError: the disk is full or read-only; the last snapshot stays, and the next run goes on.
    """
    began = time.monotonic()
    layout = layout_of(collection)
    sources = check_sources(sources, layout.root)
    if not dry_run:
        encoder = check_request(layout, encoder, catalog_url)
    tables = _remembered_tables(layout)
    scanned = [
        scan_source(source, layout, kind=kind, table=table or tables.get(root_of(source)), progress=progress)
        for source in sources
    ]
    found_reports = _read_reports(reports, report_columns)
    if dry_run:
        return replace(_plan_only(layout, scanned), seconds=time.monotonic() - began, dry_run=True)
    with open_for_writing(layout, encoder, catalog_url=catalog_url, create=True) as session:
        with session.writer.exclusive():
            tidy_up(session.catalog, layout, session.writer)
            planned = [_carry_out(session, source) for source in scanned]
            if reports is not None:
                take_in_reports(session.catalog, reports.resolve(), found_reports, session.pseudonymize)
        return _finish(session, planned, options, progress, began)


def retry_failures(
    collection: Path,
    *,
    encoder: "str | DualEncoder | None" = None,
    options: IndexOptions = IndexOptions(),
    progress: ProgressListener = no_progress,
) -> RunSummary:
    """Takes every entry of the ledger again, and publishes where that changed anything.

    Sources with series whose headers could not be read are looked at again as a whole.

    Raises:
        NotFoundError: there is no collection.
        StorageError, EncoderMismatchError: as `index_archive`.
    """
    began = time.monotonic()
    layout = layout_of(collection)
    with open_for_writing(layout, encoder, create=False) as session:
        with session.catalog.read() as connection:
            again = sources_with_unreadable(connection)
        scanned = [
            scan_source(
                source.root,
                layout,
                kind=None,
                table=Path(source.table_path) if source.table_path else None,
                progress=progress,
            )
            for source in again
        ]
        with session.writer.exclusive():
            tidy_up(session.catalog, layout, session.writer)
            planned = [_carry_out(session, source) for source in scanned]
            with session.catalog.write() as connection:
                reopen_failures(connection)
        return _finish(session, planned, options, progress, began)


def _finish(
    session: Session,
    planned: Sequence[PlannedSource],
    options: IndexOptions,
    progress: ProgressListener,
    began: float,
) -> RunSummary:
    """Every phase after the plan."""
    tally, rate = _images(session, options, progress)
    with session.writer.exclusive():
        describe_series(session.catalog)
        split_again(session.catalog)
        join_all(session.catalog)
        _texts(session, progress)
        publication = publish(session.catalog, session.layout, session.settings, progress)
    summary = summarise(session.catalog, planned, tally, publication)
    return replace(summary, seconds=time.monotonic() - began, series_per_second=rate)


def _carry_out(session: Session, scanned: ScannedSource) -> PlannedSource:
    """Plans a source and writes the plan to the catalog, in one transaction."""
    planned = plan_source(session.catalog, scanned, session.pseudonymize)
    table = str(scanned.table.resolve()) if scanned.table else ""
    inventory = scanned.inventory
    with session.catalog.write() as connection:
        source = register_source(connection, planned.name, scanned.root, inventory.kind, table)
        apply_changes(connection, source, planned.changes, session.settings.image.fingerprint)
        replace_findings(connection, source, (*inventory.skipped, *planned.changes.elsewhere), inventory.failed)
    if not session.settings.catalog_url:
        scanned.headers.keep()
    return planned


def _images(session: Session, options: IndexOptions, progress: ProgressListener) -> tuple[ImageTally, float]:
    """The image phase, where any item is open; with it, how many series a second."""
    with session.catalog.read() as connection:
        if not count_open(connection):
            return ImageTally(), 0.0
    began = time.monotonic()
    tower = session.encoder.open().image
    tally = encode_images(session, tower, options.images, progress)
    return tally, tally.done / max(time.monotonic() - began, 1e-9)


def _texts(session: Session, progress: ProgressListener) -> None:
    """The vectors of new texts; the tower itself is carried from the first run on."""
    carry_text_tower(session)
    if not texts_are_due(session.catalog, session.settings.text.fingerprint):
        return
    tower = session.encoder.open().text
    for channel in (Channel.CARD, Channel.REPORT):
        encode_texts(session, tower, channel, progress)


def _plan_only(layout: Layout, scanned: Sequence[ScannedSource]) -> RunSummary:
    """What a run would do, by the plan alone."""
    settings = find_settings(layout)
    if settings is None:
        any_key = Pseudonymizer(bytes(32))  # counts are the same under every key, and none is made
        return count_changes([plan_source(None, source, any_key) for source in scanned])
    pseudonymize = load_pseudonymizer(create=False)
    check_key(settings, pseudonymize)
    catalog = catalog_of(layout, settings)
    try:
        summary = count_changes([plan_source(catalog, source, pseudonymize) for source in scanned])
    finally:
        catalog.close()
    return replace(summary, snapshot=current_number(layout) or 0)


def _remembered_tables(layout: Layout) -> dict[Path, Path]:
    """The table that each source was given in an earlier run: to go on without it would lose its columns."""
    settings = find_settings(layout)
    if settings is None or (not settings.catalog_url and not layout.catalog.exists()):
        return {}
    catalog = catalog_of(layout, settings)
    try:
        with catalog.read() as connection:
            sources = list_sources(connection)
    finally:
        catalog.close()
    return {source.root: Path(source.table_path) for source in sources if source.table_path}


def _read_reports(path: Path | None, columns: ColumnMap | None) -> tuple[Report, ...]:
    if path is None:
        return ()
    from indexer.reports.read import read_reports

    return read_reports(path, columns)
