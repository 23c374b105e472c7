"""The spine that shapes make: measures of its three parts, canal with cord, vertebrae, discs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from phantoms.habitus import Habitus
from phantoms.shapes import FLAT_BACK, WAIST, Form, Shape, Triple
from phantoms.spine_places import DiscPlace, SpinePlaces
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_NOT_CANAL = frozenset(Tissue) - {Tissue.CSF, Tissue.CORD}
LONG_MM = 400.0  # longer than any field of view


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
        return -FLAT_BACK * self.body_mm[1] - self.canal_mm[1] - 2.0

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
    cord_end_mm=-LONG_MM,
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
        discs[f"{upper}-{lower}"] = DiscPlace(
            (0.0, 0.0, z), (0.0, -FLAT_BACK * depth, z), (width, depth, half_mm), half_mm
        )
    cord = {name: (0.0, levels.canal_y_mm, levels.height_mm(name)) for name in levels.names}
    return SpinePlaces(discs, cord, levels.cord_mm)


def column(levels: SpineLevels, habitus: Habitus) -> Iterator[Shape]:
    """Canal with cord, vertebrae with their arches and processes, discs."""
    yield from _canal(levels)
    yield from _discs(levels, habitus)
    for name in levels.names:
        yield from _vertebra(levels, name, levels.height_mm(name))


def _canal(levels: SpineLevels) -> Iterator[Shape]:
    y = levels.canal_y_mm
    width, depth = levels.canal_mm
    yield Shape(Tissue.FAT, (0, y - 2, 0), (width + 3, depth + 3, LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.CSF, (0, y, 0), (width, depth, LONG_MM), Form.CYLINDER)
    above_mm = (LONG_MM - levels.cord_end_mm) / 2
    yield Shape(Tissue.CORD, (0, y, levels.cord_end_mm + above_mm), (*levels.cord_mm, above_mm), Form.CYLINDER)
    if levels.cord_end_mm > -LONG_MM:  # the conus, and nerve roots below it
        yield Shape(Tissue.CORD, (0, y, levels.cord_end_mm), (levels.cord_mm[0], levels.cord_mm[1], 18))
        for x in (-6.0, -4.2, -2.5, 2.5, 4.2, 6.0):
            back = -2.0 - 0.5 * (6.0 - abs(x))
            yield Shape(Tissue.CORD, (x, y + back, levels.cord_end_mm - 160), (0.9, 0.9, 162), Form.CYLINDER)


def _discs(levels: SpineLevels, habitus: Habitus) -> Iterator[Shape]:
    """Painted before the vertebrae, whose hollow ends they fill; some have dried out."""
    width, depth, height = levels.body_mm
    for name in levels.names:
        z = levels.height_mm(name) - levels.pitch_mm / 2
        dry, bulge = habitus.random.random() < 0.25, habitus.random.uniform(0.98, 1.06)
        gap_mm = levels.pitch_mm / 2 - height
        yield Shape(
            Tissue.ANNULUS, (0, 0, z), (width * bulge / WAIST, depth * bulge / WAIST, gap_mm + 3.5), Form.VERTEBRA
        )
        if not name.startswith("S") and not dry:
            yield Shape(Tissue.DISC, (0, -0.5, z), (width * 0.78, depth * 0.74, gap_mm + 3.0))


def _vertebra(levels: SpineLevels, name: str, z: float) -> Iterator[Shape]:
    width, depth, height = levels.body_mm
    narrow = 0.72 if name.startswith("S") else 1.0
    for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (1.2, Tissue.MARROW)):
        for centre, (x, forward, up), form in _arch(levels, z):
            radii = (max(x - shell, 0.8), max(forward - shell, 0.8), max(up - shell, 0.8))
            yield Shape(tissue, centre, radii, form, inside=_NOT_CANAL)
        outer = 1.2 - shell
        yield Shape(tissue, (0, 0, z), (width * narrow + outer, depth + outer, height + outer), Form.VERTEBRA)
    yield Shape(Tissue.VEIN, (0, -0.6 * depth, z), (0.12 * width, 0.35 * depth, 0.13 * height))  # basivertebral vein


def _arch(levels: SpineLevels, z: float) -> Iterator[tuple[Triple, Triple, Form]]:
    """Spinous process, pedicles, articular and transverse processes, laminae: centre, half-axes, form."""
    width, depth, height = levels.body_mm
    y, aside = levels.canal_y_mm, levels.canal_mm[0]
    behind = y - levels.canal_mm[1]
    yield (0, behind - 0.75 * depth, z - height / 2), (3.6, 0.8 * depth, 0.62 * height), Form.BOX
    for side in _SIDES:
        yield ((aside + 4.5) * side, y + 6, z + 0.3 * height), (4.0, 9.0, 0.42 * height), Form.ELLIPSOID
        yield ((aside + 2.5) * side, behind + 1, z - 0.1 * height), (7.0, 5.0, 0.95 * height), Form.ELLIPSOID
        across = aside + 0.55 * width + 4
        yield (across * side, y + 1, z + 0.1 * height), (0.7 * width, 3.6, 0.3 * height), Form.ELLIPSOID
        yield (0.5 * aside * side, behind - 2.2, z - 0.3 * height), (0.6 * aside, 2.8, 0.55 * height), Form.ELLIPSOID
