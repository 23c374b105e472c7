"""The spine: vertebral blocks with discs between, canal with cord, muscles, great vessels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from phantoms.shapes import Form, Shape
from phantoms.spine_places import DiscPlace, SpinePlaces
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_FLESH = frozenset({Tissue.MUSCLE, Tissue.FAT})
_LONG_MM = 400.0  # longer than any field of view
# Between them fat shows: right, anterior, half-axes, mm.
_NECK_MUSCLES = (
    (9.0, -27.0, 6.0, 8.0), (21.0, -27.0, 6.5, 8.0), (13.0, -39.0, 10.0, 4.0), (30.0, -32.0, 7.0, 7.0),
    (34.0, -26.0, 7.0, 9.0), (42.0, 6.0, 8.0, 13.0), (19.0, 4.0, 6.0, 6.5), (33.0, -6.0, 7.0, 8.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpineLevels:
    """The measures of one part of the spine, in mm.

    Attributes:
        names: the vertebrae from the top to the bottom.
        middle: the vertebra at the origin.
        pitch_mm: from one vertebra's middle to the next one's.
        body_mm: half-axes of a vertebral body.
        canal_mm: half-axes of the canal, right and anterior.
        cord_mm: half-axes of the cord.
        cord_end_mm: height at which the cord ends.
        torso_mm: half-axes of the trunk or neck around it.
    """

    names: tuple[str, ...]
    middle: str
    pitch_mm: float
    body_mm: tuple[float, float, float]
    canal_mm: tuple[float, float]
    cord_mm: tuple[float, float]
    cord_end_mm: float
    torso_mm: tuple[float, float]

    @property
    def canal_y_mm(self) -> float:
        """Where the middle of the canal is, behind the bodies."""
        return -self.body_mm[1] - self.canal_mm[1] - 2.0

    def height_mm(self, vertebra: str) -> float:
        """The height of a vertebra's middle over the origin."""
        return (self.names.index(self.middle) - self.names.index(vertebra)) * self.pitch_mm


