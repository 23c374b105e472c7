"""`mrseek search`: a question in words, a scan or a series id; ranked series or reports come back."""

from typing import Annotated, Any

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption, Format, FormatOption, JsonOption
from cli.output import print_json, print_rows
from cli.talk import say
from indexer.records import Channel
from retrieval.query import Answer, Grouping, Hit, Plan, Query, Target

VERSION = 1
_SERIES_COLUMNS = ("rank", "score", "series", "channel", "sequence", "plane", "region", "path")
_REPORT_COLUMNS = ("rank", "score", "report", "study", "channel", "section", "series")


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(search)


def search(
    query: Annotated[
        list[str],
        typer.Argument(
            help='Words, the path of a scan, or a series id; several are combined ("2 * FLAIR" weighs twice).'
        ),
    ],
    collection: CollectionOption = DEFAULT_COLLECTION,
    k: Annotated[int, typer.Option("-k", min=1, help="How many hits.")] = 10,
    where: Annotated[str, typer.Option(help="SQL condition over the columns that `mrseek show --columns` lists.")] = "",
    target: Annotated[Target, typer.Option(help="What to find.")] = Target.SERIES,
    channel: Annotated[
        list[Channel] | None, typer.Option(help="Ask this channel alone (repeatable): image is what the voxels show.")
    ] = None,
    minus: Annotated[list[str] | None, typer.Option(help="Push away from this (repeatable).")] = None,
    group_by: Annotated[Grouping, typer.Option(help="One hit for each of these.")] = Grouping.NONE,
    exclude_patient: Annotated[list[str] | None, typer.Option(help="Leave out this patient (repeatable).")] = None,
    encoder: Annotated[str | None, typer.Option(help="Where the collection's encoder is now, if it was moved.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Show the text of reports.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say on stderr how the answer was found.")] = False,
    form: FormatOption = Format.TABLE,
    as_json: JsonOption = False,
) -> None:
    """Find scans or reports by words, by a scan, or by a series of the collection.

    \b
    Examples:
      mrseek search "axial FLAIR brain" -k 5
      mrseek search "brain tumour" --where "age_years between 30 and 70 and field_strength_t >= 1.5" -k 20
      mrseek search scan.nii.gz --target report
      mrseek search "T1 brain" --minus "after contrast" --channel card --group-by patient --explain
    """
    from retrieval.collection import Collection
    from retrieval.parse import parse_query_parts

    asked = Query(
        parts=parse_query_parts(query, minus=minus or ()),
        target=target,
        channels=tuple(channel or ()),
        where=where,
        k=k,
        group_by=group_by,
        exclude_patients=tuple(exclude_patient or ()),
    )
    with Collection.open(collection, encoder=encoder) as opened:
        answer = opened.search(asked, with_text=with_text)
    _print(answer, target, Format.JSON if as_json else form)
    if explain:
        for line in explanation(answer.plan):
            say(line)


def _print(answer: Answer, target: Target, form: Format) -> None:
    if form is Format.JSON:
        print_json(document(answer))
        return
    reports = target is Target.REPORT
    columns = _REPORT_COLUMNS if reports else _SERIES_COLUMNS
    if answer.hits and "text" in answer.hits[0].metadata:
        columns = (*columns, "text")
    rows = [
        hit_document(hit) | dict(hit.metadata) if form is not Format.JSONL else hit_document(hit) for hit in answer.hits
    ]
    print_rows(rows, columns, form, key="report" if reports else "series")
    if answer.plan.shortfall:
        say(answer.plan.shortfall)


def hit_document(hit: Hit) -> dict[str, Any]:
    """One hit as the JSON contract has it."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "series": hit.series,
        "report": hit.report,
        "study": hit.study,
        "patient": hit.patient,
        "channel": hit.channel.value,
        "channel_scores": dict(hit.channel_scores),
        "metadata": dict(hit.metadata),
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as the JSON contract has it."""
    return {
        "mode": plan.mode,
        "eligible": plan.eligible,
        "searched": plan.searched,
        "returned": plan.returned,
        "channels": dict(plan.channels),
        "fusion": plan.fusion,
        "shortfall": plan.shortfall,
        "timings_ms": {step: round(ms, 3) for step, ms in plan.timings_ms.items()},
    }


def document(answer: Answer) -> dict[str, Any]:
    """The whole answer as the JSON contract has it (`cli/schemas/search.schema.json`)."""
    return {
        "version": VERSION,
        "hits": [hit_document(hit) for hit in answer.hits],
        "plan": plan_document(answer.plan),
    }


def explanation(plan: Plan) -> list[str]:
    """The plan in words, a line an idea."""
    lines = [f"plan: {plan.mode}; {plan.eligible} eligible, {plan.searched} vectors compared, {plan.returned} returned"]
    lines += [f"channel {name}: {reason}" for name, reason in plan.channels.items()]
    lines += [f"fusion: {plan.fusion}"] if plan.fusion else []
    lines.append("time: " + ", ".join(f"{step} {ms:.1f} ms" for step, ms in plan.timings_ms.items()))
    return lines + ([plan.shortfall] if plan.shortfall else [])
