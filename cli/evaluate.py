"""`mrseek eval`: retrieval recall of a collection, with pool size, chance and intervals beside every number."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption
from cli.output import print_json
from cli.talk import say
from common.errors import EXIT_PARTIAL
from indexer.records import Channel
from retrieval.evaluation.task_names import SERIES_CHANNELS, Exclusion, Task


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
    task: Annotated[list[Task] | None, typer.Option(help="Score this task alone (repeatable).")] = None,
    channel: Annotated[list[Channel] | None, typer.Option(help="Score this channel alone (repeatable).")] = None,
    k: Annotated[list[int] | None, typer.Option("-k", min=1, help="A cutoff (repeatable). Default: 1, 5, 10.")] = None,
    measure: Annotated[list[str] | None, typer.Option(help="A measure, such as ndcg@10 (repeatable).")] = None,
    relevance: Annotated[str, typer.Option(help="Columns that make two series alike.")] = "region,sequence",
    exclude: Annotated[Exclusion, typer.Option(help="Who leaves an image-to-image ranking.")] = Exclusion.PATIENT,
    allow_same_patient: Annotated[
        bool, typer.Option("--allow-same-patient", help="Rank a query's own patient too; the report says so.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the resampled patients and the random vectors.")] = 0,
    form: Annotated[ReportForm, typer.Option("--format", "-f", help="How the report is printed.")] = ReportForm.TABLE,
    as_json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write .json and .md files of this name.")
    ] = None,
) -> None:
    """Measure retrieval recall: text to image, image to text, image to image, each channel apart.

    \b
    Examples:
      mrseek eval
      mrseek eval --task text-to-image --channel card -k 1 -k 10 --json
      mrseek eval --format markdown --out recall
    """
    from common.atomic import write_json, write_text
    from retrieval.collection import Collection
    from retrieval.evaluation import report
    from retrieval.evaluation.evaluate import evaluate
    from retrieval.evaluation.metrics import parse_measure

    with Collection.open(collection) as opened:
        evaluation = evaluate(
            opened,
            tasks=task or tuple(Task),
            channels=channel or SERIES_CHANNELS,
            ks=k or (1, 5, 10),
            measures=tuple(parse_measure(name) for name in measure or ()),
            relevance_columns=tuple(name.strip() for name in relevance.split(",") if name.strip()),
            exclude=exclude,
            allow_same_patient=allow_same_patient,
            seed=seed,
        )
    document = report.as_json(evaluation)
    if out is not None:
        write_json(out.with_suffix(".json"), document)
        write_text(out.with_suffix(".md"), report.as_markdown(evaluation))
        say(f"Written: {out.with_suffix('.json')} and {out.with_suffix('.md')}")
    match ReportForm.JSON if as_json_ else form:
        case ReportForm.JSON:
            print_json(document)
        case ReportForm.MARKDOWN:
            typer.echo(report.as_markdown(evaluation), nl=False)
        case ReportForm.TABLE:
            typer.echo(report.as_table(evaluation), nl=False)
    if not evaluation.tasks:
        say("Nothing could be scored; the reasons stand in the report.")
        raise typer.Exit(EXIT_PARTIAL)
