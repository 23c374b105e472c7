"""A fetus in the uterus of its mother, its brain at the origin; gestational age, lie and placenta vary."""

from collections.abc import Iterator

import numpy as np

from phantoms.anatomy_loops import bowel
from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, Triple, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_BRAIN = frozenset({Tissue.GREY_MATTER, Tissue.OEDEMA})
_SIZES = (0.92, 0.62, 1.0, 0.76, 0.85)  # of a term head, by variant: 20 weeks and later
_BODY_FROM_HEAD = (  # the direction in which the body lies: head down, breech, oblique and across
    (0.1, -0.1, 1.0), (0.15, 0.0, -1.0), (-0.5, 0.1, 0.85), (1.0, 0.0, 0.3), (-0.2, 0.2, 0.97),
)  # fmt: skip
_WHITE = Tissue.OEDEMA  # white matter without myelin holds so much water
_FETAL_LUNG = Tissue.OEDEMA  # full of fluid
_PLACENTA = Tissue.SPLEEN  # as full of blood
_PLACENTA_AT = ((0, 1), (0, -1), (1, 0.3), (-1, 0.3), (0.4, 1))  # right and anterior of the uterus


def fetus(habitus: Habitus) -> Iterator[Shape]:
    """The mother's trunk, the uterus and the fetus, whose brain is at the origin."""
    size = _SIZES[habitus.variant]
    along = np.array(_BODY_FROM_HEAD[habitus.variant])
    along = along / np.linalg.norm(along)
    middle = _triple(along * 62 * size + np.array([0, 6, 0]))  # of the uterus
    yield from _mother(habitus, middle)
    yield from _uterus(habitus, middle, size)
    yield from _body(along, size)
    yield from _head(habitus, size)


