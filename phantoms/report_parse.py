"""Reports read back: what each sentence states or denies, with side, place, size, stage and change.

A reader of its own: it shares the names of kinds, sides and places with the writer, none of its phrases. The method is
NegEx: a term is denied where a trigger ("no", "without") stands before it in its clause, or ("is not seen") after it.
Source: Chapman et al., "A simple algorithm for identifying negated findings and diseases in discharge summaries",
J Biomed Inform 2001.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from phantoms.findings import STAGES, Side, places_of
from phantoms.findings import FindingKind as K


class Change(StrEnum):
    """How a finding compares with the prior study."""

    GROWN = "grown"
    SHRUNK = "shrunk"
    UNCHANGED = "unchanged"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sentence says about one kind of finding.

    Attributes:
        present: False where it is denied.
        sides: as said, empty where no side is.
        place, stage: "" where none is said.
        size_mm: None where none is said.
        change: since the prior study, said in the same sentence or in the ones that follow.
        section: "findings" or "impression".
    """

    kind: K
    present: bool
    sides: frozenset[Side]
    place: str
    size_mm: float | None
    stage: str
    section: str
    change: Change | None = None


# Normal British spelling and whole words, so that the terms below need one form each.
_SPELLING = tuple(
    (re.compile(pattern), whole)
    for pattern, whole in (
        (r"\bhemorrhag", "haemorrhag"),
        (r"\bhematoma", "haematoma"),
        (r"ischem", "ischaem"),
        (r"tumor\b", "tumour"),
        (r"\bw/o\b", "without"),
        (r"\b(lt|l)\b(?!-)", "left"),
        (r"\b(rt|r)\b(?!-)", "right"),
        (r"\b(pv|periventric\.) white", "periventricular white"),
        (r"approx\.", "approximately"),
        (r"\bcf\.", "compared with"),
    )
)

# What names a kind, longer terms before those that they hold. Several kinds: a term that only a denial may use.
_TERMS: tuple[tuple[str, tuple[K, ...]], ...] = (
    (
        r"intracranial mass(es)?( lesion)?|(?<!axial )(?<!renal )mass lesion|space-occupying lesion",
        (K.GLIOMA, K.METASTASES, K.MENINGIOMA),
    ),
    (r"intra-axial (mass lesion|mass|tumour)|glioma|glioblastoma|glial tumour", (K.GLIOMA,)),
    (r"extra-axial (mass lesion|mass|tumour)|meningioma", (K.MENINGIOMA,)),
    (r"(brain|cerebral|intracranial) metastas[ei]s", (K.METASTASES,)),
    (r"(liver|hepatic) metastas[ei]s", (K.LIVER_METASTASIS,)),
    (r"focal (hepatic|liver) lesion", (K.LIVER_METASTASIS, K.HEPATIC_CYST)),
    (r"infarct(ion)?s?", (K.INFARCT,)),
    (r"(intracerebral|parenchymal|intraparenchymal|intracranial)? ?(haematoma|haemorrhage)", (K.HAEMORRHAGE,)),
    (r"white matter lesions?", (K.WHITE_MATTER_LESIONS,)),
    (r"hydrocephalus", (K.HYDROCEPHALUS,)),
    (r"(arachnoid|extra-axial) cyst", (K.ARACHNOID_CYST,)),
    (r"disc (herniation|protrusion|extrusion)", (K.DISC_HERNIATION,)),
    (r"(cord|intramedullary|intrinsic cord) lesion", (K.CORD_LESION,)),
    (r"tear of the posterior horn|meniscal tear|tear of the menisci", (K.MENISCAL_TEAR,)),
    (
        r"(rupture|tear) of the (?=[a-z]+ (cruciate|collateral) ligament|supraspinatus tendon)|ligament (tear|rupture)|"
        r"rotator cuff tear",
        (K.LIGAMENT_RUPTURE,),
    ),
    (r"effusion", (K.EFFUSION,)),
    (r"(hepatic|liver) cyst", (K.HEPATIC_CYST,)),
    (r"(renal|kidney) cyst", (K.RENAL_CYST,)),
    (r"renal (mass|tumour|cell carcinoma)", (K.RENAL_MASS,)),
    (r"prostat(e|ic) (cancer|carcinoma)", (K.PROSTATE_CANCER,)),
)
_FINDERS = tuple((re.compile(pattern), kinds) for pattern, kinds in _TERMS)

