"""Whether a contrast agent had been given: the agent's tag, then words, then sequences that need one.

A study description tells little: "MR BRAIN W/WO" holds series of both kinds. Only a plain "without" in it counts, and
weakly.
"""

from indexer.header.evidence import INFERRED, SAID, STATED, Evidence
from indexer.header.sequence_names import SequenceClass
from indexer.header.text import find_phrase, normal_form, phrases
from indexer.records import Derived

_NO_AGENT = phrases("none, no, n a, na, without, no contrast, non, keine, ohne, aucun, unknown, 0, 0 ml, not given")
_BOTH = phrases(
    "w wo, with and without, w w o, w and w o, with without, mit und ohne, avec et sans, pre post, pre and post"
)
_WITHOUT = phrases(
    "pre contrast, pre gad, pre gd, pre gado, pregad, pre km, prekm, pre inj, pre injection, non contrast, "
    "noncontrast, no contrast, without contrast, without, wo contrast, w o, w o contrast, w o cont, wo, non "
    "enhanced, unenhanced, nativ, native, ohne km, ohne kontrastmittel, sans injection, sans gado, sans contraste, "
    "sin contraste, senza contrasto, zonder contrast, nc, no gad, no gd, t1 pre, blanco, non inj, nogad"
)
_WITH = phrases(
    "post contrast, contrast enhanced, with contrast, w contrast, pluscontrast, post gad, post gd, post gado, "
    "postgad, postgd, gad, gado, gadolinium, gd, t1c, t1ce, t1gd, t1post, t1wce, t1km, ce, post km, nach km, mit km, "
    "km, kontrastmittel, mit kontrastmittel, mit kontrast, post inj, post injection, apres injection, injecte, avec "
    "injection, avec contraste, con contraste, con gadolinio, con mdc, met contrast, delayed enhancement, late "
    "enhancement, late gadolinium, lge, dotarem, gadovist, gadavist, magnevist, omniscan, prohance, multihance, "
    "eovist, primovist, clariscan, ablavar, vasovist, feraheme, gadoterate, gadobutrol, stealth post"
)
# "post" and "pre" alone speak of contrast, except in front of these.
_OTHER_THAN_CONTRAST = phrases(
    "op, operative, operation, surgery, surgical, treatment, therapy, exercise, label, labeling, labelling, "
    "processing, processed, stress, rt, radiation, chemo, scan, saturation, sat, void, ictal, mortem, partum, proc, "
    "dex, drug, task, rest, test, train, training, stim, tms, transplant, biopsy"
)
# Only these are read with a bare "pre" or "post" in mind: "post" in an fMRI name is the second half of an experiment.
_ENHANCING = frozenset({SequenceClass.T1, SequenceClass.FLAIR, SequenceClass.DCE, SequenceClass.MRA})
_NEEDS_AGENT = frozenset({SequenceClass.DSC, SequenceClass.DCE, SequenceClass.LGE})


def contrast_of(evidence: Evidence, sequence: str | None) -> Derived[bool]:
    """True after a contrast agent, False where the header says that there was none, empty where it says nothing."""
    for found in (_by_agent(evidence), _by_entity(evidence), _by_words(evidence, sequence)):
        if found.value is not None:
            return found
    if sequence in _NEEDS_AGENT:
        return Derived(True, str(sequence), "needed-by-sequence", INFERRED)
    return _by_study(evidence)


def _by_agent(evidence: Evidence) -> Derived[bool]:
    raw = evidence.tag("ContrastBolusAgent")
    text = normal_form(raw)
    if not text.strip():
        return Derived()
    return Derived(text.strip() not in _NO_AGENT, raw, "contrast-agent", STATED)


def _by_entity(evidence: Evidence) -> Derived[bool]:
    agent = evidence.entities.get("ce", "")
    return Derived(True, f"ce-{agent}", "bids-entity", STATED) if agent else Derived()


def _by_words(evidence: Evidence, sequence: str | None) -> Derived[bool]:
    for field in evidence.series:
        said = _read(field.text, sequence)
        if said is not None:
            return Derived(said, field.raw, field.rule, SAID)
    return Derived()


def _read(text: str, sequence: str | None) -> bool | None:
    """What one text says; "without" is looked for first, since it holds the words of "with"."""
    if find_phrase(text, _BOTH):
        return None
    if find_phrase(text, _WITHOUT) or (sequence in _ENHANCING and _bare(text, "pre")):
        return False
    if find_phrase(text, _WITH) or (sequence in _ENHANCING and _bare(text, "post")):
        return True
    return None


def _bare(text: str, word: str) -> bool:
    return bool(find_phrase(text, (word,))) and not find_phrase(
        text, [f"{word} {other}" for other in _OTHER_THAN_CONTRAST]
    )


def _by_study(evidence: Evidence) -> Derived[bool]:
    for field in evidence.study:
        if find_phrase(field.text, _WITHOUT) and not find_phrase(field.text, _BOTH):
            return Derived(False, field.raw, field.rule, INFERRED)
    return Derived()
