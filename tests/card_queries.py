"""What a radiology researcher would type, and which of the real series answer it, by the manifest's words alone.

A row is the manifest's; relevance looks at its anatomy, sequence and plane, never at mrseek's own headers.
`QUERIES` have at least five relevant series each, so that precision at 5 can reach 1; `RARE_QUERIES` have fewer and are
scored at as many hits as there are relevant series. `FRESH_QUERIES` have at least five too, but were written after the
card's wording was settled, and nothing was changed for them: the honest figure.
"""

from collections.abc import Callable
from dataclasses import dataclass

Row = dict[str, str]
Predicate = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class CardQuery:
    """A query with what makes a series relevant to it."""

    text: str
    is_relevant: Predicate


def both(*predicates: Predicate) -> Predicate:
    """Whether a row answers every predicate."""
    return lambda row: all(predicate(row) for predicate in predicates)


def _anatomy(*names: str) -> Predicate:
    return lambda row: row["anatomy"].split(" (")[0] in names


def _sequence(*names: str) -> Predicate:
    return lambda row: row["sequence"] in names


def _plane(start: str) -> Predicate:
    return lambda row: row["plane"].startswith(start)


BRAIN = _anatomy("brain", "head")
PROSTATE = _anatomy("prostate")
SPINE = _anatomy("spinal cord", "spine", "lumbar spine", "cervical spine")
ABDOMEN = _anatomy("abdomen", "kidney")
LIMB = _anatomy("knee", "wrist", "shoulder", "lower leg", "upper leg")

T1_POST = _sequence("T1 post-contrast", "T1 GRE post-contrast", "T1 VIBE fat-sat dynamic (MPR)", "DCE dynamic T1")


def T1(row: Row) -> bool:
    """T1-weighted, with and without contrast."""
    return row["sequence"] == "T1" or row["sequence"].startswith("T1 ")


T2 = _sequence("T2", "T2 TSE")
FLAIR = _sequence("FLAIR")
DTI = _sequence("DTI", "DWI/DTI", "FA (DTI)")
ADC = _sequence("ADC")


def DWI(row: Row) -> bool:
    """Diffusion-weighted or diffusion tensor source images, trace and calculated b-values."""
    return row["sequence"].startswith(("DWI", "DTI"))


def DIFFUSION(row: Row) -> bool:
    """Diffusion images and the maps made of them."""
    return DWI(row) or row["sequence"] in {"ADC", "FA (DTI)"}


def BOLD(row: Row) -> bool:
    """Functional MRI, its reference images and what is derived from it."""
    return row["sequence"].startswith("BOLD")


def ASL(row: Row) -> bool:
    """Arterial spin labelling and its perfusion maps."""
    return "ASL" in row["sequence"]


AXIAL, SAGITTAL, CORONAL, ISOTROPIC = _plane("axial"), _plane("sagittal"), _plane("coronal"), _plane("3D")

QUERIES: tuple[CardQuery, ...] = (
    CardQuery("FLAIR brain", both(FLAIR, BRAIN)),
    CardQuery("axial FLAIR", both(FLAIR, AXIAL)),
    CardQuery("fluid attenuated inversion recovery", FLAIR),
    CardQuery("FLAIR for multiple sclerosis lesions", FLAIR),
    CardQuery("T1 brain", both(T1, BRAIN)),
    CardQuery("T1-weighted head MRI", both(T1, BRAIN)),
    CardQuery("axial T1 brain", both(T1, BRAIN, AXIAL)),
    CardQuery("3D T1 brain", both(T1, BRAIN, ISOTROPIC)),
    CardQuery("T2 brain", both(T2, BRAIN)),
    CardQuery("T2-weighted images", T2),
    CardQuery("axial T2", both(T2, AXIAL)),
    CardQuery("3D isotropic T2", both(T2, ISOTROPIC)),
    CardQuery("brain MRI", BRAIN),
    CardQuery("axial brain", both(BRAIN, AXIAL)),
    CardQuery("diffusion", DIFFUSION),
    CardQuery("diffusion-weighted imaging", DIFFUSION),
    CardQuery("axial DWI", both(DWI, AXIAL)),
    CardQuery("brain diffusion MRI", both(DIFFUSION, BRAIN)),
    CardQuery("diffusion tensor imaging", DTI),
    CardQuery("ADC map", ADC),
    CardQuery("apparent diffusion coefficient", ADC),
    CardQuery("prostate DWI", both(DWI, PROSTATE)),
    CardQuery("prostate diffusion", both(DIFFUSION, PROSTATE)),
    CardQuery("prostate MRI", PROSTATE),
    CardQuery("axial prostate", both(PROSTATE, AXIAL)),
    CardQuery("MRI of the male pelvis", PROSTATE),
    CardQuery("spinal cord", SPINE),
    CardQuery("spine MRI", SPINE),
    CardQuery("fMRI", BOLD),
    CardQuery("BOLD functional MRI", BOLD),
    CardQuery("axial BOLD", both(BOLD, AXIAL)),
    CardQuery("arterial spin labelling", ASL),
    CardQuery("ASL perfusion of the brain", both(ASL, BRAIN)),
    CardQuery("cerebral perfusion", both(ASL, BRAIN)),
    CardQuery("T1 post contrast", T1_POST),
    CardQuery("gadolinium-enhanced MRI", T1_POST),
    CardQuery("sagittal", SAGITTAL),
    CardQuery("coronal", CORONAL),
    CardQuery("abdominal MRI", ABDOMEN),
    CardQuery("MRI of an arm or leg", LIMB),
)

