"""The male pelvis around the prostate: organs in the midline, bones and muscles of the wall, hips, buttocks."""

from collections.abc import Iterator
from dataclasses import replace

from phantoms.anatomy_loops import bowel
from phantoms.habitus import Habitus
from phantoms.muscle_groups import Muscle
from phantoms.shapes import WITHIN_SKIN, Form, Shape, Triple, ball, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_LARGE_PROSTATES = {1: 1.25, 4: 1.4}  # hyperplasia, by variant
_THICK_SHELL_MM, _SHELL_MM = 2.2, 1.5


def pelvis(habitus: Habitus) -> Iterator[Shape]:
    """The male pelvis, the prostate at the origin."""
    yield from _outline(habitus)
    for shape in (*_muscles(habitus), *_bones()):
        yield replace(shape, inside=WITHIN_SKIN)
    yield from _sacrum()
    yield from _inner_wall(habitus)
    yield from _vessels(habitus)
    yield from _organs(habitus)
    yield from _prostate(_LARGE_PROSTATES.get(habitus.variant, habitus.around(1.0, 0.1)))


def _outline(habitus: Habitus) -> Iterator[Shape]:
    wide, deep, fat = 158 * habitus.breadth, 98.0, 20 * habitus.fat
    for more, tissue in ((fat + 2, Tissue.SKIN), (fat, Tissue.FAT), (0.0, Tissue.MUSCLE), (-9.0, Tissue.FAT)):
        yield Shape(tissue, (0, -8, 0), (wide + more, deep + more, 300), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, -96, -40), (26, 30 + fat, 90))  # cleft between the buttocks


def _muscles(habitus: Habitus) -> Iterator[Shape]:
    bulk = habitus.muscle
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (78 * side, -70, 0), (62 * bulk, 38 * bulk, 120))  # gluteus maximus
        yield Shape(Tissue.MUSCLE, (114 * side, -26, 76), (36 * bulk, 48 * bulk, 84))  # medius, minimus
        yield Shape(Tissue.MUSCLE, (128 * side, 22, 20), (19 * bulk, 34 * bulk, 110))  # tensor of the fascia
        yield Shape(Tissue.MUSCLE, (92 * side, 54, -60), (44 * bulk, 34 * bulk, 130))  # front of the thigh
        yield Shape(Tissue.MUSCLE, (60 * side, 24, -96), (44 * bulk, 52 * bulk, 86))  # adductors
        yield Shape(Tissue.MUSCLE, (76 * side, -30, -110), (44 * bulk, 36 * bulk, 70))
        yield Shape(Tissue.MUSCLE, (72 * side, 46, 70), (24 * bulk, 24 * bulk, 80), turn_deg=(-18, 0, 0))  # iliopsoas
        yield Shape(Tissue.MUSCLE, (27 * side, 84, 80), (27, 7 * bulk, 90))  # rectus abdominis


def _bones() -> Iterator[Shape]:
    for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (_SHELL_MM, Tissue.MARROW)):
        for side in _SIDES:
            yield Shape(tissue, (74 * side, 2, 22), (27 - shell, 32 - shell, 34 - shell))  # acetabulum
            yield Shape(tissue, (88 * side, -10, 92), (9 - shell, 46 - shell, 62 - shell), turn_deg=(0, 22 * side, 0))
            yield from tube([(12 * side, 52, -4), (40 * side, 40, 10), (66 * side, 22, 18)], 9.5 - shell, tissue)
            yield from tube([(10 * side, 50, -16), (34 * side, 14, -46), (56 * side, -30, -48)], 7.5 - shell, tissue)
            yield from tube([(70 * side, -20, 10), (60 * side, -36, -40)], 14.0 - shell, tissue)  # ischium
            yield Shape(tissue, (13 * side, 51, -8), (12 - shell, 10 - shell, 20 - shell))
    yield Shape(Tissue.ANNULUS, (0, 51, -8), (2.6, 9, 19))  # symphysis
    for side in _SIDES:
        head = (93.0 * side, 4.0, 14.0)
        yield ball(head, 27.5, Tissue.CARTILAGE)
        for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (_THICK_SHELL_MM, Tissue.MARROW)):
            yield ball(head, 25.5 - 0.6 * shell, tissue)
            yield from tube([head, (124 * side, -4, -14)], 15.0 - shell, tissue)
            yield Shape(tissue, (132 * side, -10, -14), (17 - shell, 20 - shell, 28 - shell))
            yield Shape(tissue, (128 * side, -2, -110), (15 - 2 * shell, 15 - 2 * shell, 90))


