"""The chest around the heart: chambers, great vessels, lungs, ribs, spine, the organs under the diaphragm."""

from collections.abc import Iterator

from phantoms.anatomy_ribs import rib_cage
from phantoms.habitus import Habitus
from phantoms.shapes import Form, Shape, Triple, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_MIDDLE = (30.0, -22.0, 0.0)  # of the chest; the left ventricle is at the origin
_AXIS_DEG = (33.0, 51.0, 0.0)  # turns the body's long axis onto the left ventricle's, from apex to base
_TO_BASE = (0.65, -0.55, 0.52)


def heart(habitus: Habitus) -> Iterator[Shape]:
    """The chest, the left ventricle near the origin."""
    yield from _chest_wall(habitus)
    yield from _lungs(habitus)
    yield from _below_diaphragm(habitus)
    yield from _great_vessels(habitus)
    yield from _chambers(habitus)


def _chest_wall(habitus: Habitus) -> Iterator[Shape]:
    x, y, _ = _MIDDLE
    wide, deep, fat = 150 * habitus.breadth, 101.0, 14 * habitus.fat
    rings = ((fat + 2, Tissue.SKIN), (fat, Tissue.FAT), (0.0, Tissue.MUSCLE), (-5, Tissue.FAT), (-6.5, Tissue.MUSCLE))
    for more, tissue in (*rings, (-17.0, Tissue.FAT)):
        yield Shape(tissue, (x, y, 0), (wide + more, deep + more, 320), Form.CYLINDER)
    for side in _SIDES:
        yield Shape(Tissue.FAT, (x + 70 * side, y + 92, 10), (58, 16 + 22 * max(habitus.fat - 1, 0), 60))  # breast
        yield Shape(Tissue.MUSCLE, (x + 74 * side, y + 78, 60), (58, 17 * habitus.muscle, 64))
        yield Shape(Tissue.MUSCLE, (x + 34 * side, y - 88, 0), (26, 12 * habitus.muscle, 320), Form.CYLINDER)
        yield Shape(Tissue.MUSCLE, (x + 100 * side, y - 66, 60), (34, 22, 90))  # around the shoulder blade
        yield Shape(Tissue.CORTICAL_BONE, (x + 92 * side, y - 70, 80), (42, 4, 60), turn_deg=(0, 0, 32 * side))
    yield from rib_cage((x, y, 0.0), (wide - 10, deep - 10), 190.0, spacing_mm=27.0)
    for step in range(-7, 8):
        z = 26.0 * step
        yield Shape(Tissue.ANNULUS, (x, -92, z + 13), (17, 15, 5), Form.VERTEBRA)
        yield Shape(Tissue.CORTICAL_BONE, (x, -92, z), (17, 15, 11), Form.VERTEBRA)
        yield Shape(Tissue.MARROW, (x, -92, z), (15.8, 13.8, 10), Form.VERTEBRA)
        yield Shape(Tissue.CORTICAL_BONE, (x, -116, z), (20, 6, 6))
        yield Shape(Tissue.CORTICAL_BONE, (x, -130, z - 8), (3, 12, 7))
    yield Shape(Tissue.CSF, (x, -116, 0), (8.5, 7.5, 320), Form.CYLINDER)
    yield Shape(Tissue.CORD, (x, -116, 0), (5, 4, 320), Form.CYLINDER)


def _lungs(habitus: Habitus) -> Iterator[Shape]:
    x, y, _ = _MIDDLE
    for side in _SIDES:
        yield Shape(Tissue.LUNG, (x + 70 * side, y + 2, 38), (60 * habitus.breadth, 82, 150))
        yield Shape(Tissue.LUNG, (x + 64 * side, y - 34, 24), (50, 50, 150))
    size = habitus.around(1.0, 0.1)
    yield Shape(Tissue.FAT, (x - 14, 2, 4), (60 * size, 54, 70))  # mediastinum
    yield Shape(Tissue.FAT, (x, -30, 30), (26, 50, 130))
    yield Shape(Tissue.FAT, (x - 2, 46, 30), (18, 34, 100))


def _below_diaphragm(habitus: Habitus) -> Iterator[Shape]:
    x, dome = _MIDDLE[0], habitus.around(-46.0, 0.25)
    organ = habitus.organs
    for outer, inside in ((3.0, False), (0.0, True)):  # the diaphragm is a thin muscle over liver and stomach
        liver, spleen = (Tissue.LIVER, Tissue.SPLEEN) if inside else (Tissue.MUSCLE, Tissue.MUSCLE)
        yield Shape(liver, (x + 62, -14, dome - 82), (82 * organ + outer, 80 + outer, 78 + outer))
        yield Shape(liver, (x, 16, dome - 74), (72 + outer, 50 + outer, 50 + outer))
        yield Shape(spleen, (x - 98, -50, dome - 66), (36 + outer, 42 + outer, 44 + outer))
    yield Shape(Tissue.BOWEL, (x - 72, 10, dome - 62), (44, 44, 48))
    yield Shape(Tissue.STOMACH_CONTENT, (x - 72, 2, dome - 66), (38, 36, 38 * habitus.fluid))
    yield Shape(Tissue.AIR, (x - 72, 26, dome - 48), (32, 18, 20))


