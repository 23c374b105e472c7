"""What is said about a series, by kind; and when two texts are the same text.

A series has *lines* of its own, made from its header: the card, and shorter captions cut from it. Its study has
*report texts*: sections and single sentences. Which of them are positives for which series is decided by the texts
themselves (`contrastive_batch.py`), never by where they were drawn from.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from indexer.header.card import SEQUENCE_WORDS
from indexer.header.region_names import PARENTS, Region
from indexer.header.sequence_names import SequenceClass
from indexer.reports.dedupe import folded_text_hash
from indexer.reports.sections import split_sections

TEXT_RECIPE = "captions-1"  # raise the number when the texts of a series come to be others: pools note it
# What other sections say is not in the scan: why it was asked for, what it was compared with, what to do next.
SECTIONS_ABOUT_THE_SCAN = ("findings", "impression", "technique", "text", "preamble")
_UNKNOWN = "unidentified"  # as indexer/header/card.py says it
_FEWEST_WORDS = 3  # "Stable." says nothing about a scan
_ITEM_MARK = re.compile(r"^(?:[-*•–·▪]|\(?\d{1,2}[.)])\s+")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class SeriesTexts:
    """What is said about one series.

    Attributes:
        card: one line from its header.
        captions: shorter lines, each true of the series, made of parts of the card.
        sections: of its study's report, whole.
        sentences: of these sections.
        report_hash: of the whole report; "" without one.
    """

    card: str
    captions: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    report_hash: str = ""

    @property
    def cards(self) -> tuple[str, ...]:
        """The card, unless it says that something is not known: that is true of the header and not of the picture."""
        return () if _UNKNOWN in self.card else (self.card,)

    @property
    def all(self) -> tuple[str, ...]:
        """Every text that is true of the series."""
        return (*self.cards, *self.captions, *self.sections, *self.sentences)


def texts_of(card: str, report: str, *, region: str = "", sequence: str = "") -> SeriesTexts:
    """The texts of a series with a card, a region and a sequence class, whose study has a report ("" for none)."""
    sections = [one for one in split_sections(report) if one.name in SECTIONS_ABOUT_THE_SCAN] if report.strip() else []
    lines = [_ITEM_MARK.sub("", one) for section in sections for one in section.sentences]
    sentences = [line for line in lines if len(line.split()) >= _FEWEST_WORDS]
    return SeriesTexts(
        card=card,
        captions=captions_of(card, region=region, sequence=sequence),
        sections=tuple(dict.fromkeys(" ".join(section.sentences) for section in sections)),
        sentences=tuple(dict.fromkeys(sentences)),
        report_hash=folded_text_hash(report) if report.strip() else "",
    )


def captions_of(card: str, *, region: str = "", sequence: str = "") -> tuple[str, ...]:
    """Shorter lines of a card, as people ask: place and picture, each alone, with contrast, and by their bare names.

    >>> card = "left knee, leg, axial T1-weighted (T1) MRI; after contrast; 3 T Siemens"
    >>> for line in captions_of(card, region="knee", sequence="T1"):
    ...     print(line)
    left knee, leg, axial T1-weighted (T1) MRI
    axial T1-weighted (T1) MRI
    left knee, leg
    axial T1-weighted (T1) MRI; after contrast
    knee MRI
    leg MRI
    T1-weighted (T1) MRI
    T1 MRI
    knee T1
    """
    what, *more = card.split("; ")
    known = sequence in set(SequenceClass)
    words = SEQUENCE_WORDS[SequenceClass(sequence)] if known else "unidentified sequence"
    before, found, _ = what.partition(words)
    place, _, _ = before.rpartition(", ") if found else ("", "", "")  # what stands between is the plane
    picture = what.removeprefix(f"{place}, ") if place else ""
    given = [f"{picture}; {part}" for part in more if part.startswith("after contrast")]
    places = [name for name in (region, PARENTS.get(Region(region)) if region in set(Region) else None) if name]
    names = [f"{name} MRI" for name in places] + ([sequence_line(sequence), f"{sequence} MRI"] if known else [])
    both = [f"{region} {sequence}"] if region and known else []
    lines = dict.fromkeys([what, picture, place, *given, *names, *both])
    return tuple(line for line in lines if line and line != card and _UNKNOWN not in line)


def sequence_line(sequence: str) -> str:
    """A sequence class in words.

    >>> sequence_line("T1"), sequence_line("BOLD")
    ('T1-weighted (T1) MRI', 'functional MRI (fMRI, BOLD)')
    """
    words = SEQUENCE_WORDS[SequenceClass(sequence)]
    return words if "MRI" in words else f"{words} MRI"


def text_key(text: str) -> str:
    """The same for texts that differ only in case, spacing, punctuation or accents: 16 hexadecimal digits.

    Numbers are kept: a lesion of 4 mm and one of 14 mm are two statements.

    >>> text_key("No acute  infarct.") == text_key("no ACUTE infarct") != text_key("an acute infarct")
    True
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _NO_WORD.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()