LUMBAR = SpineLevels(
    names=("T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1", "S2"),
    middle="L3",
    pitch_mm=36.0,
    body_mm=(23.0, 17.0, 13.0),
    canal_mm=(10.0, 8.5),
    cord_mm=(5.5, 4.5),
    cord_end_mm=62.0,
    torso_mm=(165.0, 108.0),
)
CERVICAL = SpineLevels(
    names=("C1", "C2", "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4"),
    middle="C5",
    pitch_mm=19.0,
    body_mm=(10.5, 8.5, 7.0),
    canal_mm=(10.0, 7.5),
    cord_mm=(6.5, 4.2),
    cord_end_mm=-_LONG_MM,
    torso_mm=(64.0, 66.0),
)
THORACIC = SpineLevels(
    names=("C7", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1"),
    middle="T7",
    pitch_mm=25.0,
    body_mm=(15.5, 13.5, 9.6),
    canal_mm=(8.5, 7.5),
    cord_mm=(4.8, 4.0),
    cord_end_mm=-125.0,
    torso_mm=(160.0, 105.0),
)


def places_of(levels: SpineLevels) -> SpinePlaces:
    """Where the levels lie on the map."""
    width, depth, _ = levels.body_mm
    half_mm = levels.pitch_mm / 2 - levels.body_mm[2]
    discs = {}
    for upper, lower in pairwise(levels.names):
        z = levels.height_mm(upper) - levels.pitch_mm / 2
        discs[f"{upper}-{lower}"] = DiscPlace((0.0, 0.0, z), (0.0, -depth, z), (width, depth, half_mm), half_mm)
    cord = {name: (0.0, levels.canal_y_mm, levels.height_mm(name)) for name in levels.names}
    return SpinePlaces(discs, cord, levels.cord_mm)


def spine(levels: SpineLevels) -> tuple[Shape, ...]:
    """A length of spine and what lies around it."""
    return (*_trunk(levels), *_soft_tissue(levels), *_canal(levels), *_column(levels))


def _trunk(levels: SpineLevels) -> Iterator[Shape]:
    width, depth = levels.torso_mm
    forward = depth * 0.32
    yield Shape(Tissue.FAT, (0, forward, 0), (width, depth, _LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, forward, 0), (width * 0.9, depth * 0.87, _LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, -depth * 0.28, 0), (width * 0.1, depth * 0.4, _LONG_MM), Form.CYLINDER)


def _soft_tissue(levels: SpineLevels) -> Iterator[Shape]:
    if levels is THORACIC:
        for side in _SIDES:
            yield Shape(Tissue.LUNG, (74 * side, 44, 20), (64, 84, 170))
        yield Shape(Tissue.BLOOD_VESSEL, (-16, 22, 0), (11, 11, _LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.BLOOD_VESSEL, (-20, 80, -20), (40, 36, 46))
        yield Shape(Tissue.LIVER, (70, 60, -150), (80, 76, 60))
        return
    if levels is LUMBAR:
        for side in _SIDES:
            yield Shape(Tissue.FAT, (38 * side, -38, 0), (36, 25, _LONG_MM), Form.CYLINDER)
            yield Shape(Tissue.MUSCLE, (20 * side, -42, 0), (14, 18, _LONG_MM), Form.CYLINDER)
            yield Shape(Tissue.MUSCLE, (50 * side, -38, 0), (20, 20, _LONG_MM), Form.CYLINDER)
            yield Shape(Tissue.FAT, (44 * side, 2, 0), (24, 24, _LONG_MM), Form.CYLINDER)
            yield Shape(Tissue.MUSCLE, (44 * side, 2, -30), (19, 19, 130))  # psoas
            yield Shape(Tissue.RENAL_CORTEX, (72 * side, 16, 84), (26, 24, 54))
            yield Shape(Tissue.RENAL_MEDULLA, (70 * side, 18, 84), (15, 13, 40))
        yield Shape(Tissue.FAT, (0, 74, 0), (120, 58, _LONG_MM), Form.CYLINDER)
        for step in range(-4, 5):
            yield Shape(Tissue.BOWEL, (18.0 * (-1) ** step, 82 + 8.0 * (step % 3), 42.0 * step), (38, 18, 17))
        yield Shape(Tissue.BLOOD_VESSEL, (-12, 29, 0), (8.5, 8.5, _LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.BLOOD_VESSEL, (14, 27, 0), (9.5, 8, _LONG_MM), Form.CYLINDER)
        return
    yield Shape(Tissue.FAT, (0, 34, 0), (34, 26, _LONG_MM), Form.CYLINDER)  # visceral space of the neck
    yield Shape(Tissue.GLAND, (0, 44, -34), (24, 12, 24))  # thyroid
    yield Shape(Tissue.CORTICAL_BONE, (0, 40, 4), (17, 15, 16))  # larynx
    yield Shape(Tissue.MUSCLE, (0, 40, 4), (15, 13, 15))
    yield Shape(Tissue.AIR, (0, 38, -60), (9, 8, 80), Form.CYLINDER)
    yield Shape(Tissue.AIR, (0, 30, 62), (14, 6, 44), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, 66, 76), (26, 30, 30))  # tongue
    yield Shape(Tissue.MUSCLE, (0, 22, 0), (12, 4, _LONG_MM), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.FAT, (26 * side, 16, 0), (14, 15, _LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.BLOOD_VESSEL, (22 * side, 20, 0), (4.2, 4.2, _LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.BLOOD_VESSEL, (30 * side, 16, 0), (6, 5, _LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.BLOOD_VESSEL, (15 * side, -6, 0), (2.2, 2.2, _LONG_MM), Form.CYLINDER)  # vertebral artery
        yield Shape(Tissue.GLAND, (44 * side, 22, 74), (11, 16, 20))  # parotid
        yield Shape(Tissue.FAT, (24 * side, -30, 0), (24, 24, _LONG_MM), Form.CYLINDER, inside=_FLESH)
        for x, y, width, depth in _NECK_MUSCLES:
            yield Shape(Tissue.MUSCLE, (x * side, y, 0), (width, depth, _LONG_MM), Form.CYLINDER, inside=_FLESH)
    yield Shape(Tissue.GREY_MATTER, (0, -34, 118), (46, 30, 24), folds=0.03)  # cerebellum
    yield Shape(Tissue.WHITE_MATTER, (0, -8, 124), (13, 13, 30))


def _canal(levels: SpineLevels) -> Iterator[Shape]:
    y = levels.canal_y_mm
    width, depth = levels.canal_mm
    yield Shape(Tissue.FAT, (0, y - 2, 0), (width + 3, depth + 3, _LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.CSF, (0, y, 0), (width, depth, _LONG_MM), Form.CYLINDER)
    above_mm = (_LONG_MM - levels.cord_end_mm) / 2
    yield Shape(Tissue.CORD, (0, y, levels.cord_end_mm + above_mm), (*levels.cord_mm, above_mm), Form.CYLINDER)
    if levels.cord_end_mm > -_LONG_MM:  # nerve roots below the cord
        for x in (-5.0, -2.5, 2.5, 5.0):
            yield Shape(Tissue.CORD, (x, y - 2.5, levels.cord_end_mm - 160), (1.1, 1.1, 162), Form.CYLINDER)


def _column(levels: SpineLevels) -> Iterator[Shape]:
    width, depth, height = levels.body_mm
    y_spinous = levels.canal_y_mm - levels.canal_mm[1] - 0.75 * depth
    for name in levels.names:
        z = levels.height_mm(name)
        narrow = 0.72 if name.startswith("S") else 1.0
        yield Shape(Tissue.CORTICAL_BONE, (0, 0, z), (width * narrow + 1.5, depth + 1.2, height + 1.2), Form.BOX)
        yield Shape(Tissue.MARROW, (0, 0, z), (width * narrow, depth, height), Form.BOX)
        yield Shape(Tissue.CORTICAL_BONE, (0, y_spinous, z - height / 2), (3.4, 0.8 * depth, 0.6 * height), Form.BOX)
        yield Shape(Tissue.MARROW, (0, y_spinous, z - height / 2), (2.2, 0.7 * depth, 0.45 * height), Form.BOX)
        gap_mm = levels.pitch_mm / 2 - height
        disc_z = z - levels.pitch_mm / 2
        yield Shape(Tissue.ANNULUS, (0, 0, disc_z), (width, depth, gap_mm - 0.8), Form.BOX)
        if not name.startswith("S"):
            yield Shape(Tissue.DISC, (0, -1, disc_z), (width * 0.7, depth * 0.66, gap_mm - 1.4), Form.BOX)