RARE_QUERIES: tuple[CardQuery, ...] = (
    CardQuery("T2 prostate", both(T2, PROSTATE)),
    CardQuery("prostate ADC", both(ADC, PROSTATE)),
    CardQuery("brain MRI after contrast", both(T1_POST, BRAIN)),
    CardQuery("sagittal T2", both(T2, SAGITTAL)),
    CardQuery("coronal T2", both(T2, CORONAL)),
    CardQuery("fetal brain", _anatomy("fetal brain")),
    CardQuery("localizer", _sequence("localizer")),
    CardQuery("magnetization transfer", lambda row: row["sequence"].startswith("MT")),
    CardQuery("spinal cord diffusion", both(DWI, SPINE)),
    CardQuery("fractional anisotropy", _sequence("FA (DTI)")),
    CardQuery("proton density", lambda row: row["sequence"].startswith("PD")),
    CardQuery("B0 field map", lambda row: row["sequence"].startswith("fieldmap")),
    CardQuery("dynamic contrast-enhanced prostate", _sequence("DCE dynamic T1")),
    CardQuery("knee", _anatomy("knee")),
    CardQuery("T2 mapping of knee cartilage", _anatomy("knee")),
    CardQuery("heart cine", _anatomy("heart")),
    CardQuery("liver", _anatomy("abdomen")),
    CardQuery("kidney", _anatomy("kidney")),
    CardQuery("multi-echo", lambda row: "multi-echo" in row["sequence"]),
    CardQuery("shoulder", _anatomy("shoulder")),
    CardQuery("left wrist", _anatomy("wrist")),
    CardQuery("thigh muscle", _anatomy("upper leg")),
    CardQuery("cervical spine", _anatomy("cervical spine")),
    CardQuery("lumbar spine", _anatomy("lumbar spine")),
    CardQuery("flow in the renal vessels", both(_anatomy("kidney"), lambda row: row["sequence"].startswith("phase"))),
)

FRESH_QUERIES: tuple[CardQuery, ...] = (
    CardQuery("FLAIR", FLAIR),
    CardQuery("cerebral FLAIR images", both(FLAIR, BRAIN)),
    CardQuery("T1w head", both(T1, BRAIN)),
    CardQuery("T2w brain scan", both(T2, BRAIN)),
    CardQuery("DWI", DWI),
    CardQuery("MR diffusion imaging of the prostate gland", both(DIFFUSION, PROSTATE)),
    CardQuery("ADC", ADC),
    CardQuery("EPI BOLD time series", BOLD),
    CardQuery("task fMRI of the brain", BOLD),
    CardQuery("ASL", ASL),
    CardQuery("perfusion MRI", lambda row: ASL(row) or row["sequence"].startswith("DCE")),
    CardQuery("contrast-enhanced T1", T1_POST),
    CardQuery("post-gadolinium T1 of a brain tumour", T1_POST),
    CardQuery("myelopathy, cord imaging", SPINE),
    CardQuery("vertebral column", SPINE),
    CardQuery("prostate cancer detection", PROSTATE),
    CardQuery("3T prostate exam", PROSTATE),
    CardQuery("neuroimaging, structural T1", both(T1, BRAIN)),
    CardQuery("abdomen", ABDOMEN),
    CardQuery("sagittal images", SAGITTAL),
    CardQuery("coronal plane", CORONAL),
    CardQuery("musculoskeletal MRI of a limb", LIMB),
)
