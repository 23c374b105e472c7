"""Limbs: the wrist, and both legs above or below the knees."""

from collections.abc import Iterator

from phantoms.shapes import Form, Shape, ball
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_FETAL_BRAIN = frozenset({Tissue.GREY_MATTER, Tissue.OEDEMA})
# Right wrist, palm to the front: centre and half-axes of the carpal bones in mm.
_CARPALS = (
    ((11, 1, 5), (9, 7, 12)),
    ((-1, 0, 6), (7.5, 8, 8)),
    ((-11, 0, 5), (6.5, 7, 7)),
    ((-13, 8, 7), (5, 5, 5.5)),
    ((14, 2, 22), (7, 7, 7)),
    ((7, 0, 23), (5.5, 7, 6.5)),
    ((-2, 0, 23), (6.5, 8, 11)),
    ((-12, 0, 21), (7, 7, 8.5)),
)


def wrist() -> tuple[Shape, ...]:
    """A right wrist, its thumb to the right."""
    return (*_soft_wrist(), *_bones_of_the_wrist())


def _soft_wrist() -> Iterator[Shape]:
    yield Shape(Tissue.SKIN, (0, 0, -40), (32, 22, 60), Form.CYLINDER)
    yield Shape(Tissue.SKIN, (-2, 0, 56), (43, 17.5, 60), Form.BOX)
    yield Shape(Tissue.FAT, (0, 0, -40), (30.5, 20.5, 60), Form.CYLINDER)
    yield Shape(Tissue.FAT, (-2, 0, 56), (41.5, 16, 59), Form.BOX)
    yield Shape(Tissue.MUSCLE, (0, 3, -70), (24, 15, 40))
    yield Shape(Tissue.MUSCLE, (24, 6, 40), (14, 9, 24))  # thenar
    yield Shape(Tissue.MUSCLE, (-26, 6, 44), (10, 8, 24))
    for x in (-8.0, -4.0, 0.0, 4.0, 8.0):
        yield Shape(Tissue.LIGAMENT, (x, 12 - 0.04 * x * x, 10), (1.9, 2.0, 120), Form.CYLINDER)  # flexor tendons
        yield Shape(Tissue.LIGAMENT, (2.4 * x, -13.5, 10), (1.8, 1.3, 120), Form.CYLINDER)
    yield Shape(Tissue.NERVE, (2, 15, 10), (2.6, 1.6, 120), Form.CYLINDER)
    yield Shape(Tissue.BLOOD_VESSEL, (19, 12, -20), (1.6, 1.6, 60), Form.CYLINDER)


def _bones_of_the_wrist() -> Iterator[Shape]:
    yield Shape(Tissue.CARTILAGE, (0, 0, 14), (23, 9.5, 20), Form.BOX)
    yield from _bone((9, 0, -52), (8, 7, 42), Form.CYLINDER)
    yield from _bone((8, 0, -14), (15, 10, 9), Form.BOX)  # radius
    yield from _bone((-17, 0, -52), (5, 5, 40), Form.CYLINDER)
    yield from _bone((-17, 0, -12), (7, 7, 6))  # ulna
    yield Shape(Tissue.MENISCUS, (-14, 0, -4), (9, 6, 1.8))  # triangular fibrocartilage
    for centre, radii in _CARPALS:
        yield from _bone(centre, radii)
    for number in range(4):
        x = 12.0 - 11.5 * number
        yield from _bone((1.35 * x, -2, 64), (4.2, 4.2, 30), Form.CYLINDER)
        yield from _bone((1.1 * x, -1, 36), (6, 6.5, 5.5))
    yield from _bone((27, 6, 46), (4.6, 4.6, 20), Form.CYLINDER)  # thumb


def _bone(
    centre: tuple[float, float, float], radii: tuple[float, float, float], form: Form = Form.ELLIPSOID
) -> Iterator[Shape]:
    """Marrow in a shell of cortical bone."""
    x, y, z = radii
    yield Shape(Tissue.CORTICAL_BONE, centre, radii, form)
    shell = 1.1 if min(radii) < 10 else 1.8
    yield Shape(Tissue.MARROW, centre, (x - shell, y - shell, z - shell), form)


def upper_legs() -> tuple[Shape, ...]:
    """Both thighs, side by side."""
    return tuple(shape for side in _SIDES for shape in _thigh(98.0 * side, side))


def _thigh(x: float, side: float) -> Iterator[Shape]:
    yield Shape(Tissue.SKIN, (x, 0, 0), (83, 86, 420), Form.CYLINDER)
    yield Shape(Tissue.FAT, (x, 0, 0), (81, 84, 420), Form.CYLINDER)
    for centre, radii in (
        ((16, 34), (44, 33)), ((-22, 38), (34, 28)), ((38, 4), (27, 38)), ((-40, -2), (26, 38)),
        ((-12, -40), (34, 28)), ((24, -38), (30, 26)), ((2, 4), (34, 34)),
    ):  # fmt: skip
        at = (x + side * centre[0], centre[1], 0.0)
        yield Shape(Tissue.MUSCLE, at, (*radii, 420), Form.CYLINDER)
    for middle in ((-14, -14), (14, -18), (-30, 20), (26, 22)):  # fat between the compartments
        yield Shape(Tissue.FAT, (x + side * middle[0], middle[1], 0), (13, 2.2, 420), Form.CYLINDER)
    yield from _shaft((x + side * 4, 6), 15.5, 8.5)
    yield Shape(Tissue.BLOOD_VESSEL, (x - side * 24, 6, 0), (4.5, 4.5, 420), Form.CYLINDER)
    yield Shape(Tissue.NERVE, (x + side * 4, -24, 0), (5, 3, 420), Form.CYLINDER)