def _sacrum() -> Iterator[Shape]:
    """Five vertebrae in a bow, wide wings, the coccyx, and the canal behind them."""
    course = ((-44, 128, 24), (-62, 98, 6), (-78, 70, -12), (-84, 44, -26), (-80, 20, -44))
    for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (_SHELL_MM, Tissue.MARROW)):
        for number, (y, z, tilt) in enumerate(course):
            size = 1.0 - 0.13 * number
            radii = (26 * size - shell, 15 * size - shell, 13.5 * size - shell)
            yield Shape(tissue, (0, y, z), radii, Form.VERTEBRA, turn_deg=(-tilt, 0, 0))
            wing = (30 * size - shell, 15 * size - shell, 16 * size - shell)
            for side in _SIDES:
                yield Shape(tissue, (36 * size * side, y - 8, z), wing)
        yield from tube([(0, -76, 4), (0, -64, -14)], 6.0 - shell, tissue)
    yield from tube([(0, -70, 150), (0, -80, 110), (0, -98, 78), (0, -103, 50)], (7.0, 4.0), Tissue.CSF)
    for number in range(4):
        y, z, _ = course[number]
        yield Shape(Tissue.ANNULUS, (0, y - 7, z - 14), (17 - 2 * number, 9 - number, 1.8))


def _inner_wall(habitus: Habitus) -> Iterator[Shape]:
    bulk = habitus.muscle
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (47 * side, 6, 0), (9.5 * bulk, 40, 42))  # obturator internus
        yield Shape(Tissue.MUSCLE, (56 * side, 16, -24), (12 * bulk, 34, 14))
        yield Shape(Tissue.MUSCLE, (48 * side, -66, 44), (38, 9 * bulk, 16), turn_deg=(0, -20 * side, 24 * side))
        yield from tube([(15 * side, -30, -34), (28 * side, -22, -8), (40 * side, -12, 20)], 3.2, Tissue.MUSCLE)
        yield Shape(Tissue.MUSCLE, (28 * side, -14, -12), (3.4, 26, 28), turn_deg=(0, 14 * side, 0))  # levator ani
    yield Shape(Tissue.MUSCLE, (0, 26, -58), (13, 24, 13))  # bulb of the penis
    for side in _SIDES:
        yield from tube([(4 * side, 48, -46), (30 * side, 0, -52)], 7.0, Tissue.SPLEEN)  # crura: slow blood


def _vessels(habitus: Habitus) -> Iterator[Shape]:
    for side in _SIDES:
        artery = [(44 * side, -2, 150), (52 * side, 26, 90), (62 * side, 56, 40), (66 * side, 68, -30)]
        artery.append((70 * side, 54, -130))
        yield from tube(artery, habitus.around(4.6, 0.15), Tissue.BLOOD_VESSEL)
        yield from tube([(x - 9 * side, y - 6, z) for x, y, z in artery], 5.2, Tissue.BLOOD_VESSEL)
        yield from tube([(42 * side, -8, 110), (46 * side, -46, 60), (36 * side, -50, 30)], 3.2, Tissue.BLOOD_VESSEL)
        yield from tube([(52 * side, -62, 60), (66 * side, -56, 0), (80 * side, -48, -120)], 5.0, Tissue.NERVE)
        yield from tube([(50 * side, 66, 10), (18 * side, 76, -20), (16 * side, 70, -70)], 5.0, Tissue.GLAND)  # cord


