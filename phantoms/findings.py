"""What is wrong with a patient: findings with kind, side, place and size, drawn where they can occur."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from phantoms.anatomy import Body, Region
from phantoms.anatomy_knee import medial_sign
from phantoms.anatomy_spine import CERVICAL, LUMBAR, SpineLevels


class FindingKind(StrEnum):
    """What a patient can have. A kind with stages names them in `STAGES`.

    `_HABITS` decides which kinds a region gets, so a kind may stand here before its shapes do.
    """

    GLIOMA = "glioma"
    METASTASES = "brain metastases"
    MENINGIOMA = "meningioma"
    INFARCT = "infarct"
    HAEMORRHAGE = "intracerebral haemorrhage"
    WHITE_MATTER_LESIONS = "white matter lesions"
    HYDROCEPHALUS = "hydrocephalus"
    ARACHNOID_CYST = "arachnoid cyst"
    DISC_HERNIATION = "disc herniation"
    CORD_LESION = "cord lesion"
    MENISCAL_TEAR = "meniscal tear"
    EFFUSION = "joint effusion"
    LIGAMENT_RUPTURE = "ligament rupture"
    LIVER_METASTASIS = "liver metastasis"
    HEPATIC_CYST = "hepatic cyst"
    RENAL_CYST = "renal cyst"
    RENAL_MASS = "renal mass"
    PROSTATE_CANCER = "prostate cancer"


STAGES: Mapping[FindingKind, tuple[str, ...]] = {
    FindingKind.INFARCT: ("acute", "subacute", "chronic"),
    FindingKind.HAEMORRHAGE: ("hyperacute", "acute", "early subacute", "late subacute", "chronic"),
}


class Side(StrEnum):
    """The patient's side."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a radiologist would report.

    Attributes:
        place: where within the region, in words: "frontal lobe", "L4-L5", "medial meniscus".
        size_mm: largest diameter (a herniation: how far it protrudes; lesions in plural: of the largest).
        count: how many, for findings in plural.
        stage: one of `STAGES`, "" for kinds without.
    """

    kind: FindingKind
    side: Side
    place: str
    size_mm: float
    count: int = 1
    stage: str = ""


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a kind of finding behaves in a region.

    Attributes:
        size_mm: smallest and largest size.
        places: each with a centre in canonical mm, as on the right side (x to the right).
    """

    size_mm: tuple[float, float]
    places: Mapping[str, tuple[float, float, float]]
    sides: tuple[Side, ...] = (Side.LEFT, Side.RIGHT)


def _discs(levels: SpineLevels, *names: str) -> dict[str, tuple[float, float, float]]:
    """The back edges of discs, to the right of the midline."""
    return {name: (0.22 * levels.body_mm[0], -levels.body_mm[1], levels.disc_height_mm(name)) for name in names}


_DISC_SIDES = (Side.LEFT, Side.RIGHT, Side.MIDLINE)
_HABITS: dict[Region, dict[FindingKind, _Habit]] = {
    Region.BRAIN: {
        FindingKind.GLIOMA: _Habit(
            (22, 46),
            {
                "frontal lobe": (30, 40, 30),
                "parietal lobe": (33, -36, 40),
                "temporal lobe": (44, -4, -14),
                "occipital lobe": (24, -62, 14),
            },
        ),
        FindingKind.INFARCT: _Habit(
            (18, 44),
            {
                "middle cerebral artery territory": (47, 2, 20),
                "posterior cerebral artery territory": (20, -66, 6),
                "anterior cerebral artery territory": (13, 50, 34),
            },
        ),
        FindingKind.WHITE_MATTER_LESIONS: _Habit((5, 11), {"periventricular white matter": (0, 0, 26)}, (Side.BOTH,)),
    },
    Region.CERVICAL_SPINE: {
        FindingKind.DISC_HERNIATION: _Habit((3, 6), _discs(CERVICAL, "C4-C5", "C5-C6", "C6-C7"), _DISC_SIDES),
        FindingKind.CORD_LESION: _Habit(
            (9, 20),
            {
                "C3 level": (1.8, CERVICAL.canal_y_mm, CERVICAL.height_mm("C3")),
                "C5 level": (1.8, CERVICAL.canal_y_mm, CERVICAL.height_mm("C5")),
            },
        ),
    },
    Region.LUMBAR_SPINE: {
        FindingKind.DISC_HERNIATION: _Habit((5, 10), _discs(LUMBAR, "L3-L4", "L4-L5", "L5-S1"), _DISC_SIDES),
    },
    Region.KNEE: {
        FindingKind.MENISCAL_TEAR: _Habit(
            (8, 16), {"medial meniscus": (-23, -19, 0), "lateral meniscus": (23, -19, 0)}
        ),
        FindingKind.EFFUSION: _Habit((25, 48), {"suprapatellar recess": (0, 36, 58)}),
    },
    Region.ABDOMEN: {
        FindingKind.LIVER_METASTASIS: _Habit(
            (16, 48),
            {"segment VII": (96, -22, 68), "segment VIII": (78, 26, 78), "segment VI": (92, -18, 18)},
            (Side.RIGHT,),
        ),
        FindingKind.HEPATIC_CYST: _Habit(
            (14, 40), {"segment V": (96, 32, 22), "segment IV": (40, 42, 66)}, (Side.RIGHT,)
        ),
        FindingKind.RENAL_CYST: _Habit((18, 44), {"upper pole": (80, -56, 34), "lower pole": (80, -52, -40)}),
    },
    Region.PROSTATE: {
        FindingKind.PROSTATE_CANCER: _Habit(
            (9, 18), {"mid gland": (13, -11, 0), "apex": (10, -8, -12), "base": (13, -9, 10)}
        ),
    },
}


def kinds_in(region: Region) -> tuple[FindingKind, ...]:
    """The kinds of finding that a region can have."""
    return tuple(_HABITS[region])


def places_of(kind: FindingKind) -> tuple[str, ...]:
    """Every place where a kind of finding can be, in any region; longer names first."""
    places = {place for habits in _HABITS.values() if kind in habits for place in habits[kind].places}
    return tuple(sorted(places, key=lambda place: (-len(place), place)))


def draw_finding(random: np.random.Generator, region: Region, kind: FindingKind, body: Body) -> Finding:
    """A finding of a kind somewhere in a region; in the knee it is on the knee's side."""
    habit = _HABITS[region][kind]
    side = habit.sides[random.integers(len(habit.sides))]
    if region is Region.KNEE:
        side = Side.LEFT if body.left else Side.RIGHT
    place = tuple(habit.places)[random.integers(len(habit.places))]
    count = int(random.integers(4, 15)) if kind is FindingKind.WHITE_MATTER_LESIONS else 1
    stage = STAGES[kind][0] if kind in STAGES else ""
    return Finding(kind, side, place, float(round(random.uniform(*habit.size_mm))), count, stage)


def centre_of(finding: Finding, region: Region, body: Body) -> tuple[float, float, float]:
    """Where a finding's middle lies, in canonical mm."""
    x, y, z = _HABITS[region][finding.kind].places[finding.place]
    if region is Region.KNEE:  # places are those of a right knee, whose inner side is its left
        return (-x * medial_sign(left=body.left), y, z)
    sign = {Side.LEFT: -1.0, Side.RIGHT: 1.0, Side.MIDLINE: 0.0, Side.BOTH: 0.0}[finding.side]
    return (sign * x, y, z)
