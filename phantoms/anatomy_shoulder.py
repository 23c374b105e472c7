"""The shoulder: humerus, blade and collar bone, rotator cuff and deltoid, chest wall and lung beside them."""

from collections.abc import Iterator
from dataclasses import replace

from phantoms.habitus import Habitus
from phantoms.muscle_groups import Muscle
from phantoms.shapes import WITHIN_SKIN, Form, Shape, ball, tube
from phantoms.tissues import Tissue

_CUFF_OVER = frozenset({Tissue.MUSCLE, Tissue.FAT, Tissue.LUNG})


def shoulder(habitus: Habitus) -> Iterator[Shape]:
    """A right shoulder, the humeral head at the origin, the body to its left."""
    yield from _outline(habitus)
    yield from _chest()
    for shape in (*_muscles(habitus), *_bones(habitus), *_cuff(habitus)):
        yield replace(shape, inside=shape.inside or WITHIN_SKIN)
    yield from _vessels(habitus)


def _outline(habitus: Habitus) -> Iterator[Shape]:
    fat = 8 * habitus.fat
    for more, tissue in ((fat + 2, Tissue.SKIN), (fat, Tissue.FAT)):
        yield Shape(tissue, (-118, -8, -60), (122 + more, 90 + more, 150 + more))
        yield Shape(tissue, (6, 0, -70), (45 + more, 52 + more, 122 + more))
        yield Shape(tissue, (-50, -4, 6), (96 + more, 52 + more, 48 + more))
        yield Shape(tissue, (-170, 0, 60), (56 + more, 54 + more, 90 + more), Form.CYLINDER)  # neck


def _chest() -> Iterator[Shape]:
    yield Shape(Tissue.MUSCLE, (-124, -6, -80), (84, 84, 132))
    yield Shape(Tissue.LUNG, (-124, -4, -84), (70, 72, 118))
    for step in range(6):
        z, out = 18.0 - 27.0 * step, 66.0 + 2.2 * step
        hoop = [(-124 + out * c, 74 * s, z - 16 * s) for c, s in
                ((0.1, -0.98), (0.5, -0.86), (0.86, -0.5), (1.0, 0.0), (0.86, 0.5), (0.5, 0.86))]  # fmt: skip
        yield from tube(hoop, 5.0, Tissue.CORTICAL_BONE)
        yield from tube(hoop, 3.6, Tissue.MARROW)


def _muscles(habitus: Habitus) -> Iterator[Shape]:
    bulk = habitus.muscle
    yield Shape(Tissue.MUSCLE, (10, 0, -34), (36 * bulk, 45 * bulk, 78))  # deltoid
    yield Shape(Tissue.MUSCLE, (8, 0, -120), (35 * bulk, 40 * bulk, 80))  # arm
    yield Shape(Tissue.FAT, (4, 2, -14), (31, 34, 44))  # under the deltoid
    yield Shape(Tissue.MUSCLE, (-60, 52, -44), (72, 17 * bulk, 62), turn_deg=(0, 14, -16))  # pectoral
    yield Shape(Tissue.MUSCLE, (-58, -34, -30), (56, 17 * bulk, 48), turn_deg=(0, 8, 14))  # infraspinatus
    yield Shape(Tissue.MUSCLE, (-52, -2, -38), (48, 14 * bulk, 46), turn_deg=(0, 6, 12))  # subscapularis
    yield Shape(Tissue.MUSCLE, (-44, -42, -92), (50, 17 * bulk, 40))  # teres and latissimus
    yield Shape(Tissue.MUSCLE, (-90, -22, 52), (64, 26 * bulk, 22), turn_deg=(0, -20, 0))  # trapezius
    yield Shape(Tissue.FAT, (-38, 14, -64), (24, 26, 40))  # axilla


