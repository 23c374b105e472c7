"""The chest around the heart, and the shoulder."""

from collections.abc import Iterator

from phantoms.shapes import Form, Shape, ball
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)


def heart() -> tuple[Shape, ...]:
    """The chest, the left ventricle near the origin."""
    return (*_chest_wall(), *_lungs_and_liver(), *_great_vessels(), *_chambers())


def _chest_wall() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (30, -22, 0), (178, 128, 320), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (30, -22, 0), (160, 110, 320), Form.CYLINDER)
    for step in range(-6, 7):
        for side in _SIDES:
            yield Shape(Tissue.CORTICAL_BONE, (30 + 143 * side, -10, 34.0 * step), (9, 70, 7))
            yield Shape(Tissue.MARROW, (30 + 143 * side, -10, 34.0 * step), (7, 66, 5))
    for step in range(-7, 8):
        yield Shape(Tissue.CORTICAL_BONE, (32, -92, 26.0 * step), (17, 15, 11), Form.BOX)
        yield Shape(Tissue.MARROW, (32, -92, 26.0 * step), (15.5, 13.5, 9.8), Form.BOX)
    yield Shape(Tissue.CSF, (32, -117, 0), (9, 8, 320), Form.CYLINDER)
    yield Shape(Tissue.CORD, (32, -117, 0), (5, 4, 320), Form.CYLINDER)


def _lungs_and_liver() -> Iterator[Shape]:
    for side in _SIDES:
        yield Shape(Tissue.LUNG, (30 + 74 * side, -26, 40), (66, 92, 150))
    yield Shape(Tissue.FAT, (22, -6, 10), (66, 62, 74))  # mediastinum
    yield Shape(Tissue.LIVER, (84, 0, -108), (98, 88, 74))
    yield Shape(Tissue.SPLEEN, (-82, -50, -112), (34, 42, 46))
    yield Shape(Tissue.STOMACH_CONTENT, (-52, 20, -116), (42, 36, 44))
    yield Shape(Tissue.AIR, (-52, 40, -96), (26, 16, 18))


def _great_vessels() -> Iterator[Shape]:
    yield Shape(Tissue.BLOOD_VESSEL, (8, -66, 0), (11, 11, 320), Form.CYLINDER)  # descending aorta
    yield Shape(Tissue.BLOOD_VESSEL, (36, -4, 78), (15, 15, 44), Form.CYLINDER)
    yield Shape(Tissue.BLOOD_VESSEL, (14, 10, 62), (13, 13, 28), Form.CYLINDER)
    yield Shape(Tissue.BLOOD_VESSEL, (60, -14, 72), (10, 10, 60), Form.CYLINDER)
    yield Shape(Tissue.AIR, (32, -40, 96), (9, 9, 46), Form.CYLINDER)


def _chambers() -> Iterator[Shape]:
    """Four chambers; the left ventricle's wall is thick, its axis points left, forward and down."""
    yield Shape(Tissue.BLOOD_VESSEL, (62, 4, 12), (26, 28, 32))  # right atrium
    yield Shape(Tissue.BLOOD_VESSEL, (26, -44, 22), (36, 24, 26))  # left atrium
    yield Shape(Tissue.MYOCARDIUM, (30, 34, -6), (46, 25, 36))
    yield Shape(Tissue.BLOOD_VESSEL, (30, 33, -5), (42, 21, 32))  # right ventricle
    for step in range(-4, 5):  # a row of balls along the axis makes the wall, then the cavity
        yield ball((-4 - 5.5 * step, 0 + 5.0 * step, -4 - 4.0 * step), 33 - 0.8 * step * (step > 0), Tissue.MYOCARDIUM)
    for step in range(-5, 4):
        yield ball(
            (-4 - 5.5 * step, 0 + 5.0 * step, -4 - 4.0 * step), 22 - 1.2 * step * (step > 0), Tissue.BLOOD_VESSEL
        )
    for x, y in ((-14.0, 14.0), (8.0, 6.0)):
        yield ball((x, y, -8), 4.5, Tissue.MYOCARDIUM)  # papillary muscles


