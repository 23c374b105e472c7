"""What `mrseek eval` evaluates: a collection, what the user brings, or a bundle; for the first time or again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.scoring_progress import show_scoring
from cli.talk import say
from common.errors import UsageError

if TYPE_CHECKING:
    from retrieval.brought.source import Source
    from retrieval.evaluation.results import Evaluation
    from retrieval.evaluation.settings import Settings


@dataclass(frozen=True, slots=True)
class Given:
    """What was named on the command line."""

    collection: Path
    gallery: Path | None = None
    texts: Path | None = None
    queries: Path | None = None
    items: Path | None = None
    run: Path | None = None
    qrels: Path | None = None
    bundle: Path | None = None

    @property
    def brought(self) -> bool:
        """Whether anything is the user's own."""
        return any(one is not None for one in (self.queries, self.items, self.run, self.qrels, self.bundle))


def evaluated(given: Given, settings: "Settings") -> "Evaluation":
    """The evaluation of what was named."""
    with _opened(given) as source, show_scoring() as progress:
        return source.evaluate(settings, progress)


def show_rerun(report: Path, given: Given, settings: "Settings", out: Path | None) -> None:
    """Evaluates again and prints what differs; exit code 1 where anything does."""
    from retrieval.brought.compare import lines_of
    from retrieval.brought.report_file import read_report
    from retrieval.brought.rerun import rerun
    from retrieval.evaluation.settings import Settings

    if settings != Settings():
        raise UsageError(
            "A rerun takes its settings from the report.", remedy="Leave out what decides tasks, relevance or measures."
        )
    if out is not None:
        raise UsageError("A rerun writes no report: it says what differs from one.", remedy="Leave --out out.")
    document = read_report(report)
    with _opened(given) as source, show_scoring() as progress:
        found = rerun(document, source, progress=progress)
    for line in lines_of(found.comparison):
        typer.echo(line)
    if found.comparison.differences:
        for change in found.elsewhere:
            say(f"The report was made elsewhere: {change}.")
        raise typer.Exit(1)


def slices_of_examples(given: Given, evaluation: "Evaluation") -> dict[str, bytes]:
    """A slice of each example that one of the collections has, as PNG by pseudonym."""
    from retrieval.collection import Collection
    from retrieval.report.slices import example_ids, slices_of

    if given.brought:
        raise UsageError("Slices are of series in a collection; tables, runs and bundles have none.")
    found: dict[str, bytes] = {}
    for path in filter(None, (given.collection, given.gallery)):
        with Collection.open(path) as opened:
            found |= slices_of(opened, example_ids(evaluation))
    return found


@contextmanager
def _opened(given: Given) -> "Iterator[Source]":
    from retrieval.brought.source import CollectionSource
    from retrieval.collection import Collection

    if given.brought:
        yield _brought(given)
        return
    with ExitStack() as stack:
        collection = stack.enter_context(Collection.open(given.collection))
        gallery = stack.enter_context(Collection.open(given.gallery)) if given.gallery is not None else None
        yield CollectionSource(collection, gallery, given.texts)


def _brought(given: Given) -> "Source":
    from retrieval.brought.bundle_read import open_bundle
    from retrieval.brought.bundle_source import BundleSource
    from retrieval.brought.table_source import TableSource

    if given.gallery is not None or given.texts is not None:
        raise UsageError(
            "--gallery and --texts are asked of a collection; tables, runs and bundles bring their own.",
            remedy="Name who is ranked with --items.",
        )
    if given.bundle is None:
        return TableSource(given.queries, given.items, given.run, given.qrels)
    if given.qrels is not None:
        raise UsageError("A bundle says itself what is relevant.", remedy="Leave --qrels out.")
    return BundleSource(open_bundle(given.bundle), given.run, given.queries, given.items)
