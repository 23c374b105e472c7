"""Which sequence class a series is, by an ordered table of named rules; the first that decides wins.

| rule | looks at | confidence |
|---|---|---|
| bids-suffix | the BIDS suffix | 1 |
| image-type | ImageType: ADC, FA, TRACEW, RELCBF, ... | 1 |
| series-description, protocol-name, name | the words of each, in this order | 0.8 |
| acquisition-contrast | AcquisitionContrast of enhanced objects | 1 |
| sequence-name | the vendor's name of the pulse sequence | 0.5 |
| bids-guess | dcm2niix's BidsGuess | 0.5 |
| implied-by-... | a pulse sequence that is nearly always run with one weighting | 0.5 |
| te-tr | ScanningSequence with TE, TR, TI | 0.5 |
| folder-name | the words of the folders above | 0.5 |
| magnitude-phase-name | a file called "mag" or "phase" and nothing else: gradient echo | 0.5 |
| usual-for-fetus | fetal MRI is single-shot T2 unless something says otherwise | 0.5 |
"""

import re
from collections.abc import Callable

from indexer.header.evidence import INFERRED, SAID, STATED, Evidence, first_said
from indexer.header.numbers import sane_times
from indexer.header.region_names import SAID_REGIONS, Region
from indexer.header.sequence_names import (
    ACQUISITION_CONTRASTS,
    BIDS_SUFFIXES,
    IMAGE_TYPES,
    IMPLIED_SEQUENCES,
    SAID_SEQUENCES,
    SequenceClass,
)
from indexer.header.text import find_phrase
from indexer.records import Derived

Found = Derived[SequenceClass]
Rule = Callable[[Evidence], Found]

_NOTHING: Found = Derived()

# Siemens, UIH and GE internal names; those that hint at no weighting by themselves ("tse", "se") are left to TE and TR.
_SEQUENCE_NAMES: tuple[tuple[str, SequenceClass], ...] = (
    (r"ep_b\d|epi?_dti|epi?_dwi|^dti|^dwi", SequenceClass.DWI),
    (r"v\d+(in|rl|ap|fh|through)|_pc\d|^pc", SequenceClass.PHASE_CONTRAST),
    (r"swi\d|^swan|^qswi", SequenceClass.SWI),
    (r"^fm2d|field_?map", SequenceClass.FIELDMAP),
    (r"^tgse.*asl|^asl|pcasl", SequenceClass.ASL),
    (r"spcir|^tir.*fl", SequenceClass.FLAIR),
    (r"^fi[23]d|^tof", SequenceClass.MRA),
    (r"^epfid|^gre_fmri", SequenceClass.BOLD),
    (r"^h[23]d|^ssfse|^ciss", SequenceClass.T2),
    (r"^tfi[23]d|^b-tfe|^bssfp", SequenceClass.BSSFP),
    (r"^tfl3d|^mprage|^bravo|^gre_fsp", SequenceClass.T1),
)


def sequence_of(evidence: Evidence) -> Derived[str]:
    """The sequence class with the rule that decided; empty where none does."""
    for rule in RULES:
        found = rule(evidence)
        if found.value is not None:
            return Derived(str(found.value), found.raw, found.rule, found.confidence)
    return Derived()


def _by_bids_suffix(evidence: Evidence) -> Found:
    suffix = evidence.entities.get("suffix", "")
    if suffix == "sbref":
        is_diffusion = "dir" in evidence.entities and "task" not in evidence.entities
        return Derived(SequenceClass.DWI if is_diffusion else SequenceClass.BOLD, suffix, "bids-suffix", INFERRED)
    if suffix not in BIDS_SUFFIXES:
        return _NOTHING
    return Derived(BIDS_SUFFIXES[suffix], suffix, "bids-suffix", STATED)


def _by_image_type(evidence: Evidence) -> Found:
    flags = evidence.flags("ImageType")
    for flag, sequence in IMAGE_TYPES.items():
        if flag in flags:
            return Derived(sequence, evidence.tag("ImageType"), "image-type", STATED)
    return _NOTHING


def _by_words(evidence: Evidence) -> Found:
    return first_said(evidence.series, SAID_SEQUENCES, accept=_not_misread)


def _by_map_words(evidence: Evidence) -> Found:
    """Fractional anisotropy: "FA" beside a diffusion word; it means the flip angle everywhere else."""
    for field in evidence.series:
        if find_phrase(field.text, ("fa",)) and find_phrase(field.text, SAID_SEQUENCES[SequenceClass.DWI]):
            return Derived(SequenceClass.FA, field.raw, field.rule, SAID)
    return _NOTHING


def _by_acquisition_contrast(evidence: Evidence) -> Found:
    stated = evidence.tag("AcquisitionContrast").upper()
    if stated not in ACQUISITION_CONTRASTS:
        return _NOTHING
    return Derived(ACQUISITION_CONTRASTS[stated], stated, "acquisition-contrast", STATED)


def _by_sequence_name(evidence: Evidence) -> Found:
    for keyword in ("SequenceName", "PulseSequenceName"):
        name = evidence.tag(keyword).lower().lstrip("*")
        for pattern, sequence in _SEQUENCE_NAMES:
            if re.search(pattern, name):
                return Derived(sequence, evidence.tag(keyword), "sequence-name", INFERRED)
    return _NOTHING


