"""The options that decide what a retrieval task is: those of `mrseek eval` and `mrseek bundle`, declared once."""

from pathlib import Path
from typing import Annotated

import typer

from indexer.records import Channel
from retrieval.evaluation.task_names import Aggregate, Level, Task

GalleryOption = Annotated[
    Path | None, typer.Option(help="Rank the items of this collection instead; the queries stay those of -c.")
]
TaskOption = Annotated[
    list[Task] | None, typer.Option(help="Score this task alone (repeatable). Default: all but text-to-text.")
]
ChannelOption = Annotated[list[Channel] | None, typer.Option(help="Score this channel alone (repeatable).")]
LevelOption = Annotated[Level, typer.Option(help="What asks and what is ranked.")]
AggregateOption = Annotated[
    Aggregate, typer.Option(help="Compare items of several vectors by their best one or by their mean.")
]
RelevanceOption = Annotated[
    list[str] | None,
    typer.Option(help="What is relevant: study, report, region+sequence, overlap:finding (repeatable: any of)."),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option(help="Who leaves a ranking by likeness: patient, study, series, a column. Default: patient."),
]
SamePatientOption = Annotated[
    bool, typer.Option("--allow-same-patient", help="Rank a query's own patient too; the report says so.")
]
NearDuplicatesOption = Annotated[
    float, typer.Option(help="Reports at least this alike are one text; 1: only equal ones.")
]
StrataOption = Annotated[
    list[str] | None, typer.Option(help="Tell results apart by this column (repeatable). Default: all usual ones.")
]
