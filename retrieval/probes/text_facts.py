"""What kind of text a report is: how long, whether it denies anything, which side it names. Strata for a score.

Read from English words by rules (`sides.py`, `negation_words.py`); text in another language is "plain" and names no
side.
"""

from retrieval.probes.negation_words import triggers_in
from retrieval.probes.sides import side_in

# Upper ends, in words between white space, as indexer/reports/passages.py counts; a passage has at most 150.
LENGTH_ENDS = (50, 100, 200, 400)


def length_band(text: str) -> str:
    """How long a text is, as one of six values.

    >>> length_band(""), length_band("No midline shift."), length_band("word " * 51), length_band("word " * 401)
    ('no words', '1-50 words', '51-100 words', 'over 400 words')
    """
    words = len(text.split())
    if not words:
        return "no words"
    starts = (1, *(end + 1 for end in LENGTH_ENDS))
    bands = (f"{start}-{end} words" for start, end in zip(starts, LENGTH_ENDS, strict=False) if words <= end)
    return next(bands, f"over {LENGTH_ENDS[-1]} words")


def negation_of(text: str) -> str:
    """Whether any word of a text denies something: "negated" or "plain".

    "Cannot be excluded" is doubt, "no interval change" keeps a finding, "without contrast" is technique: none of these
    counts.

    >>> negation_of("No acute infarct."), negation_of("Metastasis cannot be excluded."), negation_of("Lesion no. 3")
    ('negated', 'plain', 'plain')
    """
    return "negated" if any(True for _ in triggers_in(text)) else "plain"


def side_of(text: str) -> str:
    """The side that a text names: "left", "right", "both" (bilateral, or each somewhere) or "none".

    >>> side_of("Left knee."), side_of("Bilateral effusions."), side_of("Right-handed patient, L4 fracture.")
    ('left', 'both', 'none')
    """
    return side_in(text)
