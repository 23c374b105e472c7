"""How one radiologist writes: spelling, shorthand, capitals, and the slips of typing and dictation.

A style is drawn once a report, and changes only the form of sentences that are already right. Slips never touch a word
that carries the truth (names of findings, sides, numbers, negations):
a report with a wrong side would be another truth.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from phantoms.report_grammar import pick


class Layout(StrEnum):
    """How the findings section is laid out."""

    PROSE = "prose"
    LINES = "lines"  # one sentence a line
    BULLETS = "bullets"


@dataclass(frozen=True, slots=True)
class Style:
    """A radiologist's habits.

    Attributes:
        american: "edema", "hemorrhage"; British otherwise.
        terse: leaves out "there is", as in "No acute infarct." and "8 mm cyst in the right kidney."
        shorthand: how often a long word is abbreviated, 0 to 1.
        slips: how often a sentence holds a slip, 0 to 1.
        capitals: the whole report in capitals, as old systems print it.
        headers: which set of section headers.
    """

    american: bool
    terse: bool
    shorthand: float
    slips: float
    capitals: bool
    layout: Layout
    headers: int


def draw_style(random: np.random.Generator, header_sets: int) -> Style:
    """A radiologist: most write clean prose."""
    return Style(
        american=bool(random.random() < 0.5),
        terse=bool(random.random() < 0.3),
        shorthand=float(pick(random, (0.0, 0.0, 0.15, 0.5))),
        slips=float(pick(random, (0.0, 0.0, 0.03, 0.1))),
        capitals=bool(random.random() < 0.03),
        layout=pick(random, (Layout.PROSE, Layout.PROSE, Layout.PROSE, Layout.LINES, Layout.BULLETS)),
        headers=int(random.integers(header_sets)),
    )


_AMERICAN = (
    ("oedema", "edema"),
    ("haemorrhag", "hemorrhag"),
    ("haematoma", "hematoma"),
    ("haemangioma", "hemangioma"),
    ("haemosiderin", "hemosiderin"),
    ("ischaem", "ischem"),
    ("tumour", "tumor"),
    ("grey", "gray"),
    ("centre", "center"),
    ("calibre", "caliber"),
    ("colour", "color"),
    ("signalling", "signaling"),
    ("anaesthe", "anesthe"),
    ("paraesthe", "paresthe"),
    ("labelled", "labeled"),
    ("characteris", "characteriz"),
    ("visualis", "visualiz"),
    ("localis", "localiz"),
    ("generalis", "generaliz"),
)
_SHORTHAND = (
    (r"\bleft\b", ("Lt", "L")),
    (r"\bright\b", ("Rt", "R")),
    (r"\bconsistent with\b", ("c/w",)),
    (r"\bwithout\b", ("w/o",)),
    (r"\bapproximately\b", ("approx.", "~")),
    (r"\bpost-contrast\b", ("post-Gd", "C+")),
    (r"\bcompared with\b", ("cf.",)),
    (r"\bperiventricular\b", ("PV", "periventric.")),
    (r"\bT1-weighted\b", ("T1W", "T1")),
    (r"\bT2-weighted\b", ("T2W", "T2")),
    (r"\bcerebrospinal fluid\b", ("CSF",)),
    (r"\bdiffusion-weighted\b", ("DWI",)),
)
# Openings that a terse writer leaves out.
_OPENINGS = re.compile(
    r"^(there (is|are)|again seen (is|are)|note is made of|we see|demonstrated (is|are)|noted (is|are)|"
    r"the (study|examination|scan) (shows|demonstrates)|images (show|demonstrate)) +(?P<article>an? +)?",
    re.IGNORECASE,
)


def styled(random: np.random.Generator, style: Style, text: str) -> str:
    """A sentence in a radiologist's spelling and shorthand, without slips; `text` is British and whole."""
    if style.american:
        for british, american in _AMERICAN:
            text = text.replace(british, american).replace(british.capitalize(), american.capitalize())
    if style.terse:
        text = _OPENINGS.sub("", text)
    if style.shorthand:
        text = _shortened(random, style.shorthand, text)
    return text


def _shortened(random: np.random.Generator, often: float, text: str) -> str:
    for pattern, short in _SHORTHAND:
        if re.search(pattern, text) and random.random() < often:
            text = re.sub(pattern, pick(random, short), text)
    return text


# Words that may be mistyped: none of them carries what is stated, denied, measured, or on which side.
_HARMLESS = re.compile(
    r"\b(there|which|within|appears|measur(es|ing)|approximately|demonstrate[sd]?|evidence|seen|noted|otherwise|"
    r"surrounding|adjacent|unremarkable|appearances?|signal|intensity|examination|images|sequences|findings|associated|"
    r"suggesting|likely|probably|compatible|consistent|represents|following|throughout|between|alignment|moderate|"
    r"marked|slightly)\b",
    re.IGNORECASE,
)


def slip(random: np.random.Generator, style: Style, text: str) -> str:
    """The sentence, now and then with a slip of the fingers or of the dictation machine in a harmless word."""
    if random.random() >= style.slips:
        return text
    harmless = list(_HARMLESS.finditer(text))
    if not harmless:
        return text
    match = pick(random, harmless)
    return text[: match.start()] + _mistyped(random, match.group()) + text[match.end() :]


def _mistyped(random: np.random.Generator, word: str) -> str:
    """A word with two letters swapped, one missing, one doubled, or said twice."""
    at = int(random.integers(1, len(word) - 1))
    match int(random.integers(4)):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case _:
            return f"{word} {word.lower()}"