def _bones(habitus: Habitus) -> Iterator[Shape]:
    head = habitus.around(24.0, 0.06)
    yield ball((0, 0, 0), head + 1.5, Tissue.CARTILAGE)
    bone = ((0.0, Tissue.CORTICAL_BONE), (1.5, Tissue.MARROW))
    for shell, tissue in bone:
        yield Shape(tissue, (6, 0, -96), (12.5 - 2 * shell, 12.5 - 2 * shell, 92), Form.CYLINDER)
        yield Shape(tissue, (6, 0, -30), (18 - shell, 17 - shell, 30 - shell))
        yield ball((0, 0, 0), head - shell, tissue)
        yield Shape(tissue, (12, 6, -8), (16 - shell, 15 - shell, 19 - shell))  # greater tuberosity
    yield Shape(Tissue.FLUID, (-24, 0, -2), (2.0 * habitus.fluid, 15, 17))
    yield Shape(Tissue.CARTILAGE, (-27.5, 0, -2), (3, 14, 18))
    for shell, tissue in bone:
        yield Shape(tissue, (-37, -3, -4), (10 - shell, 13 - shell, 19 - shell))
        yield Shape(tissue, (-72, -20, -36), (40 - shell, 4.5 - shell, 50 - shell), turn_deg=(0, 8, 14))  # blade
        yield Shape(tissue, (-56, -30, 18), (42 - shell, 6 - shell, 9 - shell), turn_deg=(0, -16, 14))  # its spine
        yield Shape(tissue, (-4, -12, 37), (24 - shell, 17 - shell, 6 - shell), turn_deg=(0, 12, 0))  # acromion
        yield from tube([(-24, 0, 38), (-60, 12, 44), (-108, 26, 36), (-150, 40, 24)], 6.8 - shell, tissue)  # clavicle
        yield from tube([(-38, 10, 14), (-32, 28, 18)], 7.0 - shell, tissue)  # coracoid


def _cuff(habitus: Habitus) -> Iterator[Shape]:
    over, bulk = _CUFF_OVER, habitus.muscle
    yield Shape(Tissue.FAT, (-28, -4, 29), (46, 22, 3.0), inside=over)
    yield Shape(Tissue.MUSCLE, (-66, -10, 24), (42, 14 * bulk, 11 * bulk), inside=over, turn_deg=(0, -6, 0))
    yield Shape(Tissue.SUPRASPINATUS_TENDON, (-2, 2, 25.5), (27, 14, 4.6), inside=over)
    yield Shape(Tissue.LIGAMENT, (-6, 26, -4), (18, 4.5, 16), inside=over)  # subscapularis tendon
    yield Shape(Tissue.LIGAMENT, (-6, -26, -4), (16, 4.0, 15), inside=over)  # infraspinatus tendon
    yield from tube([(6, 22, 10), (8, 20, -30), (8, 24, -120)], 2.6, Tissue.LIGAMENT)  # long head of biceps
    for z in (-20.0, 17.0):
        yield Shape(Tissue.MENISCUS, (-25, 0, z), (3.4, 8, 3.4))  # labrum


def _vessels(habitus: Habitus) -> Iterator[Shape]:
    course = [(-120.0, 34.0, 16.0), (-70.0, 36.0, -10.0), (-34.0, 22.0, -50.0), (-22.0, 6.0, -140.0)]
    yield from tube(course, habitus.around(4.2, 0.15), Tissue.BLOOD_VESSEL)
    yield from tube([(x - 4, y + 8, z - 8) for x, y, z in course], 5.0, Tissue.BLOOD_VESSEL)
    for out in (-9.0, 0.0, 9.0):
        yield from tube([(x + 2, y - 8 + out, z + 3) for x, y, z in course], 2.0, Tissue.NERVE)
    yield from tube([(34, 30, 0), (30, 34, -140)], 2.0, Tissue.VEIN)


def shoulder_muscles(habitus: Habitus) -> list[Muscle]:
    """Middles of the muscles around the joint and on the chest."""
    return [
        Muscle(x, y, reach)
        for x, y, reach in (
            (26, 28, 1.0), (34, -2, 1.0), (26, -30, 1.0), (4, 22, 0.7), (0, -24, 0.8), (-62, 56, 1.2), (-60, 40, 0.7),
            (-58, -38, 1.1), (-56, -6, 1.0), (-92, -30, 1.0), (-100, -60, 1.1), (-130, -70, 1.1), (-100, 66, 1.0),
        )
    ]  # fmt: skip
