"""Which body region a series shows.

| rule | looks at | confidence |
|---|---|---|
| body-part | BodyPartExamined | 1 |
| X-refines-body-part | a description that names a part of it: "LEFT WRIST" with EXTREMITY | 0.8 |
| X-over-body-part | a description of the series that names another region altogether | 0.5 |
| series-description, protocol-name, name, study-description, folder-name | the words of each, in this order | 0.8 |
| coil | ReceiveCoilName | 0.5 |
| column-shaped | a short, narrow stack of cord sequences | 0.5 |
| usual-for-sequence | FLAIR, BOLD, ASL, ... are brain unless something says otherwise | 0.5 |
| bids-anatomical | a BIDS file without other evidence | 0.5 |
| head-sized | a weighting without anatomy, whose box is the size of a head | 0.5 |

BodyPartExamined is chosen at the console with the protocol and was wrong in 15 % of the images of a hospital survey
(Gueld et al. 2002, doi 10.1117/12.467017): where a description contradicts it, the description wins, at low confidence.
"""

from collections.abc import Iterable

from indexer.header.evidence import INFERRED, SAID, STATED, Evidence
from indexer.header.region_names import NOT_REGIONS, PARENTS, SAID_REGIONS, Region
from indexer.header.sequence_names import SequenceClass
from indexer.header.text import find_phrase, normal_form
from indexer.records import Derived, Geometry

# Sequences made for the brain, or run there far more often than anywhere else.
_BRAIN_SEQUENCES = frozenset(
    {
        SequenceClass.FLAIR,
        SequenceClass.DIR,
        SequenceClass.BOLD,
        SequenceClass.ASL,
        SequenceClass.CBF,
        SequenceClass.CBV,
        SequenceClass.DSC,
        SequenceClass.SWI,
        SequenceClass.QSM,
    }
)
_CORD_SEQUENCES = frozenset({SequenceClass.BOLD, SequenceClass.DWI, SequenceClass.MT, SequenceClass.T2_STAR})
_WEIGHTINGS = frozenset(
    {
        SequenceClass.T1,
        SequenceClass.T2,
        SequenceClass.PD,
        SequenceClass.DWI,
        SequenceClass.FIELDMAP,
        SequenceClass.PERFUSION,
    }
)
# A study or a folder may hold several regions: what is said of the series itself weighs more.
_OF_THE_STUDY = frozenset({"study-description", "requested-procedure", "performed-procedure", "folder-name"})
_SMALLEST_BRAIN_MM = 100.0  # no adult brain fits a narrower field of view


def region_of(evidence: Evidence, sequence: str | None) -> Derived[str]:
    """The body region with the rule that decided; empty where nothing does."""
    stated = _by_body_part(evidence)
    said = _by_words(evidence, stated.value)
    found = _settle(stated, said)
    if found.value is None:
        found = _by_coil(evidence)
    if found.value is None:
        found = _by_custom(evidence, sequence)
    return Derived(str(found.value), found.raw, found.rule, found.confidence) if found.value else Derived()


def within(region: Region, whole: Region) -> bool:
    """Whether a region is the other one or lies in it.

    >>> within(Region.FETAL_BRAIN, Region.ABDOMEN), within(Region.PELVIS, Region.PROSTATE)
    (True, False)
    """
    inner: Region | None = region
    while inner is not None and inner is not whole:
        inner = PARENTS.get(inner)
    return inner is whole


def _by_body_part(evidence: Evidence) -> Derived[Region]:
    raw = evidence.tag("BodyPartExamined")
    found = _named_region(normal_form(raw))
    return Derived(found, raw, "body-part", STATED) if found else Derived()


def _by_words(evidence: Evidence, stated: Region | None) -> Derived[Region]:
    """The first region that a text names; one within the stated body part goes before one that contradicts it."""
    named = [
        Derived(region, field.raw, field.rule, SAID)
        for field in evidence.texts
        if (region := _named_region(field.text)) is not None
    ]
    inside = [item for item in named if stated and item.value and within(item.value, stated)]
    return next(iter(_smallest(inside) or named), Derived())


