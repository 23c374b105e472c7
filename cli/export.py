"""`mrseek export`: the tables of a snapshot for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption
from cli.talk import say
from common.errors import UsageError
from indexer.export import ExportFormat, ExportTable, export_table


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(export)


def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, whole or not at all.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    table: Annotated[ExportTable, typer.Option(help="Which table.")] = ExportTable.SERIES,
    form: Annotated[ExportFormat | None, typer.Option("--format", "-f", help="Default: by the file's ending.")] = None,
    hidden: Annotated[
        bool, typer.Option("--all", help="Also dates, report text and what decided each value: not pseudonymous.")
    ] = False,
) -> None:
    """Write a table of the collection as CSV, JSON lines or Parquet; pseudonymous unless --all is given.

    \b
    Examples:
      mrseek export --out series.parquet
      mrseek export --table reports --out reports.csv
    """
    rows = export_table(collection, out, table=table, form=form or format_of(out), hidden=hidden)
    say(f"{rows} rows written to {out}")


def format_of(out: Path) -> ExportFormat:
    """The form that a file's ending names.

    >>> format_of(Path("series.jsonl")).value
    'jsonl'
    """
    ending = out.suffix.removeprefix(".").lower()
    if ending not in set(ExportFormat):
        raise UsageError(
            f'The ending ".{ending}" names no form that tables are written in.',
            remedy=f"End the file with .{', .'.join(ExportFormat)}, or give --format.",
        )
    return ExportFormat(ending)
