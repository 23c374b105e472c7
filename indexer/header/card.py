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
        S.FLAIR: "FLAIR fluid-attenuated inversion recovery",
        S.STIR: "STIR (short tau inversion recovery)",
        S.DIR: "DIR (double inversion recovery)",
        S.SWI: "SWI (susceptibility-weighted imaging)",
        S.QSM: "QSM (quantitative susceptibility map)",
        S.DWI: "diffusion-weighted imaging (DWI)",
        S.ADC: "ADC map, apparent diffusion coefficient",
        S.FA: "fractional anisotropy map (FA), diffusion tensor imaging (DTI)",
        S.DIFFUSION_MAP: "diffusion tensor map (DTI)",
        S.BOLD: "functional MRI (fMRI, BOLD)",
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

# Wider and plainer words for a region: what somebody types who does not know the archive's word for it.
_ALSO = MappingProxyType(
    {
        Region.BRAIN: ("head",),
        Region.SPINE: ("spinal cord",),
        Region.SPINAL_CORD: ("spine",),
        Region.CERVICAL_SPINE: ("spine", "spinal cord", "neck"),
        Region.THORACIC_SPINE: ("spine", "spinal cord", "back"),
        Region.LUMBAR_SPINE: ("spine", "lower back", "spinal cord"),
        Region.FETAL_BRAIN: ("fetus", "fetal"),
        Region.FETUS: ("fetal", "fetal brain", "pregnancy"),
        Region.HEART: ("cardiac",),
        Region.UPPER_LEG: ("thigh", "leg"),
        Region.LOWER_LEG: ("calf", "leg"),
        Region.LIVER: ("abdomen", "abdominal"),
        Region.KIDNEY: ("renal", "abdomen", "abdominal"),
    }
)
_ALSO_INSIDE = MappingProxyType({Region.ARM: ("arm", "upper limb"), Region.LEG: ("leg", "lower limb")})
_PLANE_WORDS = MappingProxyType(
    {"axial": "axial", "coronal": "coronal", "sagittal": "sagittal", "3d": "3D isotropic", "multi": "three-plane"}
)


def card_text(header: SeriesHeader) -> str:
    """The card of a series, the same for the same header.

    Example: "prostate, pelvis, axial T2-weighted (T2) MRI; fat-saturated; 3 T Siemens". What is not known is said to be
    unidentified: a card without it would be short and general, and rank near the top for every short, general query.
    """
    parts = (f"{_place(header)}, {_picture(header)}", _contrast(header), _fat(header), _scanner(header))
    return "; ".join(part for part in parts if part)


def _picture(header: SeriesHeader) -> str:
    plane = _PLANE_WORDS.get(header.plane.value or "", "")
    sequence = (
        SEQUENCE_WORDS[SequenceClass(header.sequence.value)] if header.sequence.value else "unidentified sequence"
    )
    return " ".join(part for part in (plane, sequence, "" if "MRI" in sequence else "MRI") if part)


def _place(header: SeriesHeader) -> str:
    if header.region.value is None:
        return "unidentified body part"
    region = Region(header.region.value)
    side = f"{header.side.value} " if header.side.value else ""
    return ", ".join((f"{side}{region}", *place_words(region)))


def place_words(region: Region) -> tuple[str, ...]:
    """Wider and plainer words for a region, as cards say them."""
    parent = PARENTS.get(region)
    if region in _ALSO or parent is None:
        return _ALSO.get(region, ())
    return _ALSO_INSIDE.get(parent, (str(parent),))


def _contrast(header: SeriesHeader) -> str:
    return "after contrast, post-contrast, contrast-enhanced with gadolinium" if header.contrast.value else ""


def _fat(header: SeriesHeader) -> str:
    """Fat saturation where it is a choice: echo-planar images always have it, and telling so would only add noise."""
    return "fat-saturated" if header.fat_sat.value and header.role.value in {"anatomical", "derived"} else ""


def _scanner(header: SeriesHeader) -> str:
    strength = f"{header.field_strength_t.value:g} T" if header.field_strength_t.value else ""
    return " ".join(part for part in (strength, header.manufacturer.value or "") if part)
