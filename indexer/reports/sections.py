"""Reports cut into sections by their headers, with offsets into the text.

A header is one of the known words at the start of a line, followed by a colon, a dash or the end of the line; or, in
reports whose line breaks were lost, after the end of a sentence and followed by a colon. Source: the header regex of
MIT-LCP/mimic-cxr `section_parser.py`, widened to other languages and layouts.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from indexer.records import Section
from indexer.reports.headers import HEADERS, PREAMBLE, WHOLE
from indexer.reports.sentences import sentences_of

Headers = Mapping[str, tuple[str, ...]]


def split_sections(text: str, headers: Headers = HEADERS) -> tuple[Section, ...]:
    """The sections of a report in order; text[start:end] is a section's content, without its header.

    A report without any header is one section "text"; what stands before the first header is a section "preamble".
    Headers without content give no section; a header that comes twice gives two sections.

    Args:
        text: the report.
        headers: canonical name -> words in lower case.
    """
    marks = _marks(text, headers)
    if not marks:
        return _section(text, WHOLE, 0, len(text))
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    sections = _section(text, PREAMBLE, 0, marks[0][1])
    for (name, _, content), end in zip(marks, ends, strict=True):
        sections += _section(text, name, content, end)
    return sections


def _marks(text: str, headers: Headers) -> list[tuple[str, int, int]]:
    """(canonical name, where the header starts, where its content starts) for every header."""
    pattern, names = _compiled(tuple((name, tuple(words)) for name, words in headers.items()))
    found = []
    for match in pattern.finditer(text):
        word = match.group("line") or match.group("inline")
        if match.group("inline") and not word[0].isupper():
            continue  # "... compared. history: ..." in running text is no header
        found.append((names[" ".join(word.casefold().split())], match.start(), match.end()))
    return found


@lru_cache(maxsize=16)
def _compiled(headers: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all words, longer words first, and word -> canonical name."""
    names = {" ".join(word.casefold().split()): name for name, words in headers for word in words}
    longest_first = sorted(names, key=lambda word: (-len(word), word))
    words = "|".join(r"\s+".join(re.escape(part) for part in word.split()) for word in longest_first)
    pattern = rf"""
        ^[ \t]*(?:[*\#_>]+[ \t]*)?(?:\(?[0-9IVX]{{1,4}}[.)][ \t]+)?     # line start, markdown, "1." or "II."
        (?P<line>{words})
        [ \t]*[*_]*[ \t]*(?::[*_]*|[-–—][ \t]|[-–—]?[ \t]*(?=\r?$))      # colon, dash, or the end of the line
        |
        (?<=[.!?;])[ \t]+(?P<inline>{words})[ \t]*:
    """
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE | re.MULTILINE), names


def _section(text: str, name: str, start: int, end: int) -> tuple[Section, ...]:
    """The section between two offsets without white space around it; none where nothing is left."""
    content = text[start:end]
    kept = content.strip()
    if not kept:
        return ()
    start += len(content) - len(content.lstrip())
    end = start + len(kept)
    return (Section(name, start, end, sentences_of(text, start, end)),)
