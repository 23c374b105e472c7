"""The upper abdomen with its organs."""

from collections.abc import Iterator

from phantoms.anatomy_loops import bowel
from phantoms.anatomy_ribs import rib_cage
from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)


def abdomen(habitus: Habitus) -> Iterator[Shape]:
    """The upper abdomen: lung bases to the lower poles of the kidneys."""
    yield from _wall(habitus)
    yield from _spine()
    yield from bowel(habitus, (-105, -8, -165), (105, 76, -4), 150)
    yield from _solid_organs(habitus)
    yield from _hollow_organs(habitus)
    yield from _vessels(habitus)


def _wall(habitus: Habitus) -> Iterator[Shape]:
    wide, deep, fat = 152 * habitus.breadth, 98.0, 15 * habitus.fat
    layers = ((0.0, Tissue.MUSCLE), (-4.0, Tissue.FAT), (-5.2, Tissue.MUSCLE), (-9.5, Tissue.FAT))
    for more, tissue in ((fat + 2, Tissue.SKIN), (fat, Tissue.FAT), *layers):
        yield Shape(tissue, (0, 0, 0), (wide + more, deep + more, 300), Form.CYLINDER)
    bulk = habitus.muscle
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (31 * side, 92, 0), (28, 7 * bulk, 300), Form.CYLINDER)  # rectus abdominis
        yield Shape(Tissue.MUSCLE, (36 * side, -78, 0), (28 * bulk, 17 * bulk, 300), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (36 * side, -50, -60), (17 * bulk, 16 * bulk, 85))  # psoas
        yield Shape(Tissue.MUSCLE, (62 * side, -62, -60), (20, 9, 70))
        yield Shape(Tissue.LUNG, (78 * side, -10, 160), (60, 74, 74))
        yield Shape(Tissue.LUNG, (80 * side, -52, 120), (46, 34, 70))
    yield from rib_cage((0.0, 0.0, 130.0), (wide - 8, deep - 8), 130.0, spacing_mm=26.0)


def _spine() -> Iterator[Shape]:
    for step in range(-6, 7):
        z = 34.0 * step
        yield Shape(Tissue.ANNULUS, (0, -52, z + 17), (25, 19, 7), Form.VERTEBRA)
        yield Shape(Tissue.DISC, (0, -52, z + 17), (17, 13, 6))
        yield Shape(Tissue.CORTICAL_BONE, (0, -52, z), (23, 17.5, 13), Form.VERTEBRA)
        yield Shape(Tissue.MARROW, (0, -52, z), (21.8, 16.3, 12), Form.VERTEBRA)
        for side in _SIDES:
            yield Shape(Tissue.CORTICAL_BONE, (16 * side, -80, z), (8, 9, 12))
            yield Shape(Tissue.MARROW, (16 * side, -80, z), (6, 7, 10))
            yield Shape(Tissue.CORTICAL_BONE, (32 * side, -76, z), (18, 3.4, 5))
        yield Shape(Tissue.CORTICAL_BONE, (0, -102, z - 8), (3.4, 14, 9), Form.BOX)
    yield Shape(Tissue.CSF, (0, -79, 0), (9, 8, 300), Form.CYLINDER)
    yield Shape(Tissue.CORD, (0, -79, 150), (5, 4.5, 150), Form.CYLINDER)


