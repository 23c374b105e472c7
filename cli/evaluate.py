"""`mrseek eval`: retrieval recall of a collection, with pool size, chance and intervals beside every number."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.evaluation_options import (
    AggregateOption,
    ChannelOption,
    ExcludeOption,
    GalleryOption,
    LevelOption,
    NearDuplicatesOption,
    RelevanceOption,
    SamePatientOption,
    StrataOption,
    TaskOption,
)
from cli.evaluation_source import Given, evaluated, show_rerun, slices_of_examples
from cli.options import DEFAULT_COLLECTION, CollectionOption
from cli.output import print_json
from cli.talk import say
from common.errors import EXIT_PARTIAL, UsageError
from retrieval.evaluation.task_names import DEFAULT_SIMILARITY, SERIES_CHANNELS, Aggregate, Exclusion, Level

if TYPE_CHECKING:
    from retrieval.evaluation.results import Evaluation


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
    gallery: GalleryOption = None,
    texts: Annotated[
        Path | None,
        typer.Option(help="Ask with the texts of this table instead: column text; region, sequence ... say what fits."),
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option(help="Evaluate your own table (.parquet, .npz, .csv): id, vector, patient ... of those who ask."),
    ] = None,
    items: Annotated[
        Path | None, typer.Option(help="Your table of those who are ranked. Default: those who ask.")
    ] = None,
    run: Annotated[Path | None, typer.Option(help="Score this TREC run instead of vectors.")] = None,
    qrels: Annotated[Path | None, typer.Option(help="TREC judgments: what is relevant, and how much.")] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="Score by a frozen bundle (`mrseek bundle`): its vectors, --run or --queries.")
    ] = None,
    rerun: Annotated[
        Path | None, typer.Option(help="Make this report.json again from the same data, and say what differs.")
    ] = None,
    task: TaskOption = None,
    channel: ChannelOption = None,
    level: LevelOption = Level.SERIES,
    aggregate: AggregateOption = Aggregate.BEST,
    k: Annotated[list[int] | None, typer.Option("-k", min=1, help="A cutoff (repeatable). Default: 1, 5, 10.")] = None,
    measure: Annotated[list[str] | None, typer.Option(help="A measure, such as ndcg@10 (repeatable).")] = None,
    relevance: RelevanceOption = None,
    exclude: ExcludeOption = None,
    allow_same_patient: SamePatientOption = False,
    near_duplicates: NearDuplicatesOption = DEFAULT_SIMILARITY,
    strata: StrataOption = None,
    probes: Annotated[
        bool, typer.Option("--probes", help="Also rewrite sentences of reports: is a denial, or the side, understood?")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the random vectors, the permutations and the samples.")] = 0,
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
      mrseek eval --rerun recall/report.json
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
    given = Given(collection, gallery, texts, queries, items, run, qrels, bundle)
    if rerun is not None:
        return show_rerun(rerun, given, settings, out)
    if slices and out is None:
        raise UsageError("Slices are shown on the page only.", remedy="Say where it goes: --out FOLDER.")
    evaluation = evaluated(given, settings)
    pictures = slices_of_examples(given, evaluation) if slices else {}
    return _show(evaluation, ReportForm.JSON if as_json_ else form, out, pictures)


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
