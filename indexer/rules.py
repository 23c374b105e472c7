"""Which version of the rules made a card or a passage: the sha256 of their source, so better rules reach old rows."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from common.atomic import sha256_of_file
from indexer.content import token_of

_HERE = Path(__file__).parent


@cache
def header_rules() -> str:
    """16 hexadecimal digits over the files that turn a header into a card and columns."""
    return _version_of([*sorted((_HERE / "header").glob("*.py")), _HERE / "columns.py"])


@cache
def passage_rules() -> str:
    """16 hexadecimal digits over the files that turn a report into passages."""
    return _version_of(sorted((_HERE / "reports").glob("*.py")))


@cache
def inventory_rules() -> str:
    """16 hexadecimal digits over the files that read DICOM headers."""
    return _version_of(sorted((_HERE / "sources").glob("dicom*.py")))


def _version_of(files: Iterable[Path]) -> str:
    return token_of([sha256_of_file(file) for file in files])[:16]
