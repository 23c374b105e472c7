"""`mrseek bundle`: the tasks of a collection, frozen into a folder that others can score their systems by."""

from pathlib import Path
from typing import Annotated

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
from cli.options import DEFAULT_COLLECTION, CollectionOption
from cli.talk import say
from retrieval.evaluation.task_names import DEFAULT_SIMILARITY, SERIES_CHANNELS, Aggregate, Exclusion, Level


def register(app: typer.Typer) -> None:
    """Adds the command to the application."""
    app.command()(bundle)


def bundle(
    out: Annotated[Path, typer.Argument(help="The folder to make; it must not be there.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    gallery: GalleryOption = None,
    task: TaskOption = None,
    channel: ChannelOption = None,
    level: LevelOption = Level.SERIES,
    aggregate: AggregateOption = Aggregate.BEST,
    relevance: RelevanceOption = None,
    exclude: ExcludeOption = None,
    allow_same_patient: SamePatientOption = False,
    near_duplicates: NearDuplicatesOption = DEFAULT_SIMILARITY,
    strata: StrataOption = None,
    title: Annotated[str, typer.Option(help="What it is called. Default: the folder's name.")] = "",
    note: Annotated[str, typer.Option(help="Licence and origin, for its README.")] = "",
    with_vectors: Annotated[
        bool, typer.Option("--with-vectors", help="Also the vectors, so that `mrseek eval` can be repeated elsewhere.")
    ] = False,
    qrels_limit: Annotated[
        int, typer.Option(min=0, help="Judgments (and excluded pairs) of a task that are written out at most.")
    ] = 1_000_000,
) -> None:
    """Freeze retrieval tasks: queries, gallery, relevance and exclusion, by pseudonym; no text, path or image.

    \b
    Examples:
      mrseek bundle benchmark --task text-to-image --note "CC BY 4.0"
      mrseek bundle repeatable --with-vectors --channel card
      mrseek eval --bundle repeatable
    """
    from retrieval.brought.bundle_write import BundleOptions, write_bundle
    from retrieval.collection import Collection
    from retrieval.evaluation.rules import parse_rule
    from retrieval.evaluation.settings import DEFAULT_TASKS, Settings

    settings = Settings(
        tasks=tuple(task or DEFAULT_TASKS),
        channels=tuple(channel or SERIES_CHANNELS),
        level=level,
        aggregate=aggregate,
        relevance=tuple(parse_rule(text) for text in relevance or ()),
        exclude=tuple(exclude or (Exclusion.PATIENT.value,)),
        allow_same_patient=allow_same_patient,
        near_duplicates=near_duplicates,
        strata=tuple(strata or ()),
    )
    options = BundleOptions(title=title, note=note, with_vectors=with_vectors, qrels_limit=qrels_limit)
    with Collection.open(collection) as asking:
        if gallery is None:
            made = write_bundle(out, asking, settings, options)
        else:
            with Collection.open(gallery) as ranked:
                made = write_bundle(out, asking, settings, options, gallery=ranked)
    for skipped in made.skipped:
        say(f"Not in it: {skipped.task} on {skipped.channel}: {skipped.reason}.")
    say(f"Written to {out}: {len(made.tasks)} tasks, {len(made.files)} files beside bundle.json.")
