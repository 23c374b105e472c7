"""Which words deny, in English radiology text, and which only look as if they did.

Source: Chapman et al., "A simple algorithm for identifying negated findings and diseases in discharge summaries",
J Biomed Inform 2001 (NegEx: triggers, and the pseudo-negations that are set aside first).
"""

import re
from collections.abc import Iterator

# Set aside before triggers are looked for: numbers, doubt, "nothing has changed", and what was done rather than found.
_PSEUDO = re.compile(
    r"""
    \bnos?\.\s?\d
    | \bnot\ only\b | \bnot\ necessarily\b
    | \b(?:cannot|can\ not|not)\ (?:be\ )?(?:entirely\ |completely\ |fully\ |definitely\ |reliably\ )?
      (?:excluded|ruled\ out)\b
    | \bno\ (?:[a-z]+\ ){0,2}change\b(?!\s+of)
    | \bwithout\ (?:[a-z]+\ ){0,2}change\b
    | \b(?:with\ (?:and|or)\ )?without\ (?:the\ )?(?:iv\ |i\.v\.\ |intravenous\ )?
      (?:contrast|gadolinium|sedation|an(?:a)?esthesia|difficulty|complications?)\b
    | \bno\ (?:[a-z]+\ )?(?:prior|previous|comparison|earlier|relevant)\b
    | \bcomparison:?\s+none\b | \bnone\ available\b
    | \bno\ doubt\b | \bno\ (?:more|less|fewer)\ than\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TRIGGER = re.compile(
    r"\b(?:no|not|without|w/o|nor|neither|none|never|cannot|absent|absence of|lacks?|lack of|negative for|free of"
    r"|ruled out|denie[sd])\b|n't\b",
    re.IGNORECASE,
)


def triggers_in(text: str) -> Iterator[str]:
    """The words that deny something, in order, in lower case.

    >>> list(triggers_in("No midline shift. Tumour cannot be excluded, without oedema. Lesion no. 3"))
    ['no', 'without']
    """
    return (match[0].lower() for match in _TRIGGER.finditer(_PSEUDO.sub(" ", text)))
