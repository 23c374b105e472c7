"""A sentence with left and right exchanged: the wrong half of a forced choice."""

import re

_OTHER = {"left": "right", "right": "left", "lt": "rt", "rt": "lt", "l": "r", "r": "l"}
# "L" alone is left; "L4" is a vertebra, and "L-shaped" a shape (as phantoms/report_parse.py reads them).
_SIDE = re.compile(r"\b(left|right|lt|rt|l|r)\b(?!-)", re.IGNORECASE)


def swap_sides(sentence: str) -> str:
    """The sentence with every side exchanged; capitals as they were.

    >>> swap_sides("Left L4-L5 protrusion; the right side is free. LT KNEE")
    'Right L4-L5 protrusion; the left side is free. RT KNEE'
    """
    return _SIDE.sub(_swapped, sentence)


def _swapped(match: re.Match[str]) -> str:
    word = match[0]
    other = _OTHER[word.lower()]
    return other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other
