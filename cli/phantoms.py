"""`mrseek phantoms`: an archive that anyone may have, with scans, reports and the truth about both."""

from pathlib import Path
from typing import Annotated

import typer

from cli.talk import say
from phantoms.layout import ArchiveLayout


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(phantoms)


def phantoms(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to make; it must not exist or be empty.")],
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed makes the same bytes.")] = 7,
    layout: Annotated[ArchiveLayout, typer.Option("--format", help="How it is laid out.")] = ArchiveLayout.DICOM,
) -> None:
    """Make a sample archive of simple shapes with correct headers, reports and a truth table.

    \b
    Example:
      mrseek phantoms --patients 4 --seed 7 --format bids --out sample
    """
    from phantoms.archive import make_archive

    made = make_archive(out, patients=patients, seed=seed, layout=layout)
    say(f"{made.series} series of {made.patients} patients with a report for each of {made.studies} studies")
    typer.echo(made.root)
