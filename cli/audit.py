"""`mrseek audit`: what makes a retrieval benchmark lie."""

import time
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from cli.output import print_json
from cli.talk import say
from common.errors import EXIT_PARTIAL
from retrieval.audit.checks import Check

if TYPE_CHECKING:
    from retrieval.audit.audit_results import Audit


class AuditForm(StrEnum):
    """How an audit comes out."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


_SAY_EVERY_S = 5.0
_SECONDS, _MEMORY_MB = 600.0, 2048  # whole tables are read here, where a filter reads a few rows


class _Steps:
    """Says how far a long step is, every few seconds."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _SAY_EVERY_S

    def __call__(self, step: str, done: int, total: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SAY_EVERY_S
            say(f"{step}: {done} of {total}")


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command("audit")(audit_collection)


def audit_collection(
    collection: CollectionOption = DEFAULT_COLLECTION,
    against: Annotated[Path | None, typer.Option(help="The other side of the split: a collection.")] = None,
    split: Annotated[str | None, typer.Option(help="A column whose values are the sides of the split.")] = None,
    check: Annotated[list[Check] | None, typer.Option(help="Check this alone (repeatable). Default: all.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Neighbours that count, in confounding and hubness.")] = 10,
    relevance: Annotated[str, typer.Option(help="Columns that make two series alike.")] = "region,sequence",
    confounder: Annotated[list[str] | None, typer.Option(help="A further column to suspect (repeatable).")] = None,
    near_image: Annotated[float, typer.Option(help="Cosine from which two scans are near-duplicates.")] = 0.995,
    near_report: Annotated[float, typer.Option(help="Share of word triples from which two reports are.")] = 0.8,
    examples: Annotated[int, typer.Option(min=0, help="Pairs to show of each leak, by pseudonym.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of samples, resampled patients and random vectors.")] = 0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 where a leak is found, or could not be looked for.")
    ] = False,
    form: Annotated[AuditForm, typer.Option("--format", "-f", help="How the audit is printed.")] = AuditForm.TABLE,
    as_json_: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write .json and .md files of this name.")
    ] = None,
) -> None:
    """Find what makes a benchmark lie: leaks between splits, confounders, embeddings in bad health.

    Exits with 0 whatever is found, unless --strict is given.

    \b
    Examples:
      mrseek audit
      mrseek audit --split sex --check leaks --format markdown
      mrseek audit --check confounding --check health -k 5 --json --out audit
    """
    from retrieval.audit.audit import AuditSettings, audit
    from retrieval.audit.leak_limits import LeakLimits
    from retrieval.collection import Collection
    from retrieval.tables import QueryLimits

    settings = AuditSettings(
        k=k,
        strata=tuple(name.strip() for name in relevance.split(",") if name.strip()),
        confounders=tuple(confounder or ()),
        limits=LeakLimits(image=near_image, report=near_report, examples=examples),
        seed=seed,
    )
    limits = QueryLimits(_SECONDS, _MEMORY_MB)
    with ExitStack() as stack:
        opened = stack.enter_context(Collection.open(collection, limits=limits))
        other = stack.enter_context(Collection.open(against, limits=limits)) if against else None
        found = audit(opened, against=other, split=split, checks=check or (), settings=settings, listener=_Steps())
    _print(found, AuditForm.JSON if as_json_ else form, out)
    if strict and found.leaks_or_may:
        say("Leaks were found, or could not be looked for.")
        raise typer.Exit(EXIT_PARTIAL)


def _print(found: "Audit", form: AuditForm, out: Path | None) -> None:
    """To stdout in the form that was asked for, and to both files where they were."""
    from common.atomic import write_json, write_text
    from retrieval.audit.as_json import as_json
    from retrieval.audit.report import as_markdown, as_table

    if out is not None:
        write_json(out.with_suffix(".json"), as_json(found))
        write_text(out.with_suffix(".md"), as_markdown(found))
        say(f"Written: {out.with_suffix('.json')} and {out.with_suffix('.md')}")
    match form:
        case AuditForm.JSON:
            print_json(as_json(found))
        case AuditForm.MARKDOWN:
            typer.echo(as_markdown(found), nl=False)
        case AuditForm.TABLE:
            typer.echo(as_table(found), nl=False)
