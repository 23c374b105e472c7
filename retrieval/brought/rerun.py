"""A report made again: by the same settings, from the same data, and compared with what it said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import UsageError
from retrieval.brought.compare import Comparison, compare_reports
from retrieval.brought.source import Source
from retrieval.evaluation.evaluate import Progress
from retrieval.evaluation.settings import read_settings
from retrieval.report.document import as_document

_DECIDING = ("commit", "python", "system", "processor")


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it.

    Attributes:
        comparison: of the report's document with the new one.
        elsewhere: what of machine and versions is not as it was, such as "numpy 2.1.0, now 2.4.6"; it may explain a
            difference in the last bits, and nothing more.
    """

    comparison: Comparison
    elsewhere: tuple[str, ...]


def rerun(before: Mapping[str, Any], source: Source, *, progress: Progress | None = None) -> Rerun:
    """Evaluates again what a report is of.

    Args:
        before: a report's document, as `read_report` gives it.
        source: the collection, tables or bundle that it was made from.
        progress: told how far it is.

    Raises:
        UsageError: its settings cannot be read, or it was made from other data than `source` holds.
    """
    settings = read_settings(before["configuration"])
    check_same_data(before, source)
    after = as_document(source.evaluate(settings, progress))
    return Rerun(compare_reports(before, after), _elsewhere(before["environment"], after["environment"]))


def check_same_data(document: Mapping[str, Any], source: Source) -> None:
    """Refuses data that a report was not made from.

    Raises:
        UsageError: another encoder, another snapshot, other files.
    """
    subject, asked = document["subject"], document.get("asked") or {}
    fingerprint = subject["encoder"].get("fingerprint", "")
    if fingerprint != source.fingerprint:
        raise UsageError(
            f"The report is of vectors by encoder {_print(fingerprint)}, these are by {_print(source.fingerprint)}.",
            remedy="Give what the report was made from: its collection (-c), tables, run or bundle.",
        )
    content, asking = source.contents
    if subject["content"] != content:
        raise UsageError(
            f"The report is of {_what(subject)} with content {_print(subject['content'])}; this has {_print(content)}: "
            "other data, so other numbers would say nothing.",
            remedy="Give the collection in that snapshot, or the same files in the same roles.",
        )
    if asked.get("content", "") != asking:
        raise UsageError(
            f"The report's queries have content {_print(asked.get('content', ''))}, these have {_print(asking)}.",
            remedy="Give the same --gallery or --texts as for the report.",
        )


def _what(subject: Mapping[str, Any]) -> str:
    return f"snapshot {subject['snapshot']}" if subject["snapshot"] is not None else "files"


def _print(digest: str) -> str:
    return digest[:16] or "that nobody states"


def _elsewhere(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    then, now = before.get("versions", {}), after.get("versions", {})
    pairs = [(name, then.get(name, "none"), now.get(name, "none")) for name in dict.fromkeys((*then, *now))]
    pairs += [(name, before.get(name, ""), after.get(name, "")) for name in _DECIDING]
    return tuple(f"{name} {old or 'unknown'}, now {new or 'unknown'}" for name, old, new in pairs if old != new)
