"""The loins around the lumbar spine: back muscles, psoas, great vessels, kidneys, bowel, wall, the pelvis's top."""

from collections.abc import Iterator

from phantoms.anatomy_loops import bowel
from phantoms.anatomy_spine import LONG_MM, LUMBAR, column
from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_MIDDLE_Y_MM = 34.0  # of the trunk, in front of the vertebral bodies


def lumbar(habitus: Habitus) -> Iterator[Shape]:
    """The lower trunk, L3 at the origin."""
    yield from _wall(habitus)
    yield from _abdomen(habitus)
    yield from _back(habitus)
    yield from _vessels(habitus)
    yield from _pelvis()
    yield from column(LUMBAR, habitus)


def _wall(habitus: Habitus) -> Iterator[Shape]:
    fat, wide, deep = 16 * habitus.fat, 138 * habitus.breadth, 90.0
    y = _MIDDLE_Y_MM
    yield Shape(Tissue.SKIN, (0, y, 0), (wide + fat + 2, deep + fat + 2, LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, y, 0), (wide + fat, deep + fat, LONG_MM), Form.CYLINDER)
    for outer, tissue in ((0.0, Tissue.MUSCLE), (4.5, Tissue.FAT), (5.6, Tissue.MUSCLE), (10.0, Tissue.FAT)):
        yield Shape(tissue, (0, y, 0), (wide - outer, deep - outer, LONG_MM), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (30 * side, y + deep - 4, 0), (27, 6.5, LONG_MM), Form.CYLINDER)  # rectus


def _abdomen(habitus: Habitus) -> Iterator[Shape]:
    yield from bowel(habitus, (-105, 34, -150), (105, 112, 95), 190)
    yield Shape(Tissue.LIVER, (70, 46, 130), (72, 66, 62 * habitus.organs), turn_deg=(0, 20, 0))
    yield Shape(Tissue.STOMACH_CONTENT, (-50, 66, 120), (46, 26, 40 * habitus.fluid))
    yield Shape(Tissue.SPLEEN, (-96, 6, 128), (26, 40, 44))
    for side in _SIDES:
        size = habitus.organs * habitus.around(1.0, 0.06)
        at = (66 * side, 8, 62 - 8 * side)
        yield Shape(Tissue.RENAL_CORTEX, at, (27 * size, 24 * size, 54 * size), turn_deg=(0, 12 * side, 0))
        yield Shape(Tissue.RENAL_MEDULLA, at, (19 * size, 16 * size, 44 * size), folds=0.22, turn_deg=(0, 12 * side, 0))
        yield Shape(Tissue.FAT, (56 * side, 12, at[2]), (10, 9, 22))
        yield Shape(Tissue.LUNG, (76 * side, 2, 196), (60, 62, 44))


def _back(habitus: Habitus) -> Iterator[Shape]:
    bulk = habitus.muscle
    for side in _SIDES:
        yield Shape(Tissue.FAT, (38 * side, -36, 0), (42, 27, LONG_MM), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (15 * side, -43, 0), (14 * bulk, 17 * bulk, LONG_MM), Form.CYLINDER)  # multifidus
        yield Shape(Tissue.MUSCLE, (42 * side, -40, 20), (21 * bulk, 18 * bulk, 175))  # erector spinae
        yield Shape(Tissue.MUSCLE, (62 * side, -24, 0), (20, 8 * bulk, 120))  # quadratus lumborum
        yield Shape(Tissue.MUSCLE, (36 * side, -2, -40), (19 * bulk, 18 * bulk, 130))  # psoas
    yield Shape(Tissue.LIGAMENT, (0, -42, 0), (1.6, 22, LONG_MM), Form.CYLINDER)  # between spinous processes


def _vessels(habitus: Habitus) -> Iterator[Shape]:
    aorta, cava = habitus.around(9.0, 0.15), habitus.around(10.5, 0.15)
    front = LUMBAR.body_mm[1] + aorta + 1
    yield from tube([(-15, front, 200), (-11, front, -48)], aorta, Tissue.BLOOD_VESSEL)
    yield from tube([(19, front - 1, 200), (16, front - 2, -56)], cava, Tissue.BLOOD_VESSEL)
    for side in _SIDES:
        yield from tube([(0, front, -46), (28 * side, 22, -90), (46 * side, 26, -160)], 5.5, Tissue.BLOOD_VESSEL)
        yield from tube([(8, front - 4, -54), (30 * side, 12, -95), (48 * side, 16, -160)], 6.5, Tissue.BLOOD_VESSEL)
        yield from tube([(-6, front, 58), (52 * side, 10, 62)], 3.0, Tissue.BLOOD_VESSEL)
    yield from tube([(-6, front + 8, 70), (-4, front + 26, 30), (4, front + 34, -40)], 3.4, Tissue.BLOOD_VESSEL)


def _pelvis() -> Iterator[Shape]:
    """The wings of the ilium beside the sacrum, the muscle on them, the buttocks' top."""
    for side in _SIDES:
        for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (1.6, Tissue.MARROW)):
            turn = (0.0, 24.0 * side, -28.0 * side)
            radii = (9 - shell, 52 - shell, 62 - shell)
            yield Shape(tissue, (78 * side, -2, -138), radii, turn_deg=turn)
            yield Shape(tissue, (38 * side, -26, -128), (26 - shell, 16 - shell, 36 - shell))
        yield Shape(Tissue.MUSCLE, (66 * side, 14, -150), (13, 34, 60), turn_deg=(0.0, 24.0 * side, -28.0 * side))
        yield Shape(Tissue.MUSCLE, (104 * side, -30, -170), (26, 44, 66))
        yield Shape(Tissue.MUSCLE, (62 * side, -58, -180), (44, 16, 66))
