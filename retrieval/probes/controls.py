"""Sentences made wrong in a way that a search should notice: another body region, another sequence.

Where a model fails at these, its score on negation and sides says nothing about negation and sides.
"""

import hashlib
import re

# One word for each region that is far from all others; several words of a report may stand for one of them.
_REGIONS = {
    "brain": ("brain", "head"),
    "spine": ("cervical spine", "thoracic spine", "lumbar spine"),
    "knee": ("knee",),
    "shoulder": ("shoulder",),
    "wrist": ("wrist",),
    "liver": ("liver", "abdomen"),
    "prostate": ("prostate",),
    "heart": ("heart",),
}
_REGION_OF = {word: region for region, words in _REGIONS.items() for word in words}
# The head of a bone, muscle or organ is none, and a fetus is found by its mother's belly.
_WORDS = re.compile(
    r"\b(?:cervical spine|thoracic spine|lumbar spine|(?<=of the )head(?! of)|"
    + r"|".join(word for word in _REGION_OF if "spine" not in word and word != "head")
    + r")\b",
    re.IGNORECASE,
)
_FETAL = re.compile(r"\bfet(?:al|us)\b|\bfoet", re.IGNORECASE)

# Sequences that differ in kind; T2* against T2, or ADC against DWI, would be a matter of degree.
SEQUENCES = ("T1", "T2", "FLAIR", "DWI", "PD")


def exchange_region(sentence: str) -> str | None:
    """The sentence with its body region exchanged for a far one; None unless it names exactly one region.

    Which one is drawn by the sentence itself, so the same sentence always becomes the same.

    >>> exchange_region("MRI of the knee.") != "MRI of the knee."
    True
    >>> exchange_region("Effusion of the left hip.") is exchange_region("MRI of the brain and heart.") is None
    True
    """
    found = list(_WORDS.finditer(sentence))
    if len(found) != 1 or _FETAL.search(sentence):
        return None
    word = found[0]
    others = [words[-1] for region, words in _REGIONS.items() if region != _REGION_OF[word[0].lower()]]
    other = others[_number_of(sentence) % len(others)]
    return sentence[: word.start()] + _in_the_case_of(word[0], other) + sentence[word.end() :]


def sequence_statement(sequence: str, region: str) -> str:
    """What a header says of a series, as words; the region may be unknown.

    >>> sequence_statement("T1", "knee"), sequence_statement("DWI", "")
    ('T1 image of the knee', 'DWI image')
    """
    return f"{sequence} image of the {region}" if region else f"{sequence} image"


def other_sequence(sequence: str, series_id: str) -> str | None:
    """A sequence of another kind, drawn by the series; None where the series' own is none of `SEQUENCES`.

    >>> other_sequence("T1", "ser-0") in SEQUENCES[1:], other_sequence("BOLD", "ser-0")
    (True, None)
    """
    if sequence not in SEQUENCES:
        return None
    others = [other for other in SEQUENCES if other != sequence]
    return others[_number_of(series_id) % len(others)]


def _number_of(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def _in_the_case_of(model: str, word: str) -> str:
    return word.upper() if model.isupper() else word.capitalize() if model[0].isupper() else word
