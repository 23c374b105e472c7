"""From what is typed on a command line to the parts of a query."""

import re
from collections.abc import Sequence
from pathlib import Path

from common.errors import NotFoundError, UsageError
from retrieval.query import Part, ScanPart, SeriesPart, TextPart

_SERIES_ID = re.compile(r"ser-[0-9a-f]{16}")
_REPORT_ID = re.compile(r"rep-[0-9a-f]{16}")
_WEIGHTED = re.compile(r"(?P<weight>[0-9]+(?:\.[0-9]+)?)\s*\*\s*(?P<rest>\S.*)", re.DOTALL)
_FILE_ENDINGS = (".nii", ".nii.gz", ".dcm", ".ima")
_WORDS = "text:"
_PATH_STARTS = ("/", "./", "../", "~/")


def parse_query_parts(texts: Sequence[str], minus: Sequence[str] = ()) -> tuple[Part, ...]:
    """One part for each text, in order; those of `minus` push away.

    A text is a path where a file or folder of that name exists, a series where it is a series id, and words otherwise;
    "text:" before it makes it words whatever exists. What is written as a path (it ends like a scan, or is one word
    that begins like a path or with a folder that exists) is never taken for words. A number and an asterisk before all
    this are its weight: "0.5 * FLAIR".

    >>> parse_query_parts(["FLAIR brain"], minus=["0.5 * contrast"])
    (TextPart(text='FLAIR brain', weight=1.0), TextPart(text='contrast', weight=-0.5))

    Raises:
        UsageError: nothing, an empty text, a weight of zero, or the id of a report.
        NotFoundError: a text that is written as a path, and nothing is there.
    """
    if not texts and not minus:
        raise UsageError(
            "The query is empty.", remedy='Give words, a scan or a series id: mrseek search "FLAIR brain".'
        )
    return (*(_parse(text, 1.0) for text in texts), *(_parse(text, -1.0) for text in minus))


def _parse(text: str, sign: float) -> Part:
    weighted = _WEIGHTED.fullmatch(text.strip())
    what = weighted["rest"] if weighted else text.strip()
    weight = sign * float(weighted["weight"]) if weighted else sign
    if not what or not weight:
        raise UsageError(
            f"A part of the query is {'empty' if not what else 'of weight 0'}.",
            remedy="Leave it out, or say what to find.",
        )
    if _SERIES_ID.fullmatch(what):
        return SeriesPart(what, weight)
    if _REPORT_ID.fullmatch(what):
        raise UsageError(
            f"{what} is a report; a query takes words, a scan or a series id.",
            remedy=f"`mrseek show {what} --all` has its text, to ask with its words.",
        )
    if what.startswith(_WORDS):
        return TextPart(what.removeprefix(_WORDS).strip(), weight)
    if _is_there(path := Path(what).expanduser()):
        return ScanPart(path, weight)
    if _is_written_as_path(what):
        raise NotFoundError(
            f"There is no file or folder {what}.", remedy=f'Check the path; to ask with words, write "{_WORDS}{what}".'
        )
    return TextPart(what, weight)


def _is_written_as_path(what: str) -> bool:
    """Whether a text can only be meant as a path: "T1/T2" and "and/or" are words, unless there is a folder T1."""
    if what.lower().endswith(_FILE_ENDINGS):
        return True
    first, separator, _ = what.partition("/")
    begins = what.startswith(_PATH_STARTS) or bool(separator and _is_there(Path(first)))
    return begins and not any(character.isspace() for character in what)


def _is_there(path: Path) -> bool:
    """Whether a path exists; a text that can be no path (too long, a null character) does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