def _smallest(named: list[Derived[Region]]) -> list[Derived[Region]]:
    return sorted(named, key=lambda item: -_depth(item.value))


def _depth(region: Region | None) -> int:
    return 0 if region is None else 1 + _depth(PARENTS.get(region))


def _settle(stated: Derived[Region], said: Derived[Region]) -> Derived[Region]:
    """One region out of what BodyPartExamined states and what the descriptions say."""
    if stated.value is None or said.value is None:
        return said if stated.value is None else stated
    if within(stated.value, said.value):
        return stated
    if within(said.value, stated.value):
        return Derived(said.value, said.raw, f"{said.rule}-refines-body-part", SAID)
    if said.rule in _OF_THE_STUDY:
        return stated
    return Derived(said.value, said.raw, f"{said.rule}-over-body-part", INFERRED)


def _named_region(text: str) -> Region | None:
    for phrase in NOT_REGIONS:
        text = text.replace(f" {phrase} ", " ")
    return next((region for region, names in SAID_REGIONS.items() if find_phrase(text, names)), None)


def _by_coil(evidence: Evidence) -> Derived[Region]:
    """The coil's name where it fits one region only: "HeadNeck" and "Body" say too little."""
    raw = evidence.tag("ReceiveCoilName")
    named = {
        region for region, names in SAID_REGIONS.items() if find_phrase(normal_form(raw.lstrip("0123456789")), names)
    }
    return Derived(named.pop(), raw, "coil", INFERRED) if len(named) == 1 else Derived()


def _by_custom(evidence: Evidence, sequence: str | None) -> Derived[Region]:
    """What is usual for such a sequence, name and size, where nobody says what is shown."""
    if sequence in _CORD_SEQUENCES and _is_column(evidence.geometry):
        return Derived(Region.SPINAL_CORD, _box(evidence.geometry), "column-shaped", INFERRED)
    if not _may_hold_brain(evidence.geometry):
        return Derived()
    if sequence in _BRAIN_SEQUENCES:
        return Derived(Region.BRAIN, str(sequence), "usual-for-sequence", INFERRED)
    if evidence.entities.get("suffix"):
        return Derived(Region.BRAIN, evidence.entities["suffix"], "bids-anatomical", INFERRED)
    if sequence in _WEIGHTINGS and _is_head_sized(evidence.geometry):
        return Derived(Region.BRAIN, _box(evidence.geometry), "head-sized", INFERRED)
    return Derived()


def extents_mm(geometry: Geometry) -> tuple[float, float, float]:
    """Size of the volume's box along X, Y, Z in mm."""
    x, y, z = (count * spacing for count, spacing in zip(geometry.shape, geometry.spacing_mm, strict=True))
    return x, y, z


def _box(geometry: Geometry) -> str:
    return "{:.0f} x {:.0f} x {:.0f} mm".format(*extents_mm(geometry))


def _may_hold_brain(geometry: Geometry) -> bool:
    """Whether the field of view is wide enough for a head; a single slice or a thin slab may still be of one."""
    return _median(extents_mm(geometry)) >= _SMALLEST_BRAIN_MM


def _is_column(geometry: Geometry) -> bool:
    """Axial slices cropped to a column: taller than wide, and no wider than 100 mm, as the cord is cut out."""
    x, y, z = extents_mm(geometry)
    return geometry.plane == "axial" and max(x, y) <= 100 and 2 * z >= x + y and geometry.slice_spacing_mm >= 2


def _is_head_sized(geometry: Geometry) -> bool:
    """Whether the box has the size of a head: 110 to 280 mm each way, less along the slices of a two-dimensional scan.

    Heads are 140-170 mm wide, 170-210 mm long and 200-240 mm high to the chin; protocols cover 110 mm of brain or more.
    Joints (up to 180 mm), bodies (300 mm and more) and spines (sagittal slabs under 100 mm) differ.
    """
    x, y, z = extents_mm(geometry)
    if max(x, y, z) > 280 or min(x, y, z) < 110 or _median((x, y, z)) < 140:
        return False
    if geometry.plane == "3d":
        return True
    return max(x, y, z) >= 195 and _median((x, y, z)) >= 180


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
