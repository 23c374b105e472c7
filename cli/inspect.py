"""`mrseek status`, `failures`, `verify` and `show`: what a collection holds, lacks, and whether it is sound."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DEFAULT_COLLECTION, CollectionOption, Format, FormatOption, JsonOption
from cli.output import print_json, print_rows
from cli.talk import say
from common.errors import IntegrityError, UsageError

if TYPE_CHECKING:
    from indexer.status import CollectionStatus

VERSION = 1
_ALIGNED = "words can be compared with voxels"
_APART = "words are compared with cards and reports, not with voxels"
_FAILURE_COLUMNS = ("kind", "stage", "source", "path", "reason", "remedy")


def register(app: typer.Typer) -> None:
    """Adds the commands to the application."""
    app.command()(status)
    app.command()(failures)
    app.command()(verify)
    app.command()(show)


def status(collection: CollectionOption = DEFAULT_COLLECTION, as_json: JsonOption = False) -> None:
    """Say what a collection holds: series, reports, encoder, sources.

    \b
    Example:
      mrseek status --json
    """
    from indexer.status import collection_status

    found = collection_status(collection)
    if as_json:
        print_json(status_document(found))
    else:
        typer.echo("\n".join(status_lines(found)))


def status_document(found: "CollectionStatus") -> dict[str, Any]:
    """The status as the JSON contract has it (`cli/schemas/status.schema.json`)."""
    counts = found.counts
    return {
        "version": VERSION,
        "snapshot": found.snapshot or None,
        "series": {
            "indexed": counts.series,
            "failed": counts.failed,
            "skipped": counts.skipped,
            "pending": found.pending,
        },
        "studies": counts.studies,
        "patients": counts.patients,
        "reports": counts.reports,
        "reports_unjoined": found.reports_unjoined,
        "encoder": {
            "name": found.encoder_name,
            "fingerprint": found.encoder_fingerprint,
            "reference": found.encoder_reference,
            "aligned": found.aligned,
        },
        "sources": [asdict(source) for source in found.sources],
    }


def status_lines(found: "CollectionStatus") -> list[str]:
    """The status in words."""
    counts = found.counts
    lines = [
        f"snapshot  {found.snapshot or 'none yet: indexing has not finished'}",
        f"series    {counts.series} indexed, {counts.failed} failed, {counts.skipped} files skipped",
        f"studies   {counts.studies} of {counts.patients} patients",
        f"reports   {counts.reports}, {found.reports_unjoined} of them without a study",
        f"encoder   {found.encoder_name} ({_ALIGNED if found.aligned else _APART})",
    ]
    if found.pending:
        lines.append(f"pending   {found.pending} series wait: `mrseek index` goes on with them")
    return lines + [f"source    {source.name}: {source.root} ({source.kind})" for source in found.sources]


def failures(
    collection: CollectionOption = DEFAULT_COLLECTION, form: FormatOption = Format.TABLE, as_json: JsonOption = False
) -> None:
    """List what could not be indexed: stage, reason and remedy; and reports without a study.

    \b
    Example:
      mrseek failures --format csv
    """
    from indexer.status import list_failures

    rows = [asdict(row) for row in list_failures(collection)]
    if as_json or form is Format.JSON:
        print_json({"version": VERSION, "failures": rows})
        return
    for row in rows:  # a report has no path; its pseudonym names it
        row["path"] = row["path"] or row["series"]
    print_rows(rows, _FAILURE_COLUMNS, form, key="path")
    if not rows:
        say("Nothing failed.")


def verify(collection: CollectionOption = DEFAULT_COLLECTION, as_json: JsonOption = False) -> None:
    """Read every byte of a collection again and compare it with its hashes; exit code 4 where something is wrong.

    \b
    Example:
      mrseek verify
    """
    from indexer.verify import verify_collection

    result = verify_collection(collection)
    if as_json:
        problems = [asdict(problem) for problem in result.problems]
        print_json({"version": VERSION, "checked": result.checked, "problems": problems})
    for problem in result.problems:
        say(f"{problem.message}\n  {problem.remedy}")
    say(f"{result.checked} things checked, {len(result.problems)} wrong")
    if result.problems:
        raise typer.Exit(IntegrityError.exit_code)


def show(
    name: Annotated[str, typer.Argument(metavar="[ID]", help="A series or report, by its pseudonym.")] = "",
    collection: CollectionOption = DEFAULT_COLLECTION,
    columns: Annotated[bool, typer.Option("--columns", help="List the columns that --where can use.")] = False,
    hidden: Annotated[
        bool, typer.Option("--all", help="Also the hidden columns: dates, report text, what decided each value.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show everything that is known about one series or report, or the columns that filters can use.

    \b
    Examples:
      mrseek show --columns
      mrseek show $(mrseek search "T2 spine" -k 1 --format ids) --all
    """
    from retrieval.collection import Collection
    from retrieval.describe import describe_columns, describe_one

    if columns == bool(name):
        raise UsageError(
            "Expected either an id or --columns.", remedy="Ids come from `mrseek search ... --format ids`."
        )
    with Collection.open(collection) as opened:
        document = describe_columns(opened) if columns else describe_one(opened, name, hidden=hidden)
        if name.startswith("ser-") and opened.find_files(name) is None:
            say("Its files are not where they were indexed: the archive was moved, or is not at hand.")
    if as_json:
        print_json({"version": VERSION} | document)
    elif columns:
        print_rows(document["columns"], ("name", "type", "help"), Format.TABLE, key="name")
    else:
        for row in document["rows"]:
            print_rows(
                [{"column": k, "value": v} for k, v in row.items()], ("column", "value"), Format.TABLE, key="column"
            )
