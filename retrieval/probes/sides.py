"""Left and right in English radiology text: which side a text names, and a sentence with its side exchanged."""

import re

_OTHER = {"left": "right", "right": "left", "lt": "rt", "rt": "lt", "l": "r", "r": "l"}
# "L" alone is left; "L4" is a vertebra, and "L-shaped" a shape (as phantoms/report_parse.py reads them).
_SIDE = re.compile(r"\b(left|right|lt|rt|l|r)\b(?!-)", re.IGNORECASE)

# Words that look like a side and are none: hands that people write with, directions of flow, verbs, adverbs, "rule
# out", radiotherapy, vertebrae written apart, initials of names.
_NO_SIDE = re.compile(
    r"""
    \b(?:left|right)[- ]hand(?:ed(?:ness)?|er|[ ]dominan\w+)\b
    | \b(?:left[- ]to[- ]right|right[- ]to[- ]left)\b
    | \bleft\ (?:over|behind|out|alone|open|untreated|unchanged|in\ (?:place|situ))\b
    | \b(?:was|were|be|been|being|has|have|had|patient|he|she|they|who)\ left\b
    | \bleft\ the\ (?:department|hospital|room|scanner|table|unit|ward)\b
    | \ball\ right\b
    | \bright[- ]angle[ds]?\b
    | (?<!the\ )(?<!on\ )\bright\ (?:away|now|at|next|after|before|above|below|behind|beside|through|under)\b
    | \b[rl]/(?![rl]\b)\w+ | \b\w+/[rl]\b(?<![rl]/[rl])
    | \b(?:post|after|following|previous|prior|adjuvant|chemo|s/p)[- ]?rt\b
    | \brt(?:-pcr|\ (?:to|for|field|fields|dose|planning|changes?)\b)
    | \b[lr][ .]\d
    | \b[LR]\.\ [A-Z]
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Unlike `_SIDE`: "left-sided" names a side, and only a capital letter does ("5 l" is a volume).
_LEFT = re.compile(r"\b(?:[Ll]eft|LEFT|[Ll]t|LT|L)\b")
_RIGHT = re.compile(r"\b(?:[Rr]ight|RIGHT|[Rr]t|RT|R)\b")
# "Both menisci" are the medial and the lateral one; these come as left and right.
_BOTH = re.compile(
    r"\bbilateral(?:ly)?\b|\bboth (?:[a-z]+ ){0,2}(?:sides|hemispheres|lobes|kidneys|adrenals|lungs|hips|knees|ankles"
    r"|shoulders|elbows|wrists|hands|feet|legs|arms|eyes|orbits|ears|breasts|ovaries|thalami|femora|tibiae)\b",
    re.IGNORECASE,
)
# What lies on one side in nearly everybody: there, words alone tell the right side from the wrong one.
_ONE_SIDED = re.compile(
    r"\bsegments? (?:[IVX]+|\d)|\b(?:spleen|splenic|gallbladder|caecum|cecum|appendix|sigmoid)\b"
    r"|\b(?:ascending|descending) colon\b",
    re.IGNORECASE,
)
# What is said of one side may be true of the other as well where it says that nothing is there.
_NOTHING_THERE = re.compile(
    r"\b(?:no|not|nor|neither|negative|free|absent|normal\w*|unremarkable|intact|preserved|maintained|patent|clear"
    r"|symmetric\w*|resolved|resolution|longer)\b",
    re.IGNORECASE,
)


def swap_sides(sentence: str) -> str:
    """The sentence with every side exchanged; capitals as they were. It reads words, not sense: see `exchange_side`.

    >>> swap_sides("Left L4-L5 protrusion; the right side is free. LT KNEE")
    'Right L4-L5 protrusion; the left side is free. RT KNEE'
    """
    return _SIDE.sub(_swapped, sentence)


def exchange_side(sentence: str) -> str | None:
    """The sentence about the other side; None where that is unsure or would be no contradiction.

    Refused: no side, or both (exchanged, "left and right" means the same); words that may be no side ("right-handed",
    "left in place", "RT to"); sides bound by a hyphen ("left-sided"); structures that lie on one side only; and what is
    normal or denied, since a normal left kidney says nothing against a normal right one.

    >>> exchange_side("Small effusion of the left knee.")
    'Small effusion of the right knee.'
    >>> exchange_side("The catheter was left in the bladder.") is None
    True
    """
    swapped = swap_sides(sentence)
    refused = any(rule.search(sentence) for rule in (_NO_SIDE, _ONE_SIDED, _NOTHING_THERE))
    if side_in(sentence) not in _OTHER or refused:
        return None
    turned = side_in(sentence) != side_in(swapped) and not re.search(r"\b(?:left|right)-", sentence, re.IGNORECASE)
    return swapped if turned else None


def side_in(text: str) -> str:
    """The side that a text names: "left", "right", "both" or "none".

    >>> side_in("Left knee. Right-handed patient."), side_in("Left L4 root, R > L"), side_in("L4 root")
    ('left', 'both', 'none')
    """
    kept = _NO_SIDE.sub(" ", text)
    left, right = bool(_LEFT.search(kept)), bool(_RIGHT.search(kept))
    if _BOTH.search(kept) or (left and right):
        return "both"
    return "left" if left else "right" if right else "none"


def _swapped(match: re.Match[str]) -> str:
    word = match[0]
    other = _OTHER[word.lower()]
    return other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other