def _triple(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Triple:
    x, y, z = (float(value) for value in values)
    return x, y, z


def _mother(habitus: Habitus, middle: Triple) -> Iterator[Shape]:
    x, y = middle[0] * 0.4, middle[1] - 16
    wide, deep, fat = 146 * habitus.breadth, 116.0, 15 * habitus.fat
    for more, tissue in ((fat + 2, Tissue.SKIN), (fat, Tissue.FAT), (0.0, Tissue.MUSCLE), (-8.0, Tissue.FAT)):
        yield Shape(tissue, (x, y, 60), (wide + more, deep + more, 420), Form.CYLINDER)
    back = y - 60
    for step in range(-7, 9):
        z = 35.0 * step
        yield Shape(Tissue.ANNULUS, (x, back, z + 17), (25, 18, 7), Form.VERTEBRA)
        yield Shape(Tissue.CORTICAL_BONE, (x, back, z), (24, 18, 13.5), Form.VERTEBRA)
        yield Shape(Tissue.MARROW, (x, back, z), (22.8, 16.8, 12.3), Form.VERTEBRA)
        yield Shape(Tissue.CORTICAL_BONE, (x, back - 46, z - 8), (4, 15, 9), Form.BOX)
    yield Shape(Tissue.CSF, (x, back - 24, 60), (10, 8, 420), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (x + 44 * side, back + 8, 40), (20, 20, 190))  # psoas
        yield Shape(Tissue.MUSCLE, (x + 34 * side, back - 38, 60), (32, 20, 420), Form.CYLINDER)
        yield Shape(Tissue.RENAL_CORTEX, (x + 76 * side, back + 14, 170), (27, 26, 54))
        yield Shape(Tissue.RENAL_MEDULLA, (x + 74 * side, back + 14, 170), (18, 17, 44), folds=0.2)
        for outer, tissue in ((0.0, Tissue.CORTICAL_BONE), (1.8, Tissue.MARROW)):
            wing = (10 - outer, 52 - outer, 62 - outer)
            yield Shape(tissue, (x + 106 * side, back + 46, -130), wing, turn_deg=(0, 20 * side, -20 * side))
        yield from tube([(x + 10 * side, back + 30, 300), (x + 12 * side, back + 28, -60)], 8.0, Tissue.BLOOD_VESSEL)
    yield Shape(Tissue.LIVER, (x + 66, y, 246), (74, 74, 60))
    yield from bowel(habitus, (x - 110, y - 50, 150), (x + 110, y + 84, 250), 90)
    yield from bowel(habitus, (x - 120, y - 50, -90), (x + 120, y + 70, 150), 90)
    yield Shape(Tissue.FLUID, (x, y + 56, -116), (42, 32, 24 * habitus.fluid))  # bladder


def _uterus(habitus: Habitus, middle: Triple, size: float) -> Iterator[Shape]:
    x, y, z = middle
    roomy = (0.72 + 0.28 * size) * habitus.around(1.0, 0.06)
    radii = (94 * roomy, 78 * roomy, 124 * roomy)
    yield Shape(Tissue.MUSCLE, middle, (radii[0] + 8, radii[1] + 8, radii[2] + 10), folds=0.015)
    yield Shape(Tissue.FLUID, middle, radii)
    right, front = _PLACENTA_AT[habitus.variant]
    fluid = frozenset({Tissue.FLUID})
    seat = (x + right * radii[0] * 0.95, y + front * radii[1] * 0.95, z + 0.25 * radii[2])
    yield Shape(_PLACENTA, seat, (74 if front else 30, 30 if front else 74, 70), folds=0.05, inside=fluid)
    centre = np.array(middle)
    start, end = centre + 0.8 * (np.array(seat) - centre), centre + np.array([12, 20, 20])
    turns = np.linspace(0, 1, 24)[:, None]
    coil = start + turns * (end - start) + 11 * np.concatenate([np.sin(25 * turns), np.cos(25 * turns), 0 * turns], 1)
    yield from tube([_triple(point) for point in coil], 4.4, Tissue.MUSCLE)  # umbilical cord
    yield from tube([_triple(point) for point in coil], 2.6, Tissue.BLOOD_VESSEL)


def _body(along: np.ndarray[tuple[int, ...], np.dtype[np.float64]], size: float) -> Iterator[Shape]:
    """Trunk and limbs; the trunk's axis is tilted as a whole, its organs follow along it."""

    def place(far: float, right: float = 0.0, front: float = 0.0) -> Triple:
        return _triple((along * far + np.array([right, front, 0])) * size)

    turn = (
        float(np.degrees(-np.arcsin(along[1]))),
        float(np.degrees(np.arctan2(along[0], along[2]))),
        0.0,
    )

    def solid(tissue: Tissue, at: Triple, radii: Triple) -> Shape:
        return Shape(tissue, at, (radii[0] * size, radii[1] * size, radii[2] * size), turn_deg=turn)

    yield solid(Tissue.SKIN, place(50), (20, 20, 22))
    yield solid(Tissue.SKIN, place(96), (37, 38, 56))
    yield solid(Tissue.MUSCLE, place(96), (34.5, 35.5, 53))
    for right in (-13.0, 13.0):
        yield solid(_FETAL_LUNG, place(78, right, 0), (13, 20, 19))
    yield solid(Tissue.MYOCARDIUM, place(80, -2, 12), (12, 12, 12))
    yield solid(Tissue.BLOOD_VESSEL, place(80, -2, 12), (9, 9, 9))
    yield solid(Tissue.LIVER, place(104, 6, 4), (26, 26, 15))
    yield solid(Tissue.FLUID, place(106, -16, 2), (7, 8, 7))  # stomach
    yield solid(Tissue.BOWEL, place(124, 0, 8), (24, 20, 14))
    yield solid(Tissue.FLUID, place(140, 0, 10), (7, 7, 8))  # bladder
    for right in (-13.0, 13.0):
        yield solid(Tissue.RENAL_CORTEX, place(118, right, -18), (7, 7, 12))
    spine = [place(far, 0, -26) for far in (46, 70, 100, 130, 146)]
    yield from tube(spine, 6.5 * size, Tissue.CORTICAL_BONE)
    yield from tube(spine, 4.0 * size, Tissue.CSF)
    yield from tube(spine[:-1], 2.0 * size, Tissue.CORD)
    for right in (-1.0, 1.0):
        arm = [place(64, 38 * right, 6), place(84, 48 * right, 30), place(58, 26 * right, 54)]
        leg = [place(146, 20 * right, 8), place(112, 38 * right, 50), place(150, 22 * right, 58)]
        for course, radius in ((arm, 8.0), (leg, 11.0)):
            yield from tube(course, radius * size, Tissue.SKIN)
            yield from tube(course, (radius - 2.5) * size, Tissue.MUSCLE)
            yield from tube(course, 2.4 * size, Tissue.CORTICAL_BONE)


def _head(habitus: Habitus, size: float) -> Iterator[Shape]:
    smooth = 0.012 + 0.06 * max(0.0, (size - 0.7) / 0.3)  # gyri come late
    fluid = 2.5 + 3.5 * habitus.around(1.0, 0.4) * (1.3 - size)  # around the brain there is less and less

    def solid(
        tissue: Tissue, at: Triple, radii: Triple, folds: float = 0.0, inside: frozenset[Tissue] = frozenset()
    ) -> Shape:
        scaled = (at[0] * size, at[1] * size, at[2] * size)
        return Shape(tissue, scaled, (radii[0] * size, radii[1] * size, radii[2] * size), folds=folds, inside=inside)

    yield solid(Tissue.SKIN, (0, 0, 0), (44, 55, 47))
    yield solid(Tissue.SKIN, (0, 30, -26), (30, 28, 30))  # face
    yield solid(Tissue.MUSCLE, (0, 30, -28), (26, 24, 26))
    yield solid(Tissue.CORTICAL_BONE, (0, 0, 0), (41.5, 52.5, 44.5))
    yield solid(Tissue.CSF, (0, 0, 0), (39.8, 50.8, 42.8))
    brain = (39.8 - fluid, 49.8 - fluid, 39.8 - fluid)
    yield solid(Tissue.GREY_MATTER, (0, 0, 3), brain, smooth)
    yield solid(_WHITE, (0, 0, 3), (brain[0] - 2.4, brain[1] - 2.4, brain[2] - 2.4), smooth * 1.1)
    yield solid(Tissue.CSF, (0, 0, 18), (1.6, 47, 28), inside=_BRAIN)
    for side in _SIDES:
        yield solid(Tissue.CSF, (31 * side, 6, -2), (7, 12, 7))  # open Sylvian fissure
        yield solid(Tissue.DEEP_GREY_MATTER, (11 * side, 2, 0), (9, 15, 9))
        wide = 4.6 * habitus.fluid
        yield solid(Tissue.GREY_MATTER, (10 * side, -4, 13), (wide + 1.8, 26, 6.8))  # germinal matrix
        yield solid(Tissue.CSF, (10 * side, -4, 13), (wide, 24, 5.2))
        yield solid(Tissue.CSF, (17 * side, -24, 8), (wide * 1.3, 12, 7))
        yield solid(Tissue.FLUID, (15 * side, 44, -18), (8, 8, 8))  # eye
    yield solid(Tissue.CSF, (0, 6, 13), (3, 10, 5))  # cavum of the septum
    yield solid(Tissue.CSF, (0, -28, -24), (25, 17, 13))
    yield solid(Tissue.GREY_MATTER, (0, -27, -22), (20, 12, 9.5), 0.04)
    yield solid(Tissue.DEEP_GREY_MATTER, (0, -10, -24), (7, 7, 18))
