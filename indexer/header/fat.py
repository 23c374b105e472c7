"""Whether fat was suppressed: stated by the header's options, by the sequence, or by words."""

from indexer.header.evidence import SAID, STATED, Evidence
from indexer.header.sequence_names import SequenceClass
from indexer.header.text import find_phrase, phrases
from indexer.records import Derived

_SCAN_OPTIONS = frozenset({"FS", "SFS", "FATSAT", "FAT_SAT", "SPIR", "SPAIR", "WE", "CHEMSAT"})
_WITHOUT = phrases(
    "non fs, no fs, nfs, nonfs, non fatsat, non fat sat, no fat sat, no fatsat, without fat sat, non fat suppressed, "
    "ohne fs, sans fat sat, wo fs, non sat"
)
_WITH = phrases(
    "fs, fatsat, fat sat, fat saturated, fat saturation, fat suppressed, fat suppression, fatsup, spair, spir, fsat, "
    "chemsat, chem sat, proset, water excitation, wat exc, watex, we, t1 fs, t2 fs, pd fs, fettsat, fettgesattigt, "
    "fettunterdruckung, sat graisse, fsupp, saturation de graisse"
)


def fat_sat_of(evidence: Evidence, sequence: str | None) -> Derived[bool]:
    """True with fat suppression, False where the header denies it, empty where it says nothing."""
    enhanced = evidence.tag("SpectrallySelectedSuppression").upper()
    if enhanced in {"FAT", "WATER", "FAT_AND_WATER", "NONE"}:
        return Derived(enhanced.startswith("FAT"), enhanced, "spectral-suppression", STATED)
    if evidence.flags("ScanOptions") & _SCAN_OPTIONS:
        return Derived(True, evidence.tag("ScanOptions"), "scan-options", STATED)
    for field in evidence.series:
        if find_phrase(field.text, _WITHOUT):
            return Derived(False, field.raw, field.rule, SAID)
        if find_phrase(field.text, _WITH):
            return Derived(True, field.raw, field.rule, SAID)
    if sequence == SequenceClass.STIR:
        return Derived(True, sequence, "inversion-recovery", STATED)  # its inversion time nulls fat
    return Derived()