def _by_bids_guess(evidence: Evidence) -> Found:
    if evidence.guess not in BIDS_SUFFIXES:
        return _NOTHING
    return Derived(BIDS_SUFFIXES[evidence.guess], evidence.guess, "bids-guess", INFERRED)


def _by_implied_weighting(evidence: Evidence) -> Found:
    said = first_said(evidence.series, IMPLIED_SEQUENCES)
    return Derived(said.value, said.raw, f"implied-by-{said.rule}", INFERRED) if said.value else _NOTHING


def _by_parameters(evidence: Evidence) -> Found:
    kinds = evidence.flags("ScanningSequence") | _enhanced_kinds(evidence)
    times = sane_times(evidence.number("RepetitionTime"), evidence.number("EchoTime"), evidence.number("InversionTime"))
    tr, te, ti = times.tr_ms, times.te_ms, times.ti_ms
    if tr is None or te is None or not kinds:
        return _NOTHING
    sequence = _echo_planar(evidence, te) if "EP" in kinds else None
    if sequence is None and "EP" not in kinds:
        spoiled = "SP" in evidence.flags("SequenceVariant")
        sequence = _gradient_echo(tr, te, ti, spoiled) if "GR" in kinds else _spin_echo(tr, te, ti)
    raw = f"{'/'.join(sorted(kinds))} TR {tr:g} TE {te:g}" + (f" TI {ti:g}" if ti else "")
    return Derived(sequence, raw, "te-tr", INFERRED) if sequence else _NOTHING


def _enhanced_kinds(evidence: Evidence) -> frozenset[str]:
    echo = {"GRADIENT": "GR", "SPIN": "SE"}.get(evidence.tag("EchoPulseSequence").upper())
    return frozenset({echo} if echo else ())


def _echo_planar(evidence: Evidence, te: float) -> SequenceClass | None:
    if (evidence.number("DiffusionBValue") or 0) > 0:
        return SequenceClass.DWI
    return SequenceClass.BOLD if "GR" in evidence.flags("ScanningSequence") and 15 <= te <= 70 else None


def _gradient_echo(tr: float, te: float, ti: float | None, spoiled: bool) -> SequenceClass | None:
    """Weighting of a gradient echo; the cuts are those of textbook protocols (Bernstein, Handbook of MRI, ch. 14)."""
    if ti is not None and 500 <= ti <= 1400:
        return SequenceClass.T1  # magnetisation-prepared
    if te >= 15:
        return SequenceClass.T2_STAR
    return SequenceClass.T1 if spoiled and tr <= 50 and te <= 8 else None


def _spin_echo(tr: float, te: float, ti: float | None) -> SequenceClass | None:
    """Weighting of a spin echo: TR under a second is T1; a long TR is PD or T2 by its echo time; TI as inverted."""
    if ti is not None and ti >= 1500 and te >= 60:
        return SequenceClass.FLAIR
    if ti is not None and 80 <= ti <= 300:
        return SequenceClass.STIR
    if tr <= 1000:
        return SequenceClass.T1 if te <= 30 else None
    if te >= 60:
        return SequenceClass.T2
    return SequenceClass.PD if tr >= 1800 and te <= 45 else None


def _by_folder(evidence: Evidence) -> Found:
    said = first_said(evidence.folders[:1], SAID_SEQUENCES, accept=_not_misread)
    return Derived(said.value, said.raw, said.rule, INFERRED) if said.value else _NOTHING


def _by_magnitude_or_phase(evidence: Evidence) -> Found:
    for field in evidence.series:
        if find_phrase(field.text, ("mag", "magnitude", "phase", "pha")):
            return Derived(SequenceClass.T2_STAR, field.raw, "magnitude-phase-name", INFERRED)
    return _NOTHING


def _by_custom(evidence: Evidence) -> Found:
    """Fetal MRI is T2-weighted single-shot imaging unless something says otherwise: the fetus moves."""
    for field in evidence.texts:
        if find_phrase(field.text, (*SAID_REGIONS[Region.FETAL_BRAIN], *SAID_REGIONS[Region.FETUS])):
            return Derived(SequenceClass.T2, field.raw, "usual-for-fetus", INFERRED)
    return _NOTHING


def _not_misread(value: SequenceClass, text: str) -> bool:
    """Refuses the readings that a word allows alone but its neighbours forbid."""
    if value is SequenceClass.DCE and find_phrase(text, ("angio", "mra", "carotid", "carotids")):
        return False  # TWIST and TRICKS are angiograms there
    if value is SequenceClass.STIR and find_phrase(text, ("dark fluid", "flair")):
        return False
    return not (value is SequenceClass.DWI and find_phrase(text, ("diffusion tensor map",)))


# Order is meaning: what a field states before what words say, before what parameters suggest.
RULES: tuple[Rule, ...] = (
    _by_bids_suffix,
    _by_image_type,
    _by_map_words,
    _by_words,
    _by_acquisition_contrast,
    _by_sequence_name,
    _by_bids_guess,
    _by_implied_weighting,
    _by_parameters,
    _by_folder,
    _by_magnitude_or_phase,
    _by_custom,
)
