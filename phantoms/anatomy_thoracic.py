"""The chest around the thoracic spine: back muscles, ribs, lungs, heart and great vessels, the liver's dome."""

from collections.abc import Iterator

from phantoms.anatomy_ribs import rib_cage
from phantoms.anatomy_spine import LONG_MM, THORACIC, column
from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_MIDDLE_Y_MM = 34.0


def thoracic(habitus: Habitus) -> Iterator[Shape]:
    """The chest, T7 at the origin."""
    yield from _wall(habitus)
    yield from _organs(habitus)
    yield from _vessels(habitus)
    yield from _back(habitus)
    yield from column(THORACIC, habitus)


def _wall(habitus: Habitus) -> Iterator[Shape]:
    fat, wide, deep = 11 * habitus.fat, 136 * habitus.breadth, 92.0
    y = _MIDDLE_Y_MM
    yield Shape(Tissue.SKIN, (0, y, 0), (wide + fat + 2, deep + fat + 2, LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, y, 0), (wide + fat, deep + fat, LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, y, 0), (wide, deep, LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, y, 0), (wide - 15, deep - 14, LONG_MM), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (70 * side, y + 74, 70), (54, 20, 80))  # pectoral
        yield Shape(Tissue.LUNG, (66 * side, y + 2, 10), (54 * habitus.breadth, 76, 172))
        yield Shape(Tissue.LUNG, (58 * side, y - 34, 0), (38, 44, 168))
    yield from rib_cage((0.0, y, 0.0), (wide - 8, deep - 7), 200.0, spacing_mm=26.0)


def _organs(habitus: Habitus) -> Iterator[Shape]:
    heart = 44 * habitus.organs
    yield Shape(Tissue.FAT, (-10, 70, -10), (heart + 18, heart + 12, heart + 34))
    yield Shape(Tissue.MYOCARDIUM, (-24, 74, -34), (heart, heart * 0.8, heart))
    yield Shape(Tissue.BLOOD_VESSEL, (-26, 76, -36), (heart - 12, heart * 0.8 - 11, heart - 12))
    yield Shape(Tissue.BLOOD_VESSEL, (22, 64, -14), (22, 24, 32))  # right atrium
    yield Shape(Tissue.BLOOD_VESSEL, (-2, 42, -4), (30, 17, 22))  # left atrium
    dome = habitus.around(-118, 0.1)
    yield Shape(Tissue.LIVER, (62, 52, dome - 52), (86, 80, 72))
    yield Shape(Tissue.LIVER, (0, 74, dome - 56), (70, 46, 52))
    yield Shape(Tissue.STOMACH_CONTENT, (-62, 60, dome - 54), (46, 34, 40 * habitus.fluid))
    yield Shape(Tissue.SPLEEN, (-92, 8, dome - 52), (28, 40, 48))


def _vessels(habitus: Habitus) -> Iterator[Shape]:
    aorta = habitus.around(11.0, 0.15)
    back, arch = THORACIC.body_mm[1] + aorta - 1, 84.0
    descending = [(-14.0, back, -220.0), (-17.0, back, 0.0), (-18.0, back + 2, arch - 18)]
    top = [(-14.0, back + 12, arch), (-4.0, back + 34, arch + 6), (8.0, back + 50, arch - 14), (6.0, 70.0, 20.0)]
    yield from tube([*descending, *top], aorta, Tissue.BLOOD_VESSEL)
    yield from tube([(22, 54, 120), (26, 58, 10)], 9.0, Tissue.BLOOD_VESSEL)  # superior vena cava
    yield from tube([(-6, 62, 40), (-22, 40, 34), (-50, 34, 30)], 10.0, Tissue.BLOOD_VESSEL)
    yield from tube([(-6, 60, 40), (24, 40, 32), (52, 34, 28)], 9.0, Tissue.BLOOD_VESSEL)
    yield from tube([(0, 36, 230), (0, 34, 48)], 10.5, Tissue.CARTILAGE)
    yield from tube([(0, 36, 230), (0, 34, 48)], 8.5, Tissue.AIR)
    for side in _SIDES:
        yield from tube([(0, 34, 48), (30 * side, 28, 24)], 6.0, Tissue.AIR)
    yield from tube([(0, 22, 230), (-4, 20, -160)], 5.0, Tissue.MUSCLE)  # gullet
    yield from tube([(9, 14, 120), (9, 13, -220)], 3.0, Tissue.VEIN)  # azygos


def _back(habitus: Habitus) -> Iterator[Shape]:
    bulk = habitus.muscle
    for side in _SIDES:
        yield Shape(Tissue.FAT, (24 * side, -37, 0), (26, 17, LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (10 * side, -38, 0), (8.5 * bulk, 13 * bulk, LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (30 * side, -38, 0), (14 * bulk, 11 * bulk, LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (50 * side, -52, 70), (46, 6 * bulk, 120), turn_deg=(0, 0, 10.0 * side))  # trapezius
    yield Shape(Tissue.LIGAMENT, (0, -42, 0), (1.5, 14, LONG_MM), Form.CYLINDER)