def _shaft(centre: tuple[float, float], outer_mm: float, inner_mm: float) -> Iterator[Shape]:
    yield Shape(Tissue.CORTICAL_BONE, (*centre, 0), (outer_mm, outer_mm, 420), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (*centre, 0), (inner_mm, inner_mm, 420), Form.CYLINDER)


def lower_legs() -> tuple[Shape, ...]:
    """Both calves, side by side."""
    return tuple(shape for side in _SIDES for shape in _calf(80.0 * side, side))


def _calf(x: float, side: float) -> Iterator[Shape]:
    yield Shape(Tissue.SKIN, (x, 0, 0), (58, 62, 420), Form.CYLINDER)
    yield Shape(Tissue.FAT, (x, 0, 0), (56.5, 60.5, 420), Form.CYLINDER)
    for centre, radii in (
        ((-20, -30), (27, 24)), ((20, -30), (26, 23)), ((0, -10), (40, 22)), ((22, 20), (22, 24)), ((38, 0), (12, 20)),
    ):  # fmt: skip
        yield Shape(Tissue.MUSCLE, (x + side * centre[0], centre[1], 0), (*radii, 420), Form.CYLINDER)
    yield Shape(Tissue.FAT, (x, -21, 0), (34, 1.6, 420), Form.CYLINDER)
    yield from _shaft((x - side * 12, 24), 15, 9)
    yield from _shaft((x + side * 30, -4), 7, 3.5)
    yield Shape(Tissue.BLOOD_VESSEL, (x + side * 4, 0, 0), (3.5, 3.5, 420), Form.CYLINDER)
    yield ball((x - side * 38, 8, 0), 3, Tissue.VEIN)


def fetus() -> tuple[Shape, ...]:
    """A fetus head down in the uterus, within the mother's pelvis; the fetal brain at the origin."""
    return (*_mother(), *_fetal_body(), *_fetal_head())


def _mother() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (0, -10, 60), (178, 150, 420), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, -10, 60), (154, 124, 420), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, 0, 60), (146, 112, 420), Form.CYLINDER)
    for step in range(-7, 9):
        yield Shape(Tissue.CORTICAL_BONE, (0, -98, 36.0 * step), (25, 20, 15), Form.BOX)
        yield Shape(Tissue.MARROW, (0, -98, 36.0 * step), (23.5, 18.5, 13.5), Form.BOX)
    yield Shape(Tissue.CSF, (0, -128, 60), (10, 8, 420), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (46 * side, -86, 60), (22, 22, 200))
        yield Shape(Tissue.MUSCLE, (50 * side, -136, 60), (34, 20, 300))
    for step in range(8):
        yield ball((-100.0 + 28 * step, 40 + 12.0 * (step % 3), 190 + 10.0 * (step % 2)), 20, Tissue.BOWEL)
    yield Shape(Tissue.MUSCLE, (0, 10, 62), (104, 88, 136))  # uterus
    yield Shape(Tissue.OEDEMA, (0, 66, 110), (70, 30, 60))  # placenta
    yield Shape(Tissue.FLUID, (0, 6, 60), (92, 74, 124))  # amniotic fluid
    yield Shape(Tissue.FLUID, (0, 50, -104), (40, 30, 22))  # bladder


def _fetal_body() -> Iterator[Shape]:
    yield Shape(Tissue.SKIN, (10, -6, 84), (38, 40, 62))
    yield Shape(Tissue.LUNG, (10, -4, 62), (26, 26, 22))
    yield Shape(Tissue.GREY_MATTER, (6, 0, 62), (12, 12, 12))  # heart
    yield Shape(Tissue.LIVER, (12, 0, 98), (28, 30, 20))
    yield Shape(Tissue.FLUID, (10, 8, 124), (8, 8, 8))
    yield Shape(Tissue.MARROW, (12, -36, 84), (5, 6, 60), Form.CYLINDER)
    for x, z in ((-40.0, 70.0), (52.0, 96.0), (-20.0, 150.0), (34.0, 152.0)):
        yield Shape(Tissue.SKIN, (x, 20, z), (13, 13, 36))
        yield Shape(Tissue.MUSCLE, (x, 20, z), (10, 10, 34))
        yield Shape(Tissue.CORTICAL_BONE, (x, 20, z), (3, 3, 28))


def _fetal_head() -> Iterator[Shape]:
    yield Shape(Tissue.SKIN, (0, 0, 0), (43, 53, 46))
    yield Shape(Tissue.CORTICAL_BONE, (0, 0, 0), (40.5, 50.5, 43.5))
    yield Shape(Tissue.CSF, (0, 0, 0), (39, 49, 42))
    yield Shape(Tissue.GREY_MATTER, (0, 0, -2), (34, 44, 36), folds=0.05)
    yield Shape(Tissue.OEDEMA, (0, 0, -2), (31, 41, 33), folds=0.06)  # unmyelinated white matter is bright on T2
    yield Shape(Tissue.CSF, (0, 0, -14), (1.6, 46, 28), Form.BOX, inside=_FETAL_BRAIN)
    for side in _SIDES:
        yield Shape(Tissue.DEEP_GREY_MATTER, (11 * side, 0, 4), (8, 14, 9))
        yield Shape(Tissue.CSF, (11 * side, -14, -8), (5, 17, 6))
        yield ball((15 * side, 40, 20), 7, Tissue.FLUID)
    yield Shape(Tissue.GREY_MATTER, (0, -26, 24), (20, 12, 10), folds=0.05)
