"""The card: one line of plain words made from a series' header, for a text encoder to find it by.

The most telling words come first, spelled out and abbreviated, as a radiologist would type them. No identifiers, no
dates, nothing about the patient, no numbers but the field strength: a sentence encoder gains nothing from the rest.
"""

from types import MappingProxyType

from indexer.header.region_names import PARENTS, Region
from indexer.header.sequence_names import SequenceClass
from indexer.records import SeriesHeader

S = SequenceClass

SEQUENCE_WORDS = MappingProxyType(
    {
        S.T1: "T1-weighted (T1)",
        S.T2: "T2-weighted (T2)",
        S.T2_STAR: "T2*-weighted gradient echo (T2 star, GRE)",
        S.PD: "proton density weighted (PD)",
        S.FLAIR: "FLAIR (fluid-attenuated inversion recovery)",
        S.STIR: "STIR (short tau inversion recovery)",
        S.DIR: "DIR (double inversion recovery)",
        S.SWI: "SWI (susceptibility-weighted imaging)",
        S.QSM: "QSM (quantitative susceptibility map)",
        S.DWI: "diffusion-weighted imaging (DWI, diffusion)",
        S.ADC: "ADC map (apparent diffusion coefficient, diffusion)",
        S.FA: "FA map (fractional anisotropy, diffusion tensor imaging, DTI)",
        S.DIFFUSION_MAP: "diffusion tensor map (DTI)",
        S.BOLD: "functional MRI (fMRI, BOLD, EPI)",
        S.ASL: "arterial spin labelling (ASL) perfusion",
        S.DSC: "dynamic susceptibility contrast perfusion (DSC)",
        S.DCE: "dynamic contrast-enhanced T1 (DCE) perfusion",
        S.CBF: "cerebral blood flow map (CBF, perfusion)",
        S.CBV: "cerebral blood volume map (CBV, perfusion)",
        S.PERFUSION: "perfusion-weighted imaging (perfusion)",
        S.MT: "magnetization transfer (MT)",
        S.FIELDMAP: "B0 field map (fieldmap)",
        S.CINE: "cine (heart motion)",
        S.LGE: "late gadolinium enhancement (LGE)",
        S.TAGGING: "myocardial tagging",
        S.PHASE_CONTRAST: "phase contrast flow",
        S.MRA: "MR angiography (MRA, vessels)",
        S.MRV: "MR venography (MRV, veins)",
        S.MRCP: "MRCP (cholangiopancreatography, bile ducts)",
        S.DUAL_ECHO: "dual echo, in and out of phase (Dixon)",
        S.BSSFP: "balanced steady-state free precession (bSSFP, TrueFISP)",
        S.T1_MAP: "T1 map (T1 mapping)",
        S.T2_MAP: "T2 map (T2 mapping, multi-echo)",
        S.T2_STAR_MAP: "T2* map (T2 star mapping)",
        S.SPECTROSCOPY: "MR spectroscopy (MRS)",
        S.ELASTOGRAPHY: "MR elastography (MRE)",
        S.LOCALIZER: "localizer (scout, survey)",
    }
)

_ALSO = MappingProxyType(
    {
        Region.BRAIN: ("head",),
        Region.SPINE: ("spinal cord",),
        Region.SPINAL_CORD: ("spine",),
        Region.CERVICAL_SPINE: ("spine", "spinal cord", "neck"),
        Region.THORACIC_SPINE: ("spine", "spinal cord"),
        Region.LUMBAR_SPINE: ("spine", "lower back", "spinal cord"),
        Region.FETAL_BRAIN: ("fetus", "fetal"),
        Region.FETUS: ("fetal", "fetal brain", "pregnancy"),
        Region.HEART: ("cardiac",),
        Region.UPPER_LEG: ("thigh", "leg"),
        Region.LOWER_LEG: ("calf", "leg"),
        Region.LIVER: ("abdomen",),
        Region.KIDNEY: ("renal", "abdomen"),
    }
)
_PLANE_WORDS = MappingProxyType(
    {"axial": "axial", "coronal": "coronal", "sagittal": "sagittal", "3d": "3D isotropic", "multi": "three-plane"}
)


def card_text(header: SeriesHeader) -> str:
    """The card of a series, the same for the same header.

    "axial diffusion-weighted imaging (DWI, diffusion) MRI of the prostate, pelvis; fat-saturated; 3 T Siemens".
    """
    parts = [_subject(header), *_contrast(header), *_fat(header), _scanner(header)]
    return "; ".join(part for part in parts if part)


def _subject(header: SeriesHeader) -> str:
    plane = _PLANE_WORDS.get(header.plane.value or "", "")
    sequence = SEQUENCE_WORDS[SequenceClass(header.sequence.value)] if header.sequence.value else ""
    place = " ".join(part for part in (header.side.value or "", _place(header)) if part)
    words = " ".join(part for part in (plane, sequence, "MRI") if part)
    return f"{words} of the {place}" if place else words


def _place(header: SeriesHeader) -> str:
    if header.region.value is None:
        return ""
    region = Region(header.region.value)
    parent = PARENTS.get(region)
    others = _ALSO.get(region) or ((str(parent),) if parent else ())
    return ", ".join((str(region), *others))


def _contrast(header: SeriesHeader) -> tuple[str, ...]:
    if header.contrast.value is None:
        return ()
    return ("after contrast, post-contrast, contrast-enhanced with gadolinium",) if header.contrast.value else ()


def _fat(header: SeriesHeader) -> tuple[str, ...]:
    told = header.fat_sat.value and header.sequence.value not in {S.DWI, S.ADC, S.FA, S.BOLD, S.ASL, S.CBF}
    return ("fat-saturated",) if told else ()


def _scanner(header: SeriesHeader) -> str:
    strength = f"{header.field_strength_t.value:g} T" if header.field_strength_t.value else ""
    return " ".join(part for part in (strength, header.manufacturer.value or "") if part)
