"""The trunk: the upper abdomen with its organs, and the male pelvis around the prostate."""

from collections.abc import Iterator

from phantoms.shapes import Form, Shape, ball
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)


def abdomen() -> tuple[Shape, ...]:
    """The upper abdomen: lung bases to the lower poles of the kidneys."""
    return (*_abdominal_wall(), *_spine(), *_bowel(), *_solid_organs(), *_vessels())


def _abdominal_wall() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (0, 0, 0), (172, 116, 300), Form.CYLINDER)
    yield Shape(Tissue.MUSCLE, (0, 0, 0), (157, 101, 300), Form.CYLINDER)
    yield Shape(Tissue.FAT, (0, 6, 0), (146, 90, 300), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (40 * side, -76, 0), (28, 17, 300), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (36 * side, -48, -60), (15, 15, 75))  # psoas
        yield Shape(Tissue.AIR, (76 * side, -8, 158), (58, 70, 68))  # lung


def _spine() -> Iterator[Shape]:
    yield Shape(Tissue.CORTICAL_BONE, (0, -52, 0), (23, 18, 300), Form.CYLINDER)
    for step in range(-7, 8):
        yield Shape(Tissue.MARROW, (0, -52, 34.0 * step), (21, 16, 13), Form.BOX)
        yield Shape(Tissue.ANNULUS, (0, -52, 34.0 * step + 17), (20, 15, 3.2), Form.BOX)
    yield Shape(Tissue.CSF, (0, -78, 0), (9, 8, 300), Form.CYLINDER)
    yield Shape(Tissue.CORD, (0, -78, 150), (5, 4.5, 150), Form.CYLINDER)


def _bowel() -> Iterator[Shape]:
    for step in range(60):  # loops of small bowel with and without content, filling the lower abdomen
        x, y = -95.0 + 38.0 * (step % 6) + 9.0 * (step % 4), 18.0 + 26.0 * (step % 3)
        at = (x, y, -26.0 - 19.0 * (step // 6) - 7.0 * (step % 5))
        yield Shape(Tissue.BOWEL, at, (19 + 2.0 * (step % 4), 14, 12), folds=0.1)
        if step % 3 == 0:
            yield Shape(Tissue.AIR if step % 4 == 0 else Tissue.STOMACH_CONTENT, at, (13, 9, 8), folds=0.15)
    for side in _SIDES:
        yield Shape(Tissue.BOWEL, (116 * side, 10, -30), (20, 22, 90), folds=0.12)  # colon
        yield Shape(Tissue.STOMACH_CONTENT, (116 * side, 10, -30), (13, 15, 80), folds=0.2)
        yield Shape(Tissue.AIR, (116 * side, 20, 10), (10, 8, 30), folds=0.2)
    yield Shape(Tissue.BOWEL, (-58, 38, 52), (38, 32, 38))  # stomach
    yield Shape(Tissue.FLUID, (-60, 30, 50), (28, 20, 28))
    yield Shape(Tissue.AIR, (-56, 58, 56), (22, 9, 22))


def _solid_organs() -> Iterator[Shape]:
    yield Shape(Tissue.LIVER, (74, 2, 40), (68, 78, 66))
    yield Shape(Tissue.LIVER, (18, 44, 62), (64, 36, 34))
    yield Shape(Tissue.FLUID, (56, 52, 6), (13, 19, 21))  # gallbladder
    yield Shape(Tissue.SPLEEN, (-108, -34, 56), (26, 42, 46))
    yield Shape(Tissue.BOWEL, (-14, 16, 14), (54, 10, 11))  # pancreas
    for side in _SIDES:
        z = -12.0 if side > 0 else 0.0  # the right kidney lies lower
        yield Shape(Tissue.RENAL_CORTEX, (66 * side, -48, z), (26, 24, 54))
        yield Shape(Tissue.RENAL_MEDULLA, (63 * side, -46, z), (16, 14, 40), folds=0.2)
        yield Shape(Tissue.FAT, (54 * side, -42, z), (9, 8, 18))


def _vessels() -> Iterator[Shape]:
    yield Shape(Tissue.BLOOD_VESSEL, (-9, -22, 0), (10, 10, 300), Form.CYLINDER)
    yield Shape(Tissue.BLOOD_VESSEL, (20, -20, 0), (12, 10, 300), Form.CYLINDER)
    yield Shape(Tissue.BLOOD_VESSEL, (58, 2, 46), (38, 5, 5))
    yield Shape(Tissue.BLOOD_VESSEL, (62, -8, 74), (30, 4, 14))


def pelvis() -> tuple[Shape, ...]:
    """The male pelvis, the prostate at the origin."""
    return (*_pelvic_wall(), *_pelvic_organs(), *_prostate())


def _pelvic_wall() -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (0, -8, 0), (176, 122, 300), Form.CYLINDER)
    yield Shape(Tissue.CORTICAL_BONE, (0, -84, 52), (34, 14, 60))  # sacrum
    yield Shape(Tissue.MARROW, (0, -84, 52), (32, 12, 58))
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (86 * side, -74, 10), (62, 42, 130))
        yield Shape(Tissue.CORTICAL_BONE, (76 * side, 4, 26), (26, 30, 34))
        yield Shape(Tissue.MARROW, (76 * side, 4, 26), (23, 27, 31))
        yield ball((96 * side, 4, 12), 27, Tissue.CORTICAL_BONE)
        yield ball((96 * side, 4, 12), 25, Tissue.MARROW)  # femoral head
        yield Shape(Tissue.MUSCLE, (48 * side, 2, -2), (10, 42, 44))
        yield Shape(Tissue.CORTICAL_BONE, (17 * side, 50, -6), (15, 13, 19))
        yield Shape(Tissue.MARROW, (17 * side, 50, -6), (13, 11, 17))


