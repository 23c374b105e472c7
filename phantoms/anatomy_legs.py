"""Thighs or calves: bone with fatty marrow, muscles up to the fascia, vessels, nerves; both legs, or one."""

from collections.abc import Iterator

from phantoms.habitus import Habitus
from phantoms.muscle_groups import Muscle
from phantoms.shapes import Form, Shape, Triple, ball, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_ONE_LEG = 3  # the variant scanned with a knee coil around one leg
_LONG_MM = 420.0
# Outward, anterior, reach: what the leg on the right (side +1) has; mirrored on the left.
_THIGH = (
    (6, 60, 0.8), (46, 30, 1.35), (-38, 30, 1.1), (8, 30, 0.95), (-58, 12, 0.6), (-30, -14, 1.3), (-62, -16, 0.6),
    (34, -46, 1.0), (4, -58, 0.8), (-26, -52, 0.95),
)  # fmt: skip
_CALF = (
    (-26, -40, 1.15), (24, -38, 1.05), (2, -14, 1.3), (26, 22, 0.95), (12, 30, 0.6), (42, 6, 0.7), (-4, 6, 0.75),
)  # fmt: skip


def upper_legs(habitus: Habitus) -> Iterator[Shape]:
    """Thighs, side by side."""
    apart = 86 + 12 * habitus.fat
    for x, side in _legs(habitus, apart):
        yield from _limb((x, 0, 130), (74 * habitus.muscle, 77 * habitus.muscle, 640), 9 * habitus.fat)
        yield from _shaft((x + 6 * side, 8), habitus.around(14.5, 0.1), habitus.around(7.5, 0.15))
        vessel = [(x - 22 * side, 30, 240), (x - 34 * side, 6, 0), (x - 18 * side, -24, -240)]
        yield from tube(vessel, 4.2, Tissue.BLOOD_VESSEL)
        yield from tube([(px + 7, py - 4, pz) for px, py, pz in vessel], 5.0, Tissue.BLOOD_VESSEL)
        yield from tube([(x + 8 * side, -30, 240), (x + 4 * side, -32, -240)], 4.0, Tissue.NERVE)
        yield from tube([(x - 66 * side, 34, 240), (x - 74 * side, -6, -240)], 2.0, Tissue.VEIN)


def lower_legs(habitus: Habitus) -> Iterator[Shape]:
    """Calves, side by side."""
    for x, side in _legs(habitus, 74 + 10 * habitus.fat):
        yield from _limb((x, -4, 70), (50 * habitus.muscle, 54 * habitus.muscle, 360), 6 * habitus.fat)
        yield from _tibia(x - 14 * side, 26, side)
        yield from _shaft((x + 28 * side, -2), 6.5, 3.0)
        for at in ((4, 2), (0, -14), (-8, 8)):
            yield from tube([(x + at[0] * side, at[1], 240), (x + at[0] * side, at[1] + 4, -240)], 2.6, Tissue.VEIN)
        yield ball((x - 46 * side, 4, 0), 2, Tissue.VEIN)


def _legs(habitus: Habitus, apart_mm: float) -> Iterator[tuple[float, float]]:
    """The middle of each leg that lies in the coil, and its side."""
    if habitus.variant == _ONE_LEG:
        yield 0.0, 1.0
        return
    for side in _SIDES:
        yield apart_mm * side, side


def _limb(centre: Triple, flesh_mm: Triple, fat_mm: float) -> Iterator[Shape]:
    for more, tissue in ((fat_mm + 2, Tissue.SKIN), (fat_mm, Tissue.FAT), (1.3, Tissue.LIGAMENT), (0, Tissue.MUSCLE)):
        yield Shape(tissue, centre, (flesh_mm[0] + more, flesh_mm[1] + more, flesh_mm[2] + more))


def _shaft(centre: tuple[float, float], outer_mm: float, inner_mm: float) -> Iterator[Shape]:
    yield Shape(Tissue.FAT, (*centre, 0), (outer_mm + 1, outer_mm + 1, _LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.CORTICAL_BONE, (*centre, 0), (outer_mm, outer_mm, _LONG_MM), Form.CYLINDER)
    yield Shape(Tissue.MARROW, (*centre, 0), (inner_mm, inner_mm, _LONG_MM), Form.CYLINDER)


def _tibia(x: float, y: float, side: float) -> Iterator[Shape]:
    """Three-edged: its inner face lies under the skin."""
    for shell, tissue in ((0.0, Tissue.CORTICAL_BONE), (5.0, Tissue.MARROW)):
        yield Shape(tissue, (x, y - 4, 0), (14 - shell, 11 - shell, _LONG_MM), Form.CYLINDER)
        yield Shape(tissue, (x - 2 * side, y + 4, 0), (9 - shell, 14 - shell, _LONG_MM), Form.CYLINDER)


def thigh_muscles(habitus: Habitus) -> list[Muscle]:
    """The muscles of the thighs that are in the coil."""
    return [
        Muscle(x + side * out * habitus.muscle, front * habitus.muscle, reach)
        for x, side in _legs(habitus, 86 + 12 * habitus.fat)
        for out, front, reach in _THIGH
    ]


def calf_muscles(habitus: Habitus) -> list[Muscle]:
    """The muscles of the calves that are in the coil."""
    return [
        Muscle(x + side * out * habitus.muscle, front * habitus.muscle, reach)
        for x, side in _legs(habitus, 74 + 10 * habitus.fat)
        for out, front, reach in _CALF
    ]
