"""Words out of header text: descriptions, protocol and file names as scanners, technologists and archives write them.

The normal form of a text is its words in lower case, without accents, each between single spaces, with a space at both
ends: `" t2 tse sag "`. A phrase is looked up in it as `" phrase "`, so that "ax" never matches inside "relax".
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")


def phrases(listed: str) -> tuple[str, ...]:
    """The phrases of a comma-separated list: how this package writes its vocabularies."""
    return tuple(phrase.strip() for phrase in listed.split(","))


def by_name(names: Mapping[T, tuple[str, ...]]) -> Mapping[str, T]:
    """The mapping from each name to the value that it belongs to."""
    return MappingProxyType({name: value for value, listed in names.items() for name in listed})


# Words that scanners glue together without a separator ("t2tsesag", "ep2ddifftra", "CINESAX"). A token is taken apart
# only where these words and plain numbers cover all of it: "facet" and "coral" stay whole.
GLUED_WORDS = frozenset(
    phrases(
        "2d, 3d, 4d, adc, ap, asl, ax, axial, bold, bravo, calc, cine, ciss, contrast, cor, coronal, ctr, dce, diff, "
        "dir, dixon, dsc, dti, dual, dwi, dyn, dyndist, ep, ep2d, epi, fa, fast, fiesta, fl, fl2d, fl3d, flair, "
        "flash, fs, fse, fspgr, gd, gre, haste, head, ir, lava, loc, localiser, localizer, m0, mag, map, medic, mix, "
        "mpr, mprage, mra, mt, mtoff, mton, myelo, noncontrast, obl, opp, out, pasl, pcasl, pd, pdw, phase, post, "
        "postgd, pre, propeller, psir, qsm, radial, sag, sagittal, sax, scout, se, space, spair, spc, spgr, spir, "
        "stir, survey, swan, swi, t1, t1c, t1ce, t1gd, t1post, t1w, t2, t2s, t2star, t2w, tfe, tfl, thrive, tir, "
        "tirm, tof, tra, trace, tracew, transversal, trufi, tse, tw, vibe, water, wfs"
    )
)

_CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")
_STAR = re.compile(r"(?i)\b([rt]2)\s?\*(?!\w)|\b([rt]2)\*(?=w)")
# "+C", "+ C", "+Gd", "C+": the plus sign carries the meaning and would be lost among the separators.
_PLUS_CONTRAST = re.compile(r"(?i)(?<![a-z0-9])(?:\+\s?(?:c|gd|gad|gado|km)|(?:c|gd|gad|km)\+)(?![a-z0-9])")
_TOKEN = re.compile(r"[a-z0-9]+(?:\.[0-9]+[a-z]*)?")
_NUMBER = re.compile(r"[0-9]+")
_EXTENSIONS = (".nii.gz", ".nii", ".dcm", ".ima", ".mgz", ".nrrd", ".hdr", ".img", ".json")


@lru_cache(maxsize=65536)
def normal_form(text: str) -> str:
    """The words of a text, each between single spaces; `" "` for a text without words.

    >>> normal_form("anat-T1w_acq-tfl")
    ' anat t1w acq tfl '
    >>> normal_form("t2tsesag"), normal_form("T2*w Schädel +C")
    (' t2 tse sag ', ' t2star w schadel pluscontrast ')
    """
    spaced = _CAMEL.sub(" ", _STAR.sub(_spell_star, text))
    spaced = _PLUS_CONTRAST.sub(" pluscontrast ", spaced)
    plain = _without_accents(spaced).lower()
    words = [piece for token in _TOKEN.findall(plain) for piece in segment(token)]
    return " " + "".join(word + " " for word in words)


def find_phrase(text: str, phrases: Iterable[str]) -> str | None:
    """The first of the phrases that a normal form holds as whole words.

    >>> find_phrase(" ax t2 fat sat ", ("fs", "fat sat"))
    'fat sat'
    """
    return next((phrase for phrase in phrases if f" {phrase} " in text), None)


def segment(token: str) -> tuple[str, ...]:
    """A token taken apart into words that scanners glue, fewest first; whole where they do not cover it.

    >>> segment("t2tsesag"), segment("t1mprage320"), segment("facet")
    (('t2', 'tse', 'sag'), ('t1', 'mprage', '320'), ('facet',))
    """
    if token in GLUED_WORDS or not token.isalnum() or token.isdigit():
        return (token,)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(2, len(token) + 1):
        for start in range(end - 1):
            head, piece = best[start], token[start:end]
            if head is None or not _is_piece(piece, start):
                continue
            shortest = best[end]
            if shortest is None or len(head) + 1 < len(shortest):
                best[end] = (*head, piece)
    return best[-1] or (token,)


def path_components(path: str) -> tuple[str, ...]:
    """The parts of an archive-relative path from the file upwards, without extensions and BIDS `sub-` and `ses-` parts.

    >>> path_components("knee/sub-01/sub-01_acq-sag_T2w.nii.gz")
    ('acq-sag_T2w', 'knee')
    """
    parts = [part for part in PurePosixPath(path).parts if part not in {"/", ".", ".."}]
    named = (_without_subject(_without_extension(part)) for part in reversed(parts))
    return tuple(part for part in named if part)


def _is_piece(piece: str, start: int) -> bool:
    """A known word, or, after one, a number of two digits or more: a lone digit would turn "t12" into "t1" and "2"."""
    return piece in GLUED_WORDS or (start > 0 and bool(_NUMBER.fullmatch(piece)))


def _spell_star(match: re.Match[str]) -> str:
    return f" {match.group(1) or match.group(2)}star "


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _without_extension(name: str) -> str:
    lowered = name.lower()
    return next((name[: -len(end)] for end in _EXTENSIONS if lowered.endswith(end)), name)


def _without_subject(name: str) -> str:
    return "_".join(part for part in name.split("_") if not re.fullmatch(r"(sub|ses)-\w*", part))