def _solid_organs(habitus: Habitus) -> Iterator[Shape]:
    size = habitus.organs
    yield Shape(Tissue.LIVER, (72, 0, 40), (68 * size, 76, 68 * size), turn_deg=(0, 10, 0))
    yield Shape(Tissue.LIVER, (18, 42, 62), (66 * size, 38, 36 * size), turn_deg=(0, 12, 0))
    yield Shape(Tissue.LIVER, (92, -14, 0), (42, 54 * size, 62))
    yield Shape(Tissue.SPLEEN, (-104, -34, 56), (28 * size, 42 * size, 48 * size), turn_deg=(0, 0, -14))
    yield from tube([(22, 10, -6), (14, 16, 10), (-24, 6, 20), (-62, -14, 34)], (11.0, 8.0), Tissue.PANCREAS)
    for side in _SIDES:
        z, kidney = (-12.0 if side > 0 else 0.0), size * habitus.around(1.0, 0.06)  # the right kidney lies lower
        turn = (0.0, 12.0 * side, 24.0 * side)
        yield Shape(Tissue.RENAL_CORTEX, (66 * side, -46, z), (28 * kidney, 24 * kidney, 54 * kidney), turn_deg=turn)
        inner = (20 * kidney, 16 * kidney, 44 * kidney)
        yield Shape(Tissue.RENAL_MEDULLA, (64 * side, -45, z), inner, folds=0.22, turn_deg=turn)
        yield Shape(Tissue.FAT, (54 * side, -40, z), (12, 9, 22), turn_deg=turn)
        yield Shape(Tissue.FLUID, (50 * side, -38, z), (7, 4, 10 * habitus.fluid))
        yield Shape(Tissue.GLAND, (38 * side, -40, 44), (8, 3.5, 10))  # adrenal


def _hollow_organs(habitus: Habitus) -> Iterator[Shape]:
    yield Shape(Tissue.FLUID, (54, 50, 8), (13 * habitus.fluid, 17 * habitus.fluid, 22), turn_deg=(-20, 0, 0))
    for outer, tissue in ((3.5, Tissue.BOWEL), (0.0, Tissue.STOMACH_CONTENT)):
        yield Shape(tissue, (-58, 26, 58), (36 + outer, 34 + outer, 36 * habitus.fluid + outer), folds=0.03)
        yield from tube([(-48, 44, 34), (-10, 52, 12), (22, 42, 10)], (20 + outer, 12 + outer), tissue)
    yield Shape(Tissue.AIR, (-54, 50, 62), (26, 9, 22))
    for side in _SIDES:
        colon = [(108 * side, -20, 40 if side < 0 else -20), (114 * side, 0, -60), (108 * side, 4, -170)]
        yield from tube(colon, 20.0, Tissue.BOWEL)
        yield from tube(colon, 15.0, Tissue.STOMACH_CONTENT)
        yield Shape(Tissue.AIR, (114 * side, 14, -60), (12, 7, 40), folds=0.2)
    across = [(104, 30, -20), (40, 62, -30), (-40, 66, -10), (-106, 10, 40)]
    yield from tube(across, 17.0, Tissue.BOWEL)
    yield from tube(across, 12.5, Tissue.AIR if habitus.variant % 2 else Tissue.STOMACH_CONTENT)


def _vessels(habitus: Habitus) -> Iterator[Shape]:
    blood, aorta = Tissue.BLOOD_VESSEL, habitus.around(10.0, 0.15)
    yield from tube([(-10, -22, 220), (-8, -22, -110)], aorta, blood)
    yield from tube([(18, -22, -180), (22, -18, 40), (22, -8, 110)], habitus.around(11.0, 0.15), blood)
    yield from tube([(-10, 10, 8), (10, 10, 10), (40, 6, 34), (66, 0, 50)], (7.0, 5.0), blood)  # portal vein
    for end in ((92, 30, 60), (100, -20, 40), (20, 44, 66)):
        yield from tube([(66, 0, 50), end], (4.5, 2.0), blood)
    for end in ((90, -10, 84), (60, 40, 84), (10, 40, 80)):
        yield from tube([(24, -10, 98), end], (4.5, 2.0), blood)  # hepatic veins
    yield from tube([(-8, -12, 40), (-4, 4, 20), (-2, 8, -80)], 3.8, blood)  # superior mesenteric artery
    yield from tube([(-8, -6, 30), (-60, -18, 36), (-88, -30, 50)], 4.0, blood)  # splenic vein
    for side in _SIDES:
        yield from tube([(4, -24, 0), (54 * side, -38, -4)], 3.4, blood)
