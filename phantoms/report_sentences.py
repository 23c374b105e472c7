"""Sentences about findings: described, compared with the prior, concluded, denied. Form only: reports.py chooses."""

from collections.abc import Sequence

import numpy as np

from phantoms import report_phrases_general as general
from phantoms.findings import Finding, FindingKind, Side
from phantoms.report_grammar import expand, pick
from phantoms.report_phrases import Absence, wording_of
from phantoms.report_wording import Wording

_BY_PLACE = ("in ", "within ", "at ", "over ", "along ", "scattered ", "throughout ")
_SHOULDER_PLACES = ("glenohumeral joint", "supraspinatus tendon")
_COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def words_of(random: np.random.Generator, finding: Finding) -> dict[str, str]:
    """What a sentence may say about a finding."""
    return {
        "side": finding.side.value,
        "place": finding.place,
        "joint": "shoulder" if finding.place in _SHOULDER_PLACES else "knee",
        "bothplace": f"the bilateral {finding.place}" if random.random() < 0.5 else f"the {finding.place} bilaterally",
        "size": size_text(random, finding.size_mm),
        "count": _count_text(random, finding.count),
        "direction": "central" if finding.side is Side.MIDLINE else f"{finding.side.value} [para|sub]central",
    }


def size_text(random: np.random.Generator, size_mm: float) -> str:
    """A size as written: usually mm below a centimetre and cm above two.

    >>> size_text(np.random.default_rng(0), 35.0)
    '3.5 cm'
    """
    centimetres = size_mm >= 10 and random.random() < (0.7 if size_mm >= 20 else 0.3)
    return f"{size_mm / 10:.1f} cm" if centimetres else f"{size_mm:.0f}{pick(random, (' mm', ' mm', 'mm'))}"


def _count_text(random: np.random.Generator, count: int) -> str:
    if count < len(_COUNT_WORDS) and random.random() < 0.6:
        return _COUNT_WORDS[count]
    return str(count) if count < 8 or random.random() < 0.5 else f"multiple ({count})"


def described(random: np.random.Generator, finding: Finding, *, again: bool) -> str:
    """A sentence that states a finding with side, place and size; `again` where the prior study had it."""
    wording, words = wording_of(finding), words_of(random, finding)
    words["direction"] = expand(random, words["direction"])
    noun, where = expand(random, wording.noun, words), expand(random, wording.where, words)
    tail = expand(random, wording.tail, words)
    by_place = where.startswith(_BY_PLACE) and not wording.plural and random.random() < 0.2
    phrase = _noun_phrase(random, wording, words, noun, "" if by_place else where) + tail
    frames = general.FRAMES_BY_PLACE if by_place else general.FRAMES_AGAIN if again else general.FRAMES
    be = "are" if wording.plural and finding.count > 1 else "is"
    frame = expand(random, pick(random, frames), {"np": phrase, "bare": phrase, "be": be, "where": where})
    return frame.replace("the known a ", "the known ").replace("the known an ", "the known ")


def _noun_phrase(random: np.random.Generator, wording: Wording, words: dict[str, str], noun: str, where: str) -> str:
    """Noun, place and size, in one of the usual orders."""
    if wording.plural:
        largest = expand(random, ", the largest [measuring [up to |]|]{size}[ across|]", words)
        return f"{words['count']} {noun} {where}{largest}"
    measure = expand(random, wording.measure, words)
    article = "a " if wording.article else ""
    if wording.sized and random.random() < 0.45:
        return f"{article}{words['size']} {noun} {where}".strip()
    if random.random() < 0.5 and where:
        return f"{article}{noun} {where}, {measure},"
    return f"{article}{noun} {where}{' ' if where else ''}{measure}"


def compared(random: np.random.Generator, finding: Finding, before: Finding | None) -> str:
    """A sentence that compares a finding with itself at the prior study; new where it was not there."""
    patterns = _by_change(finding, before, (general.GROWN, general.SHRUNK, general.UNCHANGED, general.NEW))
    old = size_text(random, before.size_mm) if before else ""
    return expand(random, pick(random, patterns), {"old": old})


def _by_change(finding: Finding, before: Finding | None, patterns: tuple[Sequence[str], ...]) -> Sequence[str]:
    """Those of the patterns (grown, shrunk, unchanged, new) that are true of a finding."""
    grown, shrunk, unchanged, new = patterns
    if before is None:
        return new
    if finding.size_mm == before.size_mm:
        return unchanged
    return grown if finding.size_mm > before.size_mm else shrunk


def resolved(random: np.random.Generator, before: Finding) -> str:
    """A sentence about a finding of the prior study that is gone."""
    words = words_of(random, before)
    words["direction"] = expand(random, words["direction"])
    wording = wording_of(before)
    where = expand(random, wording.where, words)
    bare = f"{expand(random, wording.named, words)} {where}"
    return expand(random, pick(random, general.RESOLVED), {"bare": bare})


def concluded(random: np.random.Generator, finding: Finding, followed: bool, before: Finding | None) -> str:
    """A line of the impression: what it is and where, with doubt, size or, where `followed`, its change."""
    wording, words = wording_of(finding), words_of(random, finding)
    words["direction"] = expand(random, words["direction"])
    named = f"{expand(random, wording.named, words)} {expand(random, wording.where, words)}"
    sizeable = wording.sized and not wording.plural and finding.kind is not FindingKind.DISC_HERNIATION
    patterns: Sequence[str] = [text for text in general.CONCLUSIONS if sizeable or "{size}" not in text]
    if followed and random.random() < 0.5:
        patterns = _by_change(
            finding,
            before,
            (general.CONCLUDED_GROWN, general.CONCLUDED_SHRUNK, general.CONCLUDED_UNCHANGED, general.CONCLUDED_NEW),
        )
    return expand(random, pick(random, patterns), {"named": named, "size": words["size"]})


def denied(random: np.random.Generator, absences: Sequence[Absence]) -> str:
    """A sentence that denies one thing, or several at once."""
    nouns = [expand(random, absence.noun) for absence in absences]
    if len(nouns) == 1:
        return expand(random, pick(random, general.DENIALS), {"x": nouns[0]})
    comma = pick(random, (",", ""))
    joined = f"{', '.join(nouns[:-1])}{comma if len(nouns) > 2 else ''} or {nouns[-1]}"
    return expand(random, pick(random, general.DENIALS_OF_SEVERAL), {"list": joined})
