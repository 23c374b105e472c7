"""The neck around the cervical spine: muscles in their fat, airway, vessels, glands, the brain's lower end."""

from collections.abc import Iterator

from phantoms.anatomy_spine import CERVICAL, LONG_MM, column
from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
# Between them fat shows: right, anterior, half-axes, mm.
_MUSCLES = (
    (9.0, -28.0, 6.5, 9.0), (21.0, -27.0, 7.5, 9.0), (14.0, -41.0, 12.0, 5.0), (31.0, -33.0, 8.5, 8.0),
    (36.0, -24.0, 7.0, 9.0), (42.0, 4.0, 8.0, 14.0), (19.0, 4.0, 6.5, 7.0), (33.0, -8.0, 8.0, 9.0),
)  # fmt: skip


def cervical(habitus: Habitus) -> Iterator[Shape]:
    """The neck, C5 at the origin."""
    yield from _outline(habitus)
    yield from _front(habitus)
    yield from _sides(habitus)
    yield from _cranium()
    yield from column(CERVICAL, habitus)


def _outline(habitus: Habitus) -> Iterator[Shape]:
    fat, wide = 6 * habitus.fat, 57 * habitus.breadth
    for more, tissue in ((fat + 2, Tissue.SKIN), (fat, Tissue.FAT), (0.0, Tissue.MUSCLE), (-6.0, Tissue.FAT)):
        yield Shape(tissue, (0, 10, 0), (wide + more, 58 + more, LONG_MM), Form.CYLINDER)
        yield Shape(tissue, (0, 10, -140), (150 + more, 74 + more, 66 + more))  # shoulders
        yield Shape(tissue, (0, 22, 118), (70 + more, 88 + more, 72 + more))  # head


def _front(habitus: Habitus) -> Iterator[Shape]:
    yield Shape(Tissue.GLAND, (0, 42, -34), (24, 12, 24))  # thyroid
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (11 * side, 52, -30), (9, 4, 60))  # in front of the larynx
        yield Shape(Tissue.LUNG, (62 * side, 16, -158), (42, 44, 42))
        yield Shape(Tissue.MUSCLE, (44 * side, 40, 84), (8, 26, 30))  # masseter
        yield Shape(Tissue.CORTICAL_BONE, (36 * side, 46, 78), (5, 30, 18), turn_deg=(0, 0, 18 * side))  # mandible
        yield Shape(Tissue.MARROW, (36 * side, 46, 78), (3.4, 28, 16), turn_deg=(0, 0, 18 * side))
    yield Shape(Tissue.MUSCLE, (0, 62, 76), (26, 32, 28))  # tongue
    yield Shape(Tissue.MUSCLE, (0, 52, 42), (22, 30, 8))
    yield Shape(Tissue.AIR, (0, 70, 118), (14, 30, 18))  # nose
    yield Shape(Tissue.LIGAMENT, (0, 40, 4), (17, 15, 16))  # larynx
    yield Shape(Tissue.MUSCLE, (0, 40, 4), (15, 13, 15))
    airway = [(0.0, 28.0, 110.0), (0.0, 26.0, 62.0), (0.0, 30.0, 30.0), (0.0, 38.0, 6.0), (0.0, 34.0, -160.0)]
    yield from tube(airway, (habitus.around(9.0, 0.2) + 2, 10.0), Tissue.MUSCLE)
    yield from tube(airway, (habitus.around(8.0, 0.2), 8.0), Tissue.AIR)
    yield from tube([(0, 22, 20), (0, 20, -160)], 4.5, Tissue.MUSCLE)  # gullet
    yield Shape(Tissue.MUSCLE, (0, 12.5, 0), (12, 3.6, LONG_MM), Form.CYLINDER)


def _sides(habitus: Habitus) -> Iterator[Shape]:
    bulk = habitus.muscle
    for side in _SIDES:
        yield Shape(Tissue.GLAND, (46 * side, 20, 76), (11, 16, 20))  # parotid
        for x, y, width, depth in _MUSCLES:
            at = (x * side * habitus.breadth, y, 0.0)
            yield Shape(Tissue.MUSCLE, at, (width * bulk, depth * bulk, LONG_MM), Form.CYLINDER)
        for x, y, radius in ((23, 20, 3.6), (31, 16, habitus.around(5.5, 0.3)), (15, -4, 2.0)):  # carotid, jugular
            yield from tube([(x * side, y, -160), (x * side * 0.9, y + 2, 110)], radius, Tissue.BLOOD_VESSEL)


def _cranium() -> Iterator[Shape]:
    yield Shape(Tissue.CORTICAL_BONE, (0, 2, 142), (72, 82, 56))
    yield Shape(Tissue.MARROW, (0, 2, 142), (70, 80, 54))
    yield Shape(Tissue.CORTICAL_BONE, (0, 2, 142), (67, 77, 51))
    yield Shape(Tissue.CSF, (0, 2, 142), (65, 75, 49))
    yield Shape(Tissue.GREY_MATTER, (0, 2, 146), (62, 72, 46), folds=0.07)
    yield Shape(Tissue.WHITE_MATTER, (0, 2, 146), (53, 63, 39), folds=0.12)
    yield Shape(Tissue.CSF, (0, -32, 120), (56, 39, 32))
    yield Shape(Tissue.GREY_MATTER, (0, -34, 122), (50, 34, 26), folds=0.04)  # cerebellum
    for side in _SIDES:
        yield Shape(Tissue.WHITE_MATTER, (20 * side, -32, 124), (18, 16, 12), folds=0.2)
        yield Shape(Tissue.GREY_MATTER, (34 * side, 36, 130), (26, 34, 24), folds=0.06)  # temporal lobe
    yield Shape(Tissue.CSF, (0, -10, 118), (17, 17, 34))
    yield Shape(Tissue.WHITE_MATTER, (0, -9, 118), (13, 13, 32))
