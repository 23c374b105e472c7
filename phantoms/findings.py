"""What is wrong with a patient: the vocabulary of findings, and drawing one with side, place, size and stage.

Places are words, not coordinates: who draws a finding decides where its place lies in this patient's anatomy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from phantoms.anatomy import Region


class FindingKind(StrEnum):
    """What a patient can have. A kind with stages names them in `STAGES`."""

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
        size_mm: largest diameter (a herniation: how far it protrudes; lesions in plural: of the largest; a rupture: the
            gap; hydrocephalus: across the frontal horns).
        count: how many, for findings in plural.
        stage: one of `STAGES`, "" for kinds without.
    """

    kind: FindingKind
    side: Side
    place: str
    size_mm: float
    count: int = 1
    stage: str = ""


STAGES: Mapping[FindingKind, tuple[str, ...]] = {
    FindingKind.INFARCT: ("acute", "subacute", "chronic"),
    FindingKind.HAEMORRHAGE: ("hyperacute", "acute", "early subacute", "late subacute", "chronic"),
}


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of finding behaves in a region.

    Attributes:
        size_mm: smallest and largest size.
        places: each with the sides on which it may be.
        count: fewest and most, for findings in plural.
    """

    size_mm: tuple[float, float]
    places: Mapping[str, tuple[Side, ...]]
    count: tuple[int, int] = (1, 1)


_ASIDE = (Side.LEFT, Side.RIGHT)
_ANY = (Side.LEFT, Side.RIGHT, Side.MIDLINE)
_LOBES = ("frontal lobe", "parietal lobe", "temporal lobe", "occipital lobe")


def _on(sides: tuple[Side, ...], *places: str) -> dict[str, tuple[Side, ...]]:
    return dict.fromkeys(places, sides)


_K = FindingKind
_KNEE_LIGAMENTS = ("anterior cruciate ligament", "posterior cruciate ligament", "medial collateral ligament")
_POLES = ("upper pole", "interpolar region", "lower pole")
_LIVER = {
    **_on((Side.RIGHT,), "segment V", "segment VI", "segment VII", "segment VIII"),
    **_on((Side.LEFT,), "segment II", "segment III", "segment IV"),
}
_MIDDLE_ARTERY, _FRONT_ARTERY, _BACK_ARTERY = (
    f"{which} cerebral artery territory" for which in ("middle", "anterior", "posterior")
)
HABITS: Mapping[str, Mapping[FindingKind, Habit]] = {
    "brain": {
        _K.GLIOMA: Habit((18, 55), _on(_ASIDE, *_LOBES, "insula", "thalamus")),
        _K.METASTASES: Habit((6, 24), _on((Side.BOTH,), "cerebral hemispheres"), (2, 9)),
        _K.MENINGIOMA: Habit(
            (12, 48),
            {
                **_on(_ASIDE, "frontal convexity", "parietal convexity", "temporal convexity", "sphenoid wing"),
                **_on((Side.MIDLINE,), "olfactory groove"),
            },
        ),
        _K.INFARCT: Habit(
            (14, 60), _on(_ASIDE, _MIDDLE_ARTERY, _FRONT_ARTERY, _BACK_ARTERY, "cerebellar hemisphere", "thalamus")
        ),
        _K.HAEMORRHAGE: Habit((12, 50), _on(_ASIDE, "basal ganglia", "thalamus", "cerebellar hemisphere", *_LOBES)),
        _K.WHITE_MATTER_LESIONS: Habit(
            (4, 12), _on((Side.BOTH,), "periventricular white matter", "deep white matter"), (4, 18)
        ),
        _K.HYDROCEPHALUS: Habit((44, 64), _on((Side.BOTH,), "lateral ventricles")),
        _K.ARACHNOID_CYST: Habit(
            (14, 50),
            {**_on(_ASIDE, "middle cranial fossa", "frontal convexity"), **_on((Side.MIDLINE,), "posterior fossa")},
        ),
    },
    "cervical spine": {
        _K.DISC_HERNIATION: Habit((3, 6), _on(_ANY, "C3-C4", "C4-C5", "C5-C6", "C6-C7")),
        _K.CORD_LESION: Habit((8, 24), _on(_ASIDE, "C3 level", "C4 level", "C5 level", "C6 level")),
    },
    "thoracic spine": {
        _K.DISC_HERNIATION: Habit((3, 6), _on(_ANY, "T6-T7", "T7-T8", "T8-T9", "T9-T10")),
        _K.CORD_LESION: Habit((8, 28), _on(_ASIDE, "T5 level", "T7 level", "T9 level")),
    },
    "lumbar spine": {_K.DISC_HERNIATION: Habit((4, 11), _on(_ANY, "L2-L3", "L3-L4", "L4-L5", "L5-S1"))},
    "knee": {
        _K.MENISCAL_TEAR: Habit((6, 18), _on(_ASIDE, "medial meniscus", "lateral meniscus")),
        _K.EFFUSION: Habit((24, 52), _on(_ASIDE, "suprapatellar recess")),
        _K.LIGAMENT_RUPTURE: Habit((4, 14), _on(_ASIDE, *_KNEE_LIGAMENTS)),
    },
    "shoulder": {
        _K.EFFUSION: Habit((14, 36), _on(_ASIDE, "glenohumeral joint")),
        _K.LIGAMENT_RUPTURE: Habit((5, 25), _on(_ASIDE, "supraspinatus tendon")),
    },
    "abdomen": {
        _K.LIVER_METASTASIS: Habit((12, 52), _LIVER),
        _K.HEPATIC_CYST: Habit((10, 50), _LIVER),
        _K.RENAL_CYST: Habit((12, 48), _on(_ASIDE, *_POLES)),
        _K.RENAL_MASS: Habit((18, 60), _on(_ASIDE, *_POLES)),
    },
    "prostate": {_K.PROSTATE_CANCER: Habit((8, 22), _on(_ASIDE, "mid gland", "apex", "base"))},
}
_SIDED_REGIONS = ("knee", "shoulder")


def kinds_in(region: Region) -> tuple[FindingKind, ...]:
    """The kinds of finding that a region can have; none for regions that are always normal."""
    return tuple(HABITS.get(region.value, {}))


def places_of(kind: FindingKind) -> tuple[str, ...]:
    """Every place where a kind of finding can be, in any region; longer names first."""
    places = {place for habits in HABITS.values() if kind in habits for place in habits[kind].places}
    return tuple(sorted(places, key=lambda place: (-len(place), place)))


def draw_finding(random: np.random.Generator, region: Region, kind: FindingKind, *, left: bool) -> Finding:
    """A finding of a kind somewhere in a region; in a joint it is on the joint's side, `left` or right."""
    habit = HABITS[region.value][kind]
    place = tuple(habit.places)[random.integers(len(habit.places))]
    sides = habit.places[place]
    side = sides[random.integers(len(sides))]
    if region.value in _SIDED_REGIONS:
        side = Side.LEFT if left else Side.RIGHT
    stages = STAGES.get(kind, ("",))
    return Finding(
        kind=kind,
        side=side,
        place=place,
        # Small ones are commoner: the square of a uniform number.
        size_mm=float(round(habit.size_mm[0] + (habit.size_mm[1] - habit.size_mm[0]) * random.random() ** 1.5)),
        count=int(random.integers(habit.count[0], habit.count[1] + 1)),
        stage=stages[random.integers(len(stages))],
    )
