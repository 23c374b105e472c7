"""A sentence that states a finding, rewritten to deny it, and the other way round; None wherever that is unsure.

One word changes ("no", "not", "without", "negative"), and with it at most an article and the first letter's case. The
forms, denied and stated:

| denied | stated |
|---|---|
| There is no midline shift. | There is midline shift. |
| No midline shift (is seen). | Midline shift (is seen). |
| The ventricles are not dilated. | The ventricles are dilated. |
| Infarct without haemorrhage. | Infarct with haemorrhage. (read, not written: "with" says many things) |
| Negative for fracture. | Positive for fracture. |

`affirm(negate(s)) == s` for every sentence that `negate` rewrites and that has no article behind "there is": "There is
an effusion." becomes "There is no effusion.", and back "There is effusion."
"""

import re
from dataclasses import dataclass

from retrieval.probes.negation_words import triggers_in

# Doubt, change since a study before, contrast of two clauses, questions: what the opposite would be is not plain.
_UNSURE = re.compile(
    r"[;?]|\b(?:likely|unlikely|possibl[ey]|probabl[ey]|may|might|could|cannot|can not|exclu\w+|rule[ds]? out|if"
    r"|whether|unless|but|however|although|though|except|other than|apart from|rather|only|longer|more|less|fewer"
    r"|further|other|additional|change[ds]?|unchanged|stable|interval|previous\w*|prior|earlier|since|compar\w+|again"
    r"|known|any|cause|doubt|one|reason|explanation|corresponds?|as (?:described|above|detailed)|contraindication\w*"
    r"|available|obtained|given|performed|administered|contrast|gadolinium|sedation|difficulty|complications?)\b",
    re.IGNORECASE,
)
_BE = r"(?:is|are|was|were)"
_FINITE = re.compile(
    rf"\b(?:{_BE}|has|have|had|shows?|demonstrates?|reveals?|appears?|remains?|does|do)\b", re.IGNORECASE
)
_STATES = (
    r"(?:seen|present|identified|noted|demonstrated|detected|visible|visualised|visualized|evident|observed|shown"
    r"|dilated|enlarged|displaced|effaced|compressed|thickened|narrowed|torn|ruptured|intact|normal|involved|infiltrated"
    r"|restricted|preserved|patent|stenotic|occluded|oedematous|edematous|atrophic|hyperintense|hypointense)"
)
# A bare phrase ("Acute infarct in the left thalamus.") is a finding only where its head is one of these.
_HEADS = re.compile(
    r"(?:shift|infarcts?|infarction|haemorrhage|hemorrhage|haematoma|hematoma|effusions?|tears?|lesions?|mass|masses"
    r"|oedema|edema|cysts?|fractures?|herniations?|protrusions?|extrusions?|stenosis|compression|hydrocephalus|glioma"
    r"|meningioma|metastas[ei]s|tumou?rs?|ruptures?|enhancement|thickening|atrophy|swelling|collections?|abscess"
    r"|lymphadenopathy|ascites|dilatation|restriction|aneurysm|malformation|syrinx|myelopathy|tendinosis|bursitis"
    r"|synovitis|scarring|scar|thrombus|thrombosis|carcinoma|spondylolisthesis|displacement|invasion|extension"
    r"|necrosis|osteonecrosis|chondromalacia|effacement|haemangioma|hemangioma|adenoma|calculi|fat|artefact|artifact)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\s(?:in|of|at|on|over|along|within|with|into|involving|centred|measuring|abutting|to|from|between|around|through"
    r"|across|after|adjacent|near|above|below|behind|beneath|under|extending|indenting)\s"
)
# Before these "no" would be wrong or would deny something else ("There are two lesions").
_DETERMINED = re.compile(
    r"(?:the|this|these|those|that|its|both|bilateral|some|several|multiple|many|few|each|all|two|three|four|five|six|\d+(?![.\d]*\s?[cm]m)"
    r"|numerous|normal|mild|minor|minimal|slight|small|tiny|trace|subtle|new|no|not|now|also|still)\b",
    re.IGNORECASE,
)
# Names keep their capital inside a sentence, as words of capitals do ("FLAIR", "T2").
_NAMES = re.compile(
    r"(?:Baker|Schmorl|Chiari|Hill|Bankart|Tarlov|Hoffa|Virchow|Segond|Morel|Lisfranc|Rathke|Dandy|Tornwaldt|Wallerian"
    r"|Modic|Pirani|Osgood|Bouchard|Heberden|Perthes|Crohn)\b"
)
_MARK = re.compile(r"(?:[-*•]|\(?\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence without the mark of a list before it and the point behind it."""

    mark: str
    words: str
    end: str

    def saying(self, words: str) -> str:
        return f"{self.mark}{words}{self.end}"


def affirm(sentence: str) -> str | None:
    """The sentence that states what this one denies; None where that is unsure.

    >>> affirm("No midline shift."), affirm("There is no acute infarct."), affirm("The ventricles are not dilated.")
    ('Midline shift.', 'There is acute infarct.', 'The ventricles are dilated.')
    >>> affirm("Tumour cannot be excluded.") is affirm("Lesion no. 3.") is affirm("No longer seen.") is None
    True
    """
    parts = _parts(sentence, denials=1)
    stated = _without_denial(parts.words) if parts else None
    return parts.saying(stated) if parts and stated else None


def negate(sentence: str) -> str | None:
    """The sentence that denies what this one states; None where that is unsure.

    >>> negate("Midline shift."), negate("There is an acute infarct."), negate("The ventricles are dilated.")
    ('No midline shift.', 'There is no acute infarct.', 'The ventricles are not dilated.')
    >>> negate("Mild effusion.") is negate("Lesions 3 and 4.") is negate("Follow-up is advised.") is None
    True
    """
    parts = _parts(sentence, denials=0)
    denied = _with_denial(parts.words) if parts else None
    return parts.saying(denied) if parts and denied else None


def _parts(sentence: str, *, denials: int) -> _Sentence | None:
    """The sentence taken apart, if it says one plain thing and holds so many words that deny."""
    mark = _MARK.match(sentence)
    start = mark.end() if mark else 0
    words = sentence[start:].rstrip(". ")
    plain = not _UNSURE.search(words) and len(_FINITE.findall(words)) <= 1 and _is_one_sentence(words)
    if not words or not plain or len(list(triggers_in(words))) != denials:
        return None
    return _Sentence(sentence[:start], words, sentence[start + len(words) :])


def _is_one_sentence(words: str) -> bool:
    """Whether nothing ends inside; commas only in a list that "or" closes ("no mass, cyst or effusion")."""
    if re.search(r"[.:!]\s", words):
        return False
    items = re.split(r",\s*(?:or\s)?|\sor\s", words)
    return "," not in words or (" or " in words and all(len(item.split()) <= 8 for item in items))


def _without_denial(words: str) -> str | None:
    first = re.fullmatch(rf"(There {_BE} )?[Nn]o ((?!sign\b)[a-zA-Z].*)", words)
    if first:
        there, rest = first.groups()
        stated = there + rest if there else rest[0].upper() + rest[1:]
        return None if " and " in rest else stated  # "no A and B": whether B is denied, too, is not plain
    for denied, stated in (
        (rf"^((?!There).* {_BE}) not (?={_STATES}\b)", r"\1 "),
        (r"^([^ ].*) without (?!an?\b|the\b|sign\b)", r"\1 with "),
        (r"^((?:.* )?)negative for ", r"\1positive for "),
        (r"^Negative for ", "Positive for "),
        (rf"^((?!There).* {_BE}) absent$", r"\1 present"),
    ):
        found, count = re.subn(denied, stated, words)
        if count:
            return found
    return None


def _with_denial(words: str) -> str | None:
    there = re.fullmatch(rf"(There {_BE} )(?:an? )?(.+)", words)
    if there:
        refused = _DETERMINED.match(there[2]) or " and " in there[2]
        return None if refused else f"{there[1]}no {there[2]}"
    states = re.compile(rf"^((?!There).* {_BE}) (?={_STATES}\b)")
    if states.search(words):
        return states.sub(r"\1 not ", words)
    if re.search(r"\bpositive for ", words, re.IGNORECASE):
        return re.sub(r"\b([Pp])ositive for ", lambda match: f"{'N' if match[1] == 'P' else 'n'}egative for ", words)
    return f"No {_lowered(words)}" if _is_finding(words) else None


def _is_finding(words: str) -> bool:
    """Whether a phrase without a verb names a finding: the last word before its first preposition does."""
    if (
        _FINITE.search(words)
        or _DETERMINED.match(words)
        or re.search(r"^(?:an?|there)\b|\sand\s", words, re.IGNORECASE)
    ):
        return False
    head = _PREPOSITION.split(words)[0].split()
    return bool(_HEADS.fullmatch(head[-1])) and words[0].isupper() and len(words.split()) <= 12


def _lowered(words: str) -> str:
    first = words.split(maxsplit=1)[0]
    keeps = _NAMES.match(words) or not first[1:].islower() or len(first) < 2
    return words if keeps else words[0].lower() + words[1:]
