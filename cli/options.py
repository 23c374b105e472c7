"""The options that several commands share, declared once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

CollectionOption = Annotated[
    Path,
    typer.Option(
        "--collection",
        "-c",
        envvar="MRSEEK_COLLECTION",
        help="The collection's folder.",
        show_default=True,
    ),
]
DEFAULT_COLLECTION = Path("mrseek-collection")

JsonOption = Annotated[bool, typer.Option("--json", help="The same as --format json: a versioned contract.")]


class Format(StrEnum):
    """How rows come out on stdout."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    IDS = "ids"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How the answer is printed on stdout.")]
