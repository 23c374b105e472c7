"""How alike two texts are to a reader of words or of letters alone: the references of a text probe.

Source: Manning, Raghavan and Schütze 2008, "Introduction to Information Retrieval", section 6.3 (cosine of counts).
"""

import re
from collections import Counter
from math import sqrt

_WORD = re.compile(r"[a-z0-9]+")


def bag_of_words_cosine(one: str, other: str) -> float:
    """Cosine of two texts' word counts, 0 where either has no word; case and order do not matter.

    >>> bag_of_words_cosine("No shift.", "Shift: no"), bag_of_words_cosine("a b", "c")
    (1.0, 0.0)
    """
    return _cosine(Counter(_WORD.findall(one.lower())), Counter(_WORD.findall(other.lower())))


def trigram_cosine(one: str, other: str) -> float:
    """Cosine of two texts' counts of three letters in a row, a space at either end.

    >>> trigram_cosine("ab", "AB"), round(trigram_cosine("ab", "abc"), 3)  # " ab" of 2 and of 3
    (1.0, 0.408)
    """
    return _cosine(_trigrams(one), _trigrams(other))


def _trigrams(text: str) -> Counter[str]:
    padded = f" {' '.join(_WORD.findall(text.lower()))} "
    return Counter(padded[start : start + 3] for start in range(len(padded) - 2))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    """Of integer counts under one root, so that equal counts give 1 exactly."""
    product = sum(count * other[term] for term, count in one.items())
    squares = sum(count * count for count in one.values()) * sum(count * count for count in other.values())
    return product / sqrt(squares) if squares else 0.0