def _organs(habitus: Habitus) -> Iterator[Shape]:
    yield from bowel(habitus, (-80, -20, 84), (80, 70, 170), 40)
    full = habitus.fluid
    bladder: Triple = (38 * full**0.7, 32 * full**0.7, 29 * full)
    at = (0.0, 16.0, 22 + bladder[2])
    yield Shape(Tissue.MUSCLE, at, (bladder[0] + 4, bladder[1] + 4, bladder[2] + 4), folds=0.02)
    yield Shape(Tissue.FLUID, at, bladder, folds=0.02)
    course = [(0.0, -30.0, -62.0), (0.0, -28.0, -40.0), (0.0, -36.0, -16.0), (0.0, -40.0, 18.0), (5.0, -54.0, 56.0)]
    sigmoid = [(5.0, -54.0, 56.0), (28.0, -44.0, 84.0), (2.0, -14.0, 104.0), (-46.0, -4.0, 96.0), (-74.0, 10.0, 130.0)]
    wide = habitus.around(11.5, 0.3)
    yield from tube(course, (8.0, wide + 3), Tissue.MUSCLE)
    yield from tube(sigmoid, wide + 2.5, Tissue.MUSCLE)
    content = (Tissue.AIR, Tissue.STOMACH_CONTENT, Tissue.BOWEL)[habitus.variant % 3]
    yield from tube(course[1:], (4.0, wide), Tissue.BOWEL)
    yield from tube(course[2:], (6.0, wide - 2), content)
    yield from tube(sigmoid, wide - 1, Tissue.STOMACH_CONTENT if content is Tissue.BOWEL else content)
    for side in _SIDES:
        yield Shape(Tissue.FLUID, (15 * side, -15, 27), (15, 6, 7), folds=0.2, turn_deg=(0, -14 * side, 0))  # vesicles
    for x in (-15.0, -9.0, -4.0, 4.0, 9.0, 15.0):  # veins in front of the prostate
        yield from tube([(x, 24, -20), (x * 1.2, 26, 16)], 2.4, Tissue.VEIN)


def _prostate(size: float) -> Iterator[Shape]:
    """Peripheral zone at the back, the transition zone with its nodules in front, the urethra."""
    grown = max(1.0, size)  # hyperplasia is of the transition zone
    yield Shape(Tissue.LIGAMENT, (0, 0, 0), (27.5 * size, 20.5 * size, 22.5 * size))
    yield Shape(Tissue.PERIPHERAL_ZONE, (0, 0, 0), (26 * size, 19 * size, 21 * size))
    zone = frozenset({Tissue.PERIPHERAL_ZONE})
    yield Shape(
        Tissue.LIGAMENT, (0, 6 * size, 3), (19.5 * grown * size, 13 * size, 16.5 * size), folds=0.1, inside=zone
    )
    inner = frozenset({Tissue.LIGAMENT, Tissue.PERIPHERAL_ZONE})
    yield Shape(Tissue.TRANSITION_ZONE, (0, 6 * size, 3), (19 * size, 12.5 * size, 16 * size), folds=0.1, inside=inner)
    for x, y, z, radius in ((-8, 6, 6, 5.0), (8, 8, 0, 6.0), (5, 2, 10, 4.0), (-9, 9, -4, 4.0)):  # nodules
        at = (x * size, y * size, z * size)
        zone = frozenset({Tissue.TRANSITION_ZONE})
        yield Shape(Tissue.LIGAMENT, at, (radius * size,) * 3, inside=zone)
        yield Shape(Tissue.TRANSITION_ZONE, at, ((radius - 0.9) * size,) * 3)
    yield Shape(Tissue.MUSCLE, (0, 17 * size, 2), (14 * size, 4.5 * size, 15 * size))  # anterior stroma
    yield Shape(Tissue.FLUID, (0, 4, 4), (1.6, 1.6, 18))  # urethra


def pelvic_muscles(habitus: Habitus) -> list[Muscle]:
    """Middles of the muscles of buttocks and thighs."""
    return [
        Muscle(x * side, y, reach)
        for side in _SIDES
        for x, y, reach in (
            (84, -78, 1.7), (112, -24, 1.2), (130, 22, 0.9), (100, 66, 0.9), (72, 48, 0.8), (104, 34, 0.9),
            (60, 8, 0.9), (36, 30, 0.8), (64, -34, 0.9), (28, 86, 0.9), (88, -36, 0.8),
        )
    ]  # fmt: skip