# Normal structures, and what their being normal denies; a side or place in the sentence limits the denial.
_GOOD = r"(normal|unremarkable|within normal limits|intact|preserved|maintained|homogeneous|patent|of adequate width)"
_NORMAL = tuple(
    (re.compile(pattern), kinds)
    for pattern, kinds in (
        (r"ventric(les|ular system)\b.*\bnormal", (K.HYDROCEPHALUS,)),
        (rf"menisc(i|us) (is|are) (of )?{_GOOD}", (K.MENISCAL_TEAR,)),
        (rf"(cruciate|collateral) ligaments? (is|are) {_GOOD}", (K.LIGAMENT_RUPTURE,)),
        (rf"rotator cuff (tendons )?(is|are) {_GOOD}", (K.LIGAMENT_RUPTURE,)),
        (rf"kidneys? (is|are) {_GOOD}", (K.RENAL_CYST, K.RENAL_MASS)),
        (rf"\bliver is (of )?{_GOOD}", (K.LIVER_METASTASIS, K.HEPATIC_CYST)),
        (rf"peripheral zone is (of )?{_GOOD}", (K.PROSTATE_CANCER,)),
        (r"cord (is|is of|shows) normal|(normal|homogeneous) (spinal )?cord signal", (K.CORD_LESION,)),
        (rf"disc heights.* are {_GOOD}|neural foramina are {_GOOD}", (K.DISC_HERNIATION,)),
        (rf"grey-white.* is {_GOOD}", (K.INFARCT,)),
    )
)
_BEFORE = re.compile(r"\b(no|without|negative for|not|nor|free of|absence of)\b")
_AFTER = re.compile(r"\b(is|are) (not|no longer)\b|\b(has|have) resolved\b|\b(is|are) absent\b")
_GONE = re.compile(r"resolution of|no longer|has resolved")
_CLAUSE_END = re.compile(r";|\bbut\b|\bhowever\b|\balthough\b|, with\b")
_SIZE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?(mm|cm)\b")
_SIDES = tuple(
    (re.compile(pattern), side)
    for pattern, side in (
        (r"\bleft\b", Side.LEFT),
        (r"\bright\b", Side.RIGHT),
        (r"\bbilateral(ly)?\b|\bboth (sides|hemispheres)\b", Side.BOTH),
        (r"\bmidline\b|\bcentral(?= disc)", Side.MIDLINE),
    )
)
_CHANGES = (
    (re.compile(r"interval (increase|growth|enlargement)|\bhas (increased|enlarged|grown|progressed)\b"), Change.GROWN),
    (re.compile(r"interval (decrease|regression|reduction)|\bhas (decreased|shrunk|regressed)\b"), Change.SHRUNK),
    (re.compile(r"\b(unchanged|stable)\b|\bno (significant |appreciable )?interval change\b"), Change.UNCHANGED),
    (re.compile(r"\bis new\b|\bnew finding\b|^new "), Change.NEW),
)
_STAGE_WORDS = (
    ("early subacute", "early subacute"),
    ("late subacute", "late subacute"),
    ("hyperacute", "hyperacute"),
    ("subacute", "subacute"),
    ("acute", "acute"),
    ("chronic", "chronic"),
    ("old", "chronic"),
)
_HEADER = re.compile(r"^(?P<name>[A-Za-z ]+):\s", re.MULTILINE)
_SECTIONS = {
    "findings": "findings",
    "report": "findings",
    "impression": "impression",
    "conclusion": "impression",
    "opinion": "impression",
    "summary": "impression",
}
_SENTENCE_END = re.compile(r"(?<!approx)(?<!periventric)(?<!\bcf)[.]\s+|\n", re.IGNORECASE)
_MARK = re.compile(r"^\s*(-|\d+\.)\s+")


