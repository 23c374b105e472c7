"""`mrseek index` and `mrseek retry`: bring a collection up to date with its archives."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption
from cli.output import print_json
from cli.talk import say
from common.errors import EXIT_PARTIAL
from indexer.records import SourceKind

if TYPE_CHECKING:
    from indexer.summary import RunSummary

VERSION = 1

WorkersOption = Annotated[int, typer.Option(min=0, help="Decoding processes; 0 for one a core.")]
JsonSummaryOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on stdout.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.command()(index)
    app.command()(retry)


def index(
    sources: Annotated[list[Path], typer.Argument(help="Folders of DICOM, NIfTI or BIDS, or single files.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    reports: Annotated[Path | None, typer.Option(help="CSV, TSV, JSONL or a folder of text files.")] = None,
    table: Annotated[
        Path | None, typer.Option(help="A table about the series; its columns can be filtered by.")
    ] = None,
    kind: Annotated[SourceKind | None, typer.Option(help="The sources' layout; found out unless given.")] = None,
    encoder: Annotated[
        str | None,
        typer.Option(help='"default" (what mrseek brings), "baseline", "tiny", a checkpoint folder, or hf:NAME.'),
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A TOML file that says all this once.")] = None,
    workers: WorkersOption = 0,
    catalog_url: Annotated[str, typer.Option(help="PostgreSQL for the catalog of a new collection.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: JsonSummaryOption = False,
) -> None:
    """Index archives of MRI and their reports; run again, it takes in only what is new or changed.

    \b
    Examples:
      mrseek index archive --reports archive/reports.csv
      mrseek index archive --dry-run
    """
    from cli.progress import show_progress
    from indexer.config import IndexConfig, read_config
    from indexer.run import IndexOptions, index_archive

    settings = (read_config(config) if config else IndexConfig()).overridden(
        reports=reports, table=table, kind=kind, encoder=encoder, catalog_url=catalog_url, workers=workers or None
    )
    with show_progress() as progress:
        summary = index_archive(
            sources,
            collection,
            reports=settings.reports,
            report_columns=settings.report_columns,
            table=settings.table,
            kind=settings.kind,
            encoder=settings.encoder,
            catalog_url=settings.catalog_url,
            options=IndexOptions(settings.workers, settings.batch, settings.task_seconds),
            progress=progress,
            dry_run=dry_run,
        )
    _finish(summary, collection, as_json)


def retry(
    collection: CollectionOption = DEFAULT_COLLECTION,
    encoder: Annotated[str | None, typer.Option(help="Where the collection's encoder is now.")] = None,
    workers: WorkersOption = 0,
    as_json: JsonSummaryOption = False,
) -> None:
    """Take the series in the ledger of failures again.

    \b
    Example:
      mrseek retry
    """
    from cli.progress import show_progress
    from indexer.run import IndexOptions, retry_failures

    with show_progress() as progress:
        summary = retry_failures(collection, encoder=encoder, options=IndexOptions(workers=workers), progress=progress)
    _finish(summary, collection, as_json)


def _finish(summary: "RunSummary", collection: Path, as_json: bool) -> None:
    """Prints the summary; exit code 3 where the ledger is not empty."""
    if as_json:
        print_json({"version": VERSION} | asdict(summary))
    for line in summary_lines(summary, collection):
        say(line)
    if summary.failed and not summary.dry_run:
        raise typer.Exit(EXIT_PARTIAL)


def summary_lines(summary: "RunSummary", collection: Path) -> list[str]:
    """What a run did, in words."""
    found = f"{summary.new} new, {summary.changed} changed, {summary.moved} moved, {summary.removed} removed"
    if summary.dry_run:
        return [f"Would take in: {found}, {summary.unchanged} unchanged. Nothing was written."]
    lines = [
        f"{found}, {summary.unchanged} unchanged; {summary.indexed} series indexed, {summary.skipped} files skipped"
    ]
    if summary.reports_joined or summary.reports_unjoined:
        lines.append(f"{summary.reports_joined} reports joined to studies, {summary.reports_unjoined} without a study")
    if summary.failed:
        lines.append(f"{summary.failed} failed: `mrseek failures` says why, `mrseek retry` takes them again")
    what = "published snapshot" if summary.published else "nothing to publish; snapshot"
    lines.append(f"{what} {summary.snapshot} of {collection} in {summary.seconds:.1f} s")
    return lines
