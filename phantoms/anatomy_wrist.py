"""The wrist: carpal bones in their cartilage, tendons, nerve, the muscles of thumb and little finger."""

from collections.abc import Iterator

from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, Triple, tube
from phantoms.tissues import Tissue

# Right wrist, palm to the front: centre, half-axes and turn about the anterior axis of the carpal bones in mm.
_CARPALS: tuple[tuple[Triple, Triple, float], ...] = (
    ((11, 1, 6), (7.5, 7, 12.5), -28),
    ((-1, 0, 6), (7.5, 8, 8.5), 8),
    ((-11, 0, 5), (6.5, 7, 8), 20),
    ((-13, 8, 7), (5, 5, 5.5), 0),
    ((16, 3, 22), (7, 7, 7.5), 10),
    ((8, 0, 23), (5, 7, 7.5), -8),
    ((-2, 0, 22), (6.5, 8, 12.5), 4),
    ((-12, 0, 20), (7.5, 7, 8.5), 22),
)  # fmt: skip


def wrist(habitus: Habitus) -> Iterator[Shape]:
    """A right wrist, its thumb to the right."""
    yield from _soft(habitus)
    yield from _bones(habitus)
    yield from _tendons(habitus)


def _soft(habitus: Habitus) -> Iterator[Shape]:
    fat, wide, deep = 3.0 * habitus.fat, 28 * habitus.breadth, 18.0
    for more, tissue in ((fat + 1.6, Tissue.SKIN), (fat, Tissue.FAT)):
        yield Shape(tissue, (0, 0, -60), (wide + more, deep + more, 130))
        yield Shape(tissue, (-2, 0, 70), (39 * habitus.breadth + more, 12.5 + more, 72), Form.BOX)
        yield Shape(tissue, (0, 0, 10), (wide + 3 + more, deep - 1 + more, 34))
        yield Shape(tissue, (27, 8, 44), (15 + more, 12 + more, 44), turn_deg=(0, 18, 0))
    bulk = habitus.muscle
    yield Shape(Tissue.MUSCLE, (0, 6, -78), (23 * bulk, 11 * bulk, 52))
    yield Shape(Tissue.MUSCLE, (-2, -10, -84), (20 * bulk, 7 * bulk, 48))
    yield Shape(Tissue.MUSCLE, (24, 8, 42), (13 * bulk, 10 * bulk, 26), turn_deg=(0, 18, 0))  # thenar
    yield Shape(Tissue.MUSCLE, (-27, 6, 46), (9 * bulk, 8 * bulk, 27))
    for number in range(4):
        yield Shape(Tissue.MUSCLE, (10.0 - 15 * number, 2, 66), (5, 6, 26))  # between the metacarpals


def _bones(habitus: Habitus) -> Iterator[Shape]:
    yield Shape(Tissue.LIGAMENT, (0, 0, 14), (23.5, 10.5, 23))
    yield Shape(Tissue.CARTILAGE, (0, 0, 14), (22.5, 9.5, 22))
    yield from _bone((9, 0, -52), (7.5, 6.5, 46), Form.CYLINDER, shell=2.4)
    yield from _bone((9, 0, -22), (13.5, 9.5, 16))  # radius
    yield from _bone((8, 0, -13), (15.5, 10, 8), turn=14)
    yield from _bone((-17, -1, -54), (5.2, 5.2, 44), Form.CYLINDER, shell=1.8)
    yield from _bone((-17, -1, -13), (7.5, 7, 8))  # ulna
    yield Shape(Tissue.MENISCUS, (-14, 0, -3.6), (9, 6, 1.8))  # triangular fibrocartilage
    yield Shape(Tissue.FLUID, (-2, 0, -2.6), (10, 5, 0.9 * habitus.fluid))
    for centre, radii, turn in _CARPALS:
        yield Shape(Tissue.CARTILAGE, centre, (radii[0] + 1, radii[1] + 1, radii[2] + 1), turn_deg=(0, turn, 0))
        yield from _bone(centre, radii, turn=turn, folds=0.05)
    for number in range(4):
        x = 12.0 - 11.5 * number
        for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (1.5, Tissue.MARROW)):
            yield from tube([(1.1 * x, -1, 36), (1.5 * x, -3, 96)], (4.6 - shell, 4.0 - shell), tissue)
        yield from _bone((1.1 * x, -1, 37), (6.2, 6.8, 6))
    for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (1.5, Tissue.MARROW)):
        yield from tube([(22, 6, 30), (36, 10, 66)], 5.2 - shell, tissue)  # thumb


def _bone(
    centre: Triple,
    radii: Triple,
    form: Form = Form.ELLIPSOID,
    *,
    shell: float = 1.0,
    turn: float = 0.0,
    folds: float = 0.0,
) -> Iterator[Shape]:
    """Marrow in a shell of cortical bone."""
    x, y, z = radii
    inner = (x - shell, y - shell, z - shell)
    yield Shape(Tissue.CORTICAL_BONE, centre, radii, form, folds, turn_deg=(0, turn, 0))
    yield Shape(Tissue.MARROW, centre, inner, form, folds, turn_deg=(0, turn, 0))


def _tendons(habitus: Habitus) -> Iterator[Shape]:
    yield Shape(Tissue.LIGAMENT, (2, 15.5, 16), (15, 1.4, 14))  # the roof of the carpal tunnel
    for number, x in enumerate((-8.0, -4.0, 0.0, 4.0, 8.0)):
        deep = 11.0 - 0.04 * x * x
        for layer in (0.0, -3.6):
            course = [(x, deep - 1 + layer, -85), (x * 0.9, deep + layer, 10), (x * 2.4, deep + layer, 95)]
            yield from tube(course, 1.7, Tissue.LIGAMENT)  # of the flexors
        spread = [(1.8 * x, -13, -85), (2.2 * x, -12.6, 10), (3.2 * x, -9, 95)]
        yield from tube(spread, 1.5 if number % 2 else 1.2, Tissue.LIGAMENT)
    yield from tube([(2, 13, -85), (2, 13.6, 20), (4, 11, 95)], 2.0 * habitus.around(1.0, 0.15), Tissue.NERVE)
    for x, y in ((20.0, 11.0), (-19.0, 11.0)):
        yield from tube([(x, y, -85), (x, y, 0), (x * 1.2, y - 2, 95)], 1.4, Tissue.BLOOD_VESSEL)
        yield from tube([(x + 3, y - 20, -85), (x - 2, y - 24, 95)], 1.2, Tissue.VEIN)