def shoulder() -> tuple[Shape, ...]:
    """A right shoulder, the humeral head at the origin, the body to its left."""
    return (*_around_the_joint(), *_bones_of_the_shoulder(), *_cuff())


def _around_the_joint() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (-118, -10, -60), (122, 104, 190))
    yield Shape(Tissue.MUSCLE, (-118, -10, -60), (108, 90, 172))
    yield Shape(Tissue.LUNG, (-112, -6, -76), (72, 74, 118))
    yield Shape(Tissue.FAT, (2, 0, -60), (58, 62, 124))
    yield Shape(Tissue.MUSCLE, (2, 0, -60), (50, 54, 116))  # deltoid and arm
    yield Shape(Tissue.FAT, (-34, 6, -56), (26, 42, 40))  # axilla
    yield Shape(Tissue.BLOOD_VESSEL, (-48, 14, -40), (5, 5, 90), Form.CYLINDER)
    for step in range(5):
        yield Shape(Tissue.CORTICAL_BONE, (-72 - 6.0 * step, -8, -20 - 28.0 * step), (12, 62, 5))
        yield Shape(Tissue.MARROW, (-72 - 6.0 * step, -8, -20 - 28.0 * step), (10, 60, 3.6))


def _bones_of_the_shoulder() -> Iterator[Shape]:
    yield Shape(Tissue.CORTICAL_BONE, (6, 0, -86), (13, 13, 84), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (6, 0, -86), (8.5, 8.5, 84), Form.CYLINDER)
    yield ball((0, 0, 0), 25.5, Tissue.CARTILAGE)
    yield ball((0, 0, 0), 24, Tissue.CORTICAL_BONE)
    yield Shape(Tissue.CORTICAL_BONE, (12, 6, -8), (16, 15, 19))  # greater tuberosity
    yield ball((0, 0, 0), 22.6, Tissue.MARROW)
    yield Shape(Tissue.MARROW, (12, 6, -8), (14.6, 13.6, 17.6))
    yield Shape(Tissue.FLUID, (-24, 0, -2), (2.2, 15, 17))
    yield Shape(Tissue.CARTILAGE, (-27.5, 0, -2), (3, 14, 18))
    yield Shape(Tissue.CORTICAL_BONE, (-37, -3, -4), (10, 13, 19))
    yield Shape(Tissue.MARROW, (-37, -3, -4), (8.6, 11.6, 17.6))
    yield Shape(Tissue.CORTICAL_BONE, (-70, -28, -34), (36, 6, 48))  # scapula
    yield Shape(Tissue.MARROW, (-70, -28, -34), (33, 3.6, 45))
    yield Shape(Tissue.CORTICAL_BONE, (-4, -12, 37), (24, 17, 6))  # acromion
    yield Shape(Tissue.MARROW, (-4, -12, 37), (22, 15, 4.4))
    yield Shape(Tissue.CORTICAL_BONE, (-62, 10, 40), (36, 8, 7))  # clavicle
    yield Shape(Tissue.MARROW, (-62, 10, 40), (34, 6, 5))
    yield Shape(Tissue.CORTICAL_BONE, (-32, 24, 16), (8, 12, 8))  # coracoid
    yield Shape(Tissue.MARROW, (-32, 24, 16), (6, 10, 6))


def _cuff() -> Iterator[Shape]:
    bones = frozenset({Tissue.MUSCLE, Tissue.FAT, Tissue.LUNG})
    yield Shape(Tissue.FAT, (-28, -4, 28), (46, 22, 3.4), inside=bones)
    yield Shape(Tissue.MUSCLE, (-66, -10, 22), (40, 15, 12), inside=bones)  # supraspinatus
    yield Shape(Tissue.SUPRASPINATUS_TENDON, (-2, 2, 25.5), (27, 14, 4.6), inside=bones)
    yield Shape(Tissue.LIGAMENT, (-6, 26, -4), (18, 4.5, 16), inside=bones)  # subscapularis tendon
    yield Shape(Tissue.LIGAMENT, (4, 20, -36), (3, 3, 44), inside=bones)  # long head of biceps
    for z in (-20.0, 17.0):
        yield Shape(Tissue.MENISCUS, (-25, 0, z), (3.4, 8, 3.4))  # labrum
