"""`mrseek compare`: two reports, or the channels of one, query by query."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption
from cli.output import print_json

VERSION = 1


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command("compare")(compare)


def compare(
    report: Annotated[Path, typer.Argument(help="The folder that `mrseek eval --out` wrote.", show_default=False)],
    other: Annotated[
        Path | None,
        typer.Argument(help="Another one of the same queries; without it, the channels of the first are compared."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the patients whose results change sides.")] = 0,
    as_json_: JsonOption = False,
) -> None:
    """Compare two evaluations on the same queries: effect, interval by patient, p-value corrected for all comparisons.

    \b
    Examples:
      mrseek eval --out recall && mrseek compare recall
      mrseek eval --out again && mrseek compare recall again --json
    """
    from retrieval.report.compare_reports import as_json, compare_channels, compare_reports
    from retrieval.report.comparison_table import as_table

    found = compare_channels(report, seed=seed) if other is None else compare_reports(report, other, seed=seed)
    if as_json_:
        print_json({"version": VERSION, "comparisons": as_json(found)})
    else:
        typer.echo(as_table(as_json(found)), nl=False)
