"""`mrseek phantoms`: an archive that anyone may have, with scans, reports and the truth about both."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    matrix: Annotated[int, typer.Option(min=32, help="Pixels along a side of an image, about.")] = 96,
    atlases: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Label maps to take anatomy from.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the bytes do not depend on them.")] = min(
        os.cpu_count() or 1, 8
    ),
) -> None:
    """Make an archive of simulated scans with correct headers, reports and a truth table.

    \b
    Example:
      mrseek phantoms --patients 4 --seed 7 --format bids --out sample
    """
    from common.threads import use_one_thread
    from phantoms.archive import make_archive

    use_one_thread()  # few patients are rendered in this very process: a fifth of the time that two threads take
    with _progress() as progress:
        made = make_archive(
            out,
            patients=patients,
            seed=seed,
            layout=layout,
            progress=progress,
            processes=workers,
            matrix=matrix,
            atlases=atlases,
        )
    say(f"{made.series} series of {made.patients} patients with a report for each of {made.studies} studies")
    typer.echo(made.root)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr where a person watches, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress as bars
    from rich.console import Console

    with bars.Progress(
        bars.TextColumn("scanning series"),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