def _pelvic_organs() -> Iterator[Shape]:
    for side in _SIDES:
        yield Shape(Tissue.MUSCLE, (52 * side, 74, -10), (32, 18, 150), Form.CYLINDER)  # adductors and pectineus
        yield Shape(Tissue.MUSCLE, (106 * side, 58, -10), (24, 24, 150), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (136 * side, 8, 20), (16, 44, 70))
        yield Shape(Tissue.BLOOD_VESSEL, (70 * side, 62, 0), (5.5, 5.5, 300), Form.CYLINDER)
        yield Shape(Tissue.BLOOD_VESSEL, (80 * side, 60, 0), (5, 5, 300), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (58 * side, -44, 14), (26, 8, 26))
        yield Shape(Tissue.CORTICAL_BONE, (62 * side, -38, -40), (15, 18, 20))
        yield Shape(Tissue.MARROW, (62 * side, -38, -40), (13, 16, 18))  # ischium
        yield Shape(Tissue.MUSCLE, (24 * side, 92, 60), (26, 6, 90), Form.CYLINDER)  # rectus abdominis
    for step in range(10):
        at = (-62.0 + 31.0 * (step % 5), 26.0 + 12.0 * (step % 3), 96.0 + 26.0 * (step // 5))
        yield Shape(Tissue.BOWEL, at, (19, 17, 14), folds=0.1)
    for x in (-14.0, -8.0, 8.0, 14.0):  # periprostatic veins
        yield Shape(Tissue.VEIN, (x, 23, -2), (3.5, 3, 18))
    yield Shape(Tissue.MUSCLE, (0, 14, 52), (44, 38, 32))
    yield Shape(Tissue.FLUID, (0, 14, 52), (40, 34, 28))  # bladder
    yield Shape(Tissue.MUSCLE, (0, -38, 0), (18, 15, 130), Form.CYLINDER)  # rectum
    yield Shape(Tissue.BOWEL, (0, -38, 0), (14, 11, 130), Form.CYLINDER)
    yield Shape(Tissue.AIR, (1, -35, 6), (8, 6, 26))
    for side in _SIDES:
        yield Shape(Tissue.FLUID, (15 * side, -14, 26), (13, 5.5, 7), folds=0.15)  # seminal vesicle
        yield Shape(Tissue.MUSCLE, (30 * side, -16, -10), (4, 26, 32))  # levator ani


def _prostate() -> Iterator[Shape]:
    yield Shape(Tissue.LIGAMENT, (0, 0, 0), (28, 21, 23))
    yield Shape(Tissue.PERIPHERAL_ZONE, (0, 0, 0), (26.5, 19.5, 21.5))
    yield Shape(Tissue.TRANSITION_ZONE, (0, 6, 3), (19, 12.5, 16), folds=0.1)
    yield Shape(Tissue.FLUID, (0, 4, 4), (1.6, 1.6, 18))  # urethra