def parse_report(text: str) -> tuple[Statement, ...]:
    """Everything that a report's findings and impression state or deny, in order."""
    statements: list[Statement] = []
    for section, sentence in sentences_in(text):
        plain = _plain(sentence)
        new = list(_statements(plain, section))
        change = _change(plain)
        if not new and change and statements:
            statements[-1] = replace(statements[-1], change=change)
        statements.extend(new)
    return tuple(statements)


def sentences_in(text: str) -> Iterator[tuple[str, str]]:
    """(section, sentence) for every sentence of the findings and of the impression."""
    marks = list(_HEADER.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        section = _SECTIONS.get(mark["name"].lower())
        if section is not None:
            body = text[mark.end() : following.start() if following else len(text)]
            for line in body.splitlines():
                for part in _SENTENCE_END.split(_MARK.sub("", line)):
                    if part.strip(" ."):
                        yield section, part.strip()


def _plain(sentence: str) -> str:
    """A sentence in lower case, normal spelling and whole words."""
    plain = sentence.lower()
    for pattern, whole in _SPELLING:
        plain = pattern.sub(whole, plain)
    return plain


def _statements(sentence: str, section: str) -> Iterator[Statement]:
    """What a plain sentence says: by terms, or, where it holds none, by a structure that is normal."""
    terms = _terms_in(sentence)
    for match, kinds in terms:
        denied = _is_denied(sentence, match.start(), match.end())
        yield from (_statement(sentence, section, kind, match, denied=denied) for kind in kinds)
    if not terms:
        for finder, kinds in _NORMAL:
            if normal := finder.search(sentence):
                yield from (_statement(sentence, section, kind, normal, denied=True) for kind in kinds)


def _terms_in(sentence: str) -> list[tuple[re.Match[str], tuple[K, ...]]]:
    """The terms of a sentence in order; where two overlap, the one that comes first in `_TERMS`."""
    found: list[tuple[re.Match[str], tuple[K, ...]]] = []
    for finder, kinds in _FINDERS:
        for match in finder.finditer(sentence):
            if all(match.end() <= other.start() or other.end() <= match.start() for other, _ in found):
                found.append((match, kinds))
    return sorted(found, key=lambda term: term[0].start())


def _is_denied(sentence: str, start: int, end: int) -> bool:
    """Whether a trigger reaches the term at start:end."""
    if _GONE.search(sentence):
        return True
    before = _CLAUSE_END.split(sentence[:start])[-1]
    after = _CLAUSE_END.split(sentence[end:])[0]
    return bool(_BEFORE.search(before) or _AFTER.search(after))


def _statement(sentence: str, section: str, kind: K, match: re.Match[str], *, denied: bool) -> Statement:
    size = None if denied else _SIZE.search(sentence)
    return Statement(
        kind=kind,
        present=not denied,
        sides=frozenset(side for pattern, side in _SIDES if pattern.search(sentence)),
        place=next((place for place in places_of(kind) if place.lower() in sentence), ""),
        size_mm=float(size[1]) * (10 if size[2] == "cm" else 1) if size else None,
        stage=_stage(sentence[: match.start()], kind),
        section=section,
        change=_change(sentence),
    )


def _stage(before: str, kind: K) -> str:
    """The stage said in the last words before a term, in its item of a list; "" where none is said."""
    if kind not in STAGES:
        return ""
    item = re.split(r",|\bor\b|\band\b", before)[-1]
    nearest = " ".join(item.split()[-4:])
    return next((stage for word, stage in _STAGE_WORDS if re.search(rf"\b{word}\b", nearest)), "")


def _change(sentence: str) -> Change | None:
    return next((change for pattern, change in _CHANGES if pattern.search(sentence)), None)
