"""Which reports say the same: a hash of the text with white space and case folded."""

import hashlib
from collections.abc import Iterable

from indexer.records import Report


def text_hash(text: str) -> str:
    r"""Hexadecimal sha256 of a text, the same whatever its line breaks, spaces and capitals.

    >>> text_hash("No  acute\ninfarct.") == text_hash("no acute infarct. ")
    True
    """
    return hashlib.sha256(" ".join(text.split()).casefold().encode("utf-8", "surrogatepass")).hexdigest()


def repeated_reports(reports: Iterable[Report]) -> dict[str, str]:
    """Key of every report whose text came before -> key of the first that has it. Empty texts repeat nothing."""
    first: dict[str, str] = {}
    repeated: dict[str, str] = {}
    for report in reports:
        if not report.text.strip():
            continue
        original = first.setdefault(text_hash(report.text), report.key)
        if original != report.key:
            repeated[report.key] = original
    return repeated
