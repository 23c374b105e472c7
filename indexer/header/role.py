"""What a series is for: anatomical, functional, diffusion, perfusion, fieldmap, localizer, derived or map."""

from types import MappingProxyType

from indexer.header.evidence import INFERRED, SAID, STATED, Evidence
from indexer.header.sequence_names import SequenceClass
from indexer.header.text import find_phrase, phrases
from indexer.records import Derived

ROLES = ("anatomical", "functional", "diffusion", "perfusion", "fieldmap", "localizer", "derived", "map")

S = SequenceClass

_BY_SEQUENCE = MappingProxyType(
    {
        S.LOCALIZER: "localizer",
        S.BOLD: "functional",
        S.DWI: "diffusion",
        S.ASL: "perfusion",
        S.DSC: "perfusion",
        S.DCE: "perfusion",
        S.PERFUSION: "perfusion",
        S.FIELDMAP: "fieldmap",
        S.ADC: "map",
        S.FA: "map",
        S.DIFFUSION_MAP: "map",
        S.CBF: "map",
        S.CBV: "map",
        S.QSM: "map",
        S.T1_MAP: "map",
        S.T2_MAP: "map",
        S.T2_STAR_MAP: "map",
    }
)
# Pictures that a workstation made from others: reformats, projections, subtractions, screen shots.
_REFORMATS = frozenset(
    {
        "MPR",
        "CSA MPR",
        "CPR",
        "MIP",
        "MIN IP",
        "MINIP",
        "PROJECTION IMAGE",
        "SUBTRACTION",
        "SUB",
        "REFORMATTED",
        "SECONDARY",
    }
)
_REFORMAT_WORDS = phrases(
    "mpr collection, mip, minip, mpr range, reformat, reformatted, subtraction, sub, processed images"
)


def role_of(evidence: Evidence, sequence: Derived[str]) -> Derived[str]:
    """The role, mostly by the sequence class; what a workstation made of others is derived."""
    by_sequence = _BY_SEQUENCE.get(SequenceClass(sequence.value)) if sequence.value else None
    if by_sequence is not None:
        return Derived(by_sequence, sequence.raw, f"sequence-by-{sequence.rule}", sequence.confidence)
    types = evidence.flags("ImageType")
    if "DERIVED" in types and types & _REFORMATS:
        return Derived("derived", evidence.tag("ImageType"), "image-type", STATED)
    for field in evidence.series:
        if find_phrase(field.text, _REFORMAT_WORDS):
            return Derived("derived", field.raw, field.rule, SAID)
    if sequence.value is None:
        return Derived()
    return Derived("anatomical", sequence.raw, f"sequence-by-{sequence.rule}", INFERRED)
