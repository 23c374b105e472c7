"""`mrseek eval`: retrieval recall of a collection, with pool size, chance and intervals beside every number."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption
from cli.output import print_json
from cli.scoring_progress import show_scoring
from cli.talk import say
from common.errors import EXIT_PARTIAL, UsageError
from indexer.records import Channel
from retrieval.evaluation.task_names import DEFAULT_SIMILARITY, SERIES_CHANNELS, Aggregate, Exclusion, Level, Task

if TYPE_CHECKING:
    from retrieval.evaluation.results import Evaluation
    from retrieval.evaluation.settings import Settings


class ReportForm(StrEnum):
    """How an evaluation comes out."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command("eval")(evaluate_collection)


def evaluate_collection(
    collection: CollectionOption = DEFAULT_COLLECTION,
    gallery: Annotated[
        Path | None, typer.Option(help="Rank the items of this collection instead; the queries stay those of -c.")
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(help="Ask with the texts of this table instead: column text; region, sequence ... say what fits."),
    ] = None,
    task: Annotated[
        list[Task] | None, typer.Option(help="Score this task alone (repeatable). Default: all but text-to-text.")
    ] = None,
    channel: Annotated[list[Channel] | None, typer.Option(help="Score this channel alone (repeatable).")] = None,
    level: Annotated[Level, typer.Option(help="What asks and what is ranked.")] = Level.SERIES,
    aggregate: Annotated[
        Aggregate, typer.Option(help="Compare items of several vectors by their best one or by their mean.")
    ] = Aggregate.BEST,
    k: Annotated[list[int] | None, typer.Option("-k", min=1, help="A cutoff (repeatable). Default: 1, 5, 10.")] = None,
    measure: Annotated[list[str] | None, typer.Option(help="A measure, such as ndcg@10 (repeatable).")] = None,
    relevance: Annotated[
        list[str] | None,
        typer.Option(help="What is relevant: study, report, region+sequence, overlap:finding (repeatable: any of)."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Who leaves a ranking by likeness: patient, study, series, a column. Default: patient."),
    ] = None,
    allow_same_patient: Annotated[
        bool, typer.Option("--allow-same-patient", help="Rank a query's own patient too; the report says so.")
    ] = False,
    near_duplicates: Annotated[
        float, typer.Option(help="Reports at least this alike are one text; 1: only equal ones.")
    ] = DEFAULT_SIMILARITY,
    strata: Annotated[
        list[str] | None, typer.Option(help="Tell results apart by this column (repeatable). Default: all usual ones.")
    ] = None,
    probes: Annotated[
        bool, typer.Option("--probes", help="Also rewrite sentences of reports: is a denial, or the side, understood?")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the resampled patients and the random vectors.")] = 0,
    form: Annotated[ReportForm, typer.Option("--format", "-f", help="How the report is printed.")] = ReportForm.TABLE,
    as_json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write the report into this folder, in every form.")
    ] = None,
    slices: Annotated[
        bool, typer.Option("--slices", help="Show a slice of each example on the page: patients' pixels. With --out.")
    ] = False,
) -> None:
    """Measure retrieval recall: text to image, image to text, image to image, each channel apart.

    \b
    Examples:
      mrseek eval
      mrseek eval --task text-to-image --channel card -k 1 -k 10 --json
      mrseek eval --task image-to-image --relevance overlap:region+sequence --measure ndcg@10
      mrseek eval --level study --aggregate mean --out recall
    """
    from retrieval.evaluation.metrics import default_measures, parse_measure
    from retrieval.evaluation.rules import parse_rule
    from retrieval.evaluation.settings import DEFAULT_TASKS, Settings

    settings = Settings(
        tasks=tuple(task or DEFAULT_TASKS),
        channels=tuple(channel or SERIES_CHANNELS),
        level=level,
        aggregate=aggregate,
        measures=tuple(parse_measure(name) for name in measure or ()) or default_measures(tuple(k or (1, 5, 10))),
        relevance=tuple(parse_rule(text) for text in relevance or ()),
        exclude=tuple(exclude or (Exclusion.PATIENT.value,)),
        allow_same_patient=allow_same_patient,
        near_duplicates=near_duplicates,
        strata=tuple(strata or ()),
        seed=seed,
        probes=probes,
    )
    if slices and out is None:
        raise UsageError("Slices are shown on the page only.", remedy="Say where it goes: --out FOLDER.")
    evaluation = _evaluated(collection, gallery, texts, settings)
    pictures = _slices((collection, gallery), evaluation) if slices else {}
    _show(evaluation, ReportForm.JSON if as_json_ else form, out, pictures)


def _evaluated(collection: Path, gallery: Path | None, texts: Path | None, settings: "Settings") -> "Evaluation":
    from retrieval.collection import Collection
    from retrieval.evaluation.evaluate import evaluate, evaluate_texts

    if gallery is not None and texts is not None:
        raise UsageError("Queries come from --texts or from a collection; --gallery names what the latter asks.")
    with Collection.open(collection) as asking, show_scoring() as progress:
        if texts is not None:
            return evaluate_texts(asking, texts, settings, progress=progress)
        if gallery is None:
            return evaluate(asking, settings, progress=progress)
        with Collection.open(gallery) as ranked:
            return evaluate(asking, settings, gallery=ranked, progress=progress)


def _slices(collections: Sequence[Path | None], evaluation: "Evaluation") -> dict[str, bytes]:
    """A slice of each example that one of the collections has."""
    from retrieval.collection import Collection
    from retrieval.report.slices import example_ids, slices_of

    found: dict[str, bytes] = {}
    for path in filter(None, collections):
        with Collection.open(path) as opened:
            found |= slices_of(opened, example_ids(evaluation))
    return found


def _show(evaluation: "Evaluation", form: ReportForm, out: Path | None, slices: Mapping[str, bytes]) -> None:
    """Prints the report, and writes it where that is wanted; exit code 3 where nothing could be scored."""
    from retrieval.report.document import as_document
    from retrieval.report.folder import write_report
    from retrieval.report.tables import as_markdown, as_table

    document = as_document(evaluation)
    if out is not None:
        say(f"Written to {out}: {', '.join(write_report(out, evaluation, slices=slices))}")
    match form:
        case ReportForm.JSON:
            print_json(document)
        case ReportForm.MARKDOWN:
            typer.echo(as_markdown(document), nl=False)
        case ReportForm.TABLE:
            typer.echo(as_table(document), nl=False)
    if not evaluation.tasks:
        say("Nothing could be scored; the reasons stand in the report.")
        raise typer.Exit(EXIT_PARTIAL)
