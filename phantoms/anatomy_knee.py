"""The knee: condyles, plateau, patella, menisci, ligaments."""

from collections.abc import Iterator

from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, tube
from phantoms.tissues import Tissue

_COMPARTMENTS = (-1.0, 1.0)


def knee(habitus: Habitus) -> tuple[Shape, ...]:
    """A right knee, its joint space at the origin."""
    return (*_soft_tissue(habitus), *_femur(), *_tibia(), *_fibula(-1.0), *_patella(), *_joint(habitus))


def _soft_tissue(habitus: Habitus) -> Iterator[Shape]:
    fat, bulk = 8 * habitus.fat, habitus.muscle
    for more, tissue in ((fat + 1.8, Tissue.SKIN), (fat, Tissue.FAT)):
        yield Shape(tissue, (0, -8, 150), (60 * bulk + more, 60 * bulk + more, 190))
        yield Shape(tissue, (0, -16, -130), (52 * bulk + more, 50 * bulk + more, 170))
        yield Shape(tissue, (0, 0, 10), (50 + more, 54 + more, 60))
    yield Shape(Tissue.MUSCLE, (0, -10, 135), (56 * bulk, 54 * bulk, 95))
    yield Shape(Tissue.MUSCLE, (0, -24, -125), (49 * bulk, 42 * bulk, 92))
    yield Shape(Tissue.MUSCLE, (-34, 22, 76), (16 * bulk, 22 * bulk, 48))  # vastus medialis
    for x in (-30.0, 30.0):
        yield Shape(Tissue.MUSCLE, (x, -40, 24), (13 * bulk, 14 * bulk, 74))
        yield Shape(Tissue.MUSCLE, (0.6 * x, -44, -44), (16 * bulk, 13 * bulk, 76))
    yield from tube([(-6, -34, 150), (2, -42, 30), (2, -40, -150)], 3.6, Tissue.BLOOD_VESSEL)
    yield from tube([(0, -38, 150), (8, -47, 30), (8, -44, -150)], 4.2, Tissue.BLOOD_VESSEL)
    yield from tube([(12, -46, 150), (14, -50, 20), (12, -46, -150)], 3.0, Tissue.NERVE)
    yield from tube([(-46, -34, 150), (-50, -30, 0), (-40, -34, -150)], 2.2, Tissue.VEIN)


def _femur() -> Iterator[Shape]:
    yield Shape(Tissue.CORTICAL_BONE, (0, 0, 110), (19, 18, 72), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (0, 0, 110), (14, 13, 72), Form.CYLINDER)
    yield Shape(Tissue.CORTICAL_BONE, (0, 2, 42), (34, 22, 26))
    for side in _COMPARTMENTS:
        yield Shape(Tissue.CARTILAGE, (20 * side, -2, 26), (20.5, 31.5, 24))
        yield Shape(Tissue.CORTICAL_BONE, (20 * side, -2, 27), (19.5, 29.5, 22.8))
    for side in _COMPARTMENTS:
        yield Shape(Tissue.MARROW, (20 * side, -2, 27.4), (18.3, 28, 21.6))
    yield Shape(Tissue.MARROW, (0, 2, 44), (32, 20, 24))
    yield Shape(
        Tissue.CORTICAL_BONE, (0, 0, 24), (34, 24, 0.8), inside=frozenset({Tissue.MARROW})
    )  # growth plate's scar
    yield Shape(Tissue.FAT, (0, -20, 12), (8, 14, 12))  # intercondylar notch


def _tibia() -> Iterator[Shape]:
    yield Shape(Tissue.CARTILAGE, (0, -4, -16), (39, 27, 13), Form.BOX)
    yield Shape(Tissue.CORTICAL_BONE, (0, -4, -18.5), (39, 27, 13), Form.BOX)
    yield Shape(Tissue.CORTICAL_BONE, (0, 2, -110), (18, 19, 90), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (0, 2, -110), (13, 14, 90), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (0, -4, -19.5), (37.5, 25.5, 12.2), Form.BOX)
    yield Shape(Tissue.MARROW, (0, 0, -34), (26, 20, 16))


def _fibula(medial: float) -> Iterator[Shape]:
    yield Shape(Tissue.CORTICAL_BONE, (-36 * medial, -24, -90), (7, 7, 62), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (-36 * medial, -24, -90), (4.5, 4.5, 62), Form.CYLINDER)


def _patella() -> Iterator[Shape]:
    yield Shape(Tissue.LIGAMENT, (0, 45, 68), (14, 4, 34))
    yield Shape(Tissue.LIGAMENT, (0, 47, -18), (12, 3.5, 34))
    yield Shape(Tissue.CARTILAGE, (0, 41, 27), (19, 9, 17))
    yield Shape(Tissue.CORTICAL_BONE, (0, 44, 27), (21, 9.5, 20))
    yield Shape(Tissue.MARROW, (0, 44, 27), (19, 8, 18))
    yield Shape(Tissue.FAT, (0, 35, -2), (21, 9, 14))


def _joint(habitus: Habitus) -> Iterator[Shape]:
    room = frozenset({Tissue.FAT, Tissue.MUSCLE})
    yield Shape(Tissue.FLUID, (0, 34, 44), (16, 1.6 * habitus.fluid, 16), inside=room)  # suprapatellar recess
    for side in _COMPARTMENTS:
        for y in (-19.0, 15.0):
            yield Shape(Tissue.MENISCUS, (23 * side, y, 0), (13, 9, 4.2))
    yield Shape(Tissue.ANTERIOR_CRUCIATE, (0, -2, 5), (4, 18, 5))
    yield Shape(Tissue.POSTERIOR_CRUCIATE, (1, -22, 4), (4.5, 6, 15))
    yield Shape(Tissue.MEDIAL_COLLATERAL, (-42, -2, 2), (2.2, 9, 34))
    yield Shape(Tissue.LIGAMENT, (42, -2, 2), (2.2, 9, 34))
