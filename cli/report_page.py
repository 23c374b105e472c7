"""`mrseek page`: several evaluations on one page."""

from pathlib import Path
from typing import Annotated

import typer

from cli.talk import say


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(page)


def page(
    reports: Annotated[list[Path], typer.Argument(help="report.json files of `mrseek eval --out`, or their folders.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write, one HTML file.")] = Path("page.html"),
) -> None:
    """Put several evaluations on one page: two encoders, two collections, or both.

    \b
    Examples:
      mrseek eval --out recall
      mrseek page recall/report.json --out page.html
    """
    from common.atomic import write_text
    from retrieval.report.page import as_page
    from retrieval.report.read_document import read_document

    documents = [read_document(path) for path in reports]
    write_text(out, as_page(documents))
    say(f"{len(documents)} evaluation{'' if len(documents) == 1 else 's'} on one page")
    typer.echo(out)
