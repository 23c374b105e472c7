"""Radiology text cut into sentences, by where they start and end.

A sentence ends at ". ", "! " or "? " before a capital or a digit, at a blank line, before an item of a list, and at the
end of a line that is plainly no wrapped one. It does not end after "Dr.", "e.g.", "Fig. 3", "i. V.", "3.5 cm", or the
number of a list item.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a text: text[start:end]."""

    start: int
    end: int


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# English, German, French, Spanish, Italian and Dutch; without the final point.
_ABBREVIATIONS = _words("""
    dr dres prof mr mrs ms st e.g eg i.e ie vs approx ca cf resp incl excl z.b d.h u.a i.v v.a o.g s.o bzw ggf ggfs inkl
    exkl evtl li re bds max min sog z.n d.d dd p.ex env dcha izda aprox dott sig sig.ra bijv o.a t.o.v i.v.m m.e art lig
""")
# These end a sentence too ("... prior surgery: no. The ..."), so they bind only a number.
_BEFORE_NUMBERS = _words("fig no nr nos im img se ser seq p pp tab vol n° abb ziff")
_MONTHS = _words("""
    januar februar märz april mai juni juli august september oktober november dezember
    jan feb mrz apr jun jul aug sep okt nov dez
""")
_ITEM = r"(?:[-*•–·▪]|\(?\d{1,2}[.)]|[a-z]\))[ \t]+"
_STOP = re.compile(
    rf"""
    (?P<blank>\n[ \t]*(?:\n[ \t]*)+)              # a blank line
    | (?P<item>\n[ \t]*(?={_ITEM}\S))              # a line that begins an item
    | (?P<line>\n)                                 # any other line end: see _is_wrapped
    | (?<=[.!?])(?P<close>["”»')\]]*)(?P<gap>[ \t]+)(?=["“«(\[]*(?:[A-ZÀ-ÖØ-Þ\d]|[-*•–][ \t]))  # the end of a sentence
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"\(?\d{1,2}[.)]|[a-z]\)")
_SHORT_LINE = 0.75  # of the longest line: a wrapped line is nearly as long as its neighbours


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Sentences of text[start:end] in order, without white space at their ends; they do not overlap and lose nothing.

    >>> text = "Seen by Dr. Who. T2 lesion, 3.5 cm."
    >>> [text[span.start:span.end] for span in sentence_spans(text)]
    ['Seen by Dr. Who.', 'T2 lesion, 3.5 cm.']
    """
    stop = len(text) if end is None else end
    longest = max((len(line) for line in text[start:stop].splitlines()), default=0)
    spans: list[Span] = []
    begin = start
    for cut in _cuts(text, start, stop, longest):
        if _NUMBERED.fullmatch(text[begin:cut].strip()):
            continue  # "1." alone: the item's text follows
        _append(spans, text, begin, cut)
        begin = cut
    _append(spans, text, begin, stop)
    return tuple(spans)


def sentences_of(text: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
    """The sentences of text[start:end] themselves, with line breaks and repeated spaces as one space."""
    return tuple(" ".join(text[span.start : span.end].split()) for span in sentence_spans(text, start, end))


def _cuts(text: str, start: int, stop: int, longest: int) -> Iterator[int]:
    """Offsets at which a sentence ends."""
    for match in _STOP.finditer(text, start, stop):
        kind = match.lastgroup
        at = match.start()
        if kind == "line" and _is_wrapped(text, start, at, stop, longest):
            continue
        if kind == "gap" and _binds(text, start, match):
            continue
        yield match.end()


def _is_wrapped(text: str, start: int, at: int, stop: int, longest: int) -> bool:
    """Whether the line that ends at `at` goes on in the next one."""
    line = text[text.rfind("\n", start, at) + 1 if "\n" in text[start:at] else start : at].rstrip()
    following = text[at + 1 : stop].lstrip(" \t")
    if not line or not following or following[0] == "\n":
        return False
    if line[-1] in ".!?":
        return _ends_in_abbreviation(line)
    if line[-1] in ",;:-/(" or following[0].islower():
        return True
    return len(line) >= _SHORT_LINE * longest and longest >= 40


def _binds(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the point before a gap belongs to an abbreviation or a date, so that the sentence goes on."""
    before = text[max(start, match.start() - 40) : match.start()]
    if not before.endswith("."):
        return False
    following = text[match.end() : match.end() + 12]
    if following[:1].isdigit() and _last_word(before) in _BEFORE_NUMBERS:
        return True
    if re.search(r"(?:^|\s)\d{1,2}\.$", before):
        return re.split(r"\W", following.casefold())[0] in _MONTHS
    return _ends_in_abbreviation(before)


def _ends_in_abbreviation(before: str) -> bool:
    """Whether a text that ends in a point ends in an abbreviation or in an initial ("J.", "i. V.")."""
    if not before.endswith("."):
        return False
    word = _last_word(before)
    if word in _ABBREVIATIONS:
        return True
    return len(word) == 1 and word.isalpha()


def _last_word(before: str) -> str:
    words = before.rstrip(".").split()
    return words[-1].strip("([\"'").casefold() if words else ""


def _append(spans: list[Span], text: str, begin: int, end: int) -> None:
    """Add a piece without the white space around it, if anything is left."""
    piece = text[begin:end]
    lead = len(piece) - len(piece.lstrip())
    if kept := piece.strip():
        spans.append(Span(begin + lead, begin + lead + len(kept)))
