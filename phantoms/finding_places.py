"""Where the places of findings lie in the canonical coordinates of the simple shapes, and which kinds they show."""

from collections.abc import Mapping

from phantoms.anatomy import Body, Region
from phantoms.anatomy_knee import medial_sign
from phantoms.anatomy_spine import CERVICAL, LUMBAR, SpineLevels
from phantoms.findings import Finding, FindingKind, Side

_Point = tuple[float, float, float]


def _discs(levels: SpineLevels, *names: str) -> dict[str, _Point]:
    """The back edges of discs, to the right of the midline."""
    return {name: (0.22 * levels.body_mm[0], -levels.body_mm[1], levels.disc_height_mm(name)) for name in names}


def _cord(*vertebrae: str) -> dict[str, _Point]:
    return {f"{name} level": (1.8, CERVICAL.canal_y_mm, CERVICAL.height_mm(name)) for name in vertebrae}


# As on the right side (x to the right).
_CENTRES: Mapping[FindingKind, Mapping[str, _Point]] = {
    FindingKind.GLIOMA: {
        "frontal lobe": (30, 40, 30),
        "parietal lobe": (33, -36, 40),
        "temporal lobe": (44, -4, -14),
        "occipital lobe": (24, -62, 14),
        "insula": (36, 8, 10),
        "thalamus": (12, -8, 14),
    },
    FindingKind.INFARCT: {
        "middle cerebral artery territory": (47, 2, 20),
        "posterior cerebral artery territory": (20, -66, 6),
        "anterior cerebral artery territory": (13, 50, 34),
        "cerebellar hemisphere": (26, -52, -34),
        "thalamus": (12, -8, 14),
    },
    FindingKind.WHITE_MATTER_LESIONS: {"periventricular white matter": (0, 0, 26), "deep white matter": (0, 0, 32)},
    FindingKind.DISC_HERNIATION: {
        **_discs(CERVICAL, "C3-C4", "C4-C5", "C5-C6", "C6-C7"),
        **_discs(LUMBAR, "L2-L3", "L3-L4", "L4-L5", "L5-S1"),
    },
    FindingKind.CORD_LESION: _cord("C3", "C4", "C5", "C6"),
    FindingKind.MENISCAL_TEAR: {"medial meniscus": (-23, -19, 0), "lateral meniscus": (23, -19, 0)},
    FindingKind.EFFUSION: {"suprapatellar recess": (0, 36, 58)},
    FindingKind.LIVER_METASTASIS: (
        _LIVER := {
            "segment V": (96, 32, 22),
            "segment VI": (92, -18, 18),
            "segment VII": (96, -22, 68),
            "segment VIII": (78, 26, 78),
            "segment II": (14, 34, 74),
            "segment III": (14, 44, 56),
            "segment IV": (40, 42, 66),
        }
    ),
    FindingKind.HEPATIC_CYST: _LIVER,
    FindingKind.RENAL_CYST: {
        "upper pole": (80, -56, 34),
        "interpolar region": (86, -54, -2),
        "lower pole": (80, -52, -40),
    },
    FindingKind.PROSTATE_CANCER: {"mid gland": (13, -11, 0), "apex": (10, -8, -12), "base": (13, -9, 10)},
}
DRAWN = frozenset(_CENTRES)
_SIGNS = {Side.LEFT: -1.0, Side.RIGHT: 1.0, Side.MIDLINE: 0.0, Side.BOTH: 0.0}


def centre_of(finding: Finding, region: Region, body: Body) -> _Point:
    """Where a finding's middle lies, in canonical mm."""
    x, y, z = _CENTRES[finding.kind][finding.place]
    if region is Region.KNEE:  # places are those of a right knee, whose inner side is its left
        return (-x * medial_sign(left=body.left), y, z)
    if region is Region.ABDOMEN and finding.kind is not FindingKind.RENAL_CYST:  # the liver lies on the right
        return (x, y, z)
    return (_SIGNS[finding.side] * x, y, z)