def _great_vessels(habitus: Habitus) -> Iterator[Shape]:
    blood, aorta = Tissue.BLOOD_VESSEL, habitus.around(12.5, 0.15)
    descending = [(8.0, -66.0, -220.0), (8.0, -66.0, 60.0)]
    arch = [(8.0, -66.0, 60.0), (10.0, -56.0, 90.0), (24.0, -30.0, 102.0), (38.0, -6.0, 84.0), (32.0, -6.0, 26.0)]
    for course, radius, wall in ((descending, aorta - 1.5, 1.5), (arch, aorta, 1.5)):
        yield from tube(course, radius + wall, Tissue.MUSCLE)
        yield from tube(course, radius, blood)
    yield from tube([(22, 26, 30), (16, 8, 58), (6, -18, 66), (-30, -32, 62)], 11.5, blood)  # pulmonary trunk
    yield from tube([(10, -16, 64), (52, -32, 54), (84, -40, 44)], 9.0, blood)
    yield from tube([(62, -16, 130), (60, -10, 30)], 9.5, blood)  # superior vena cava
    yield from tube([(58, -20, -170), (60, -8, -10)], 11.0, blood)
    for side in _SIDES:
        for z in (34.0, 6.0):  # pulmonary veins
            yield from tube([(30, -50, 20), (30 + 46 * side, -58, z), (30 + 80 * side, -66, z)], (6.5, 4.0), blood)
    yield from tube([(32, -44, 190), (32, -46, 66)], 10.5, Tissue.CARTILAGE)
    yield from tube([(32, -44, 190), (32, -46, 66)], 8.5, Tissue.AIR)
    for side in _SIDES:
        yield from tube([(32, -46, 68), (32 + 42 * side, -50, 38)], 6.0, Tissue.AIR)
    yield from tube([(24, -66, 190), (14, -62, -60)], 5.0, Tissue.MUSCLE)  # gullet


def _chambers(habitus: Habitus) -> Iterator[Shape]:
    """Four chambers; the left ventricle's wall is thick, its axis points left, forward and down."""
    size, wall = habitus.organs, habitus.around(10.0, 0.25)
    filled = 0.8 + 0.2 * habitus.fluid  # diastole or systole
    yield Shape(Tissue.MUSCLE, (60, 2, 6), (27 * size, 29 * size, 35))  # right atrium and its wall
    yield Shape(Tissue.BLOOD_VESSEL, (60, 2, 6), (25 * size, 27 * size, 33))
    yield Shape(Tissue.MUSCLE, (30, -44, 20), (37 * size, 23, 27))
    yield Shape(Tissue.BLOOD_VESSEL, (30, -44, 20), (35 * size, 21, 25))  # left atrium
    right = (26.0, 30.0, -14.0)
    yield Shape(Tissue.MYOCARDIUM, right, (50 * size, 30 * size, 38 * size), turn_deg=(12, 12, -24))
    yield Shape(Tissue.BLOOD_VESSEL, right, (46 * size, 26 * size, 34 * size * filled), turn_deg=(12, 12, -24))
    middle, long = _along_axis(4), 50 * size
    outer = 23 * filled * size + wall
    yield Shape(Tissue.MYOCARDIUM, middle, (outer, outer, long + 6), turn_deg=_AXIS_DEG)
    cavity = outer - wall
    yield Shape(Tissue.BLOOD_VESSEL, _along_axis(12), (cavity, cavity, long - 4), turn_deg=_AXIS_DEG)
    for out, forward in ((-12.0, 6.0), (8.0, 12.0)):  # papillary muscles
        start, end = _along_axis(-22, out, forward), _along_axis(6, out, forward)
        yield from tube([start, end], (5.5, 3.0), Tissue.MYOCARDIUM)
    yield Shape(Tissue.FAT, (44, 6, 16), (5, 26, 24), inside=frozenset({Tissue.MYOCARDIUM, Tissue.MUSCLE}))


def _along_axis(mm: float, right: float = 0.0, forward: float = 0.0) -> Triple:
    """A point on the left ventricle's axis, so far from its middle towards the base, or aside of it."""
    return _TO_BASE[0] * mm - 8 + right, _TO_BASE[1] * mm + 6 + forward, _TO_BASE[2] * mm - 12
