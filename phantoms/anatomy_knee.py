"""The knee: condyles, plateau, patella, menisci, ligaments."""

from collections.abc import Iterator

from phantoms.shapes import Form, Shape
from phantoms.tissues import Tissue

_COMPARTMENTS = (-1.0, 1.0)


def knee() -> tuple[Shape, ...]:
    """A right knee, its joint space at the origin."""
    return (*_soft_tissue(), *_femur(), *_tibia(), *_fibula(-1.0), *_patella(), *_joint())


def _soft_tissue() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (0, -2, 0), (64, 66, 300), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, -12, 120), (54, 50, 85))
    yield Shape(Tissue.MUSCLE, (0, -22, -120), (48, 42, 85))
    for x in (-26.0, 26.0):
        yield Shape(Tissue.MUSCLE, (x, -42, 20), (13, 12, 70))
    yield Shape(Tissue.BLOOD_VESSEL, (2, -42, 0), (4, 4, 300), Form.CYLINDER)


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


def _joint() -> Iterator[Shape]:
    for side in _COMPARTMENTS:
        for y in (-19.0, 15.0):
            yield Shape(Tissue.MENISCUS, (23 * side, y, 0), (13, 9, 4.2))
    yield Shape(Tissue.ANTERIOR_CRUCIATE, (0, -2, 5), (4, 18, 5))
    yield Shape(Tissue.POSTERIOR_CRUCIATE, (1, -22, 4), (4.5, 6, 15))
    yield Shape(Tissue.MEDIAL_COLLATERAL, (-42, -2, 2), (2.2, 9, 34))
    yield Shape(Tissue.LIGAMENT, (42, -2, 2), (2.2, 9, 34))
