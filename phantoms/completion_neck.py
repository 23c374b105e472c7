"""The neck of a real label map of head and neck: spine with discs and cord, airway, muscles, brain, chest top, skin."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from phantoms import seeds
from phantoms.connective_tissue import Weave, weave
from phantoms.cranial_filling import fill_cranium
from phantoms.filling import HOLLOW, fill, outline, paint_ball, shell_of_bone
from phantoms.label_names import VERTEBRAE
from phantoms.spinal_canal import (
    Line,
    SacMeasures,
    add_discs,
    add_rings,
    add_sac,
    body_of,
    canal_line,
    places_of,
    straightened,
)
from phantoms.structures import Structures
from phantoms.tissue_map import Labels, Mask, TissueMap, grown, shrunk
from phantoms.tissues import Tissue

_LEVELS = ("C2", "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4", "T5")
_LANDMARKS = ("skull", "mandible", "atlas", "cervical5", "thyroid_cartilage", "cricoid", "clavicle", "rib")
_BODY_HALF_WIDTH_MM = 13.0
_DISC_GAP_MM = 6.6
_ABOVE_C5_MM, _ASIDE_MM = 165.0, 135.0  # the largest field of view reaches no farther
_SIDES = (-1, 1)
# The airway: beside which structure, how far from it (right, anterior, superior), half-axes (right, anterior), mm.
_AIRWAY: tuple[tuple[str, tuple[float, float, float], tuple[float, float]], ...] = (
    ("C2", (0, 12, 24), (12.0, 8.0)),
    ("C2", (0, 9, 0), (11.0, 5.0)),
    ("C3", (0, 8, 0), (9.0, 5.0)),
    ("thyroid_cartilage", (0, -4, 0), (5.0, 7.0)),
    ("cricoid", (0, 0, 0), (8.0, 8.5)),
    ("T1", (0, 15, 0), (8.5, 8.0)),
    ("T3", (0, 15, 0), (8.5, 8.0)),
    ("T5", (0, 14, -6), (9.0, 8.0)),
)
# Aside and in front of the canal's middle, half-axes, mm: multifidus, semispinalis, splenius, longissimus, levator;
# in front of the spine longus colli and scalenes.
_NECK_MUSCLES = (
    (8, -15, 6.0, 7.0), (13, -27, 10.5, 8.5), (20, -36, 12.0, 5.0), (25, -17, 8.0, 8.5), (33, -26, 7.5, 8.0),
    (9, 21, 6.5, 3.6), (29, 8, 7.0, 8.5),
)  # fmt: skip

_WEAVE = Weave(
    septa=0.02, islands=0.03, trabeculae=0.005, vessels={(Tissue.FAT, Tissue.VEIN): 40, (Tissue.LUNG, Tissue.VEIN): 40}
)


@dataclass(frozen=True, slots=True)
class _Habitus:
    """What differs between the people that one map stands for: thickness of fat in mm, bulk as a share."""

    fat_mm: float
    bulk: float
    sac_mm: tuple[float, float]
    ring_mm: float


def _draw_habitus(variant: int) -> _Habitus:
    random = seeds.generator(variant, "neck")
    fat_mm = (7.0, 3.5, 15.0)[variant % 3]
    sac_mm = (random.uniform(8.5, 10.0), random.uniform(6.2, 7.4))
    return _Habitus(fat_mm, (1.0, 0.85, 1.1)[variant % 3], sac_mm, random.uniform(2.0, 5.0))


def complete_neck(tissue_map: TissueMap, structures: Structures, variant: int) -> TissueMap:
    """From the orbits to the top of the chest, C5 at the origin.

    Args:
        tissue_map: labelled structures on their grid.
        structures: the same, by name.
        variant: which of the people that the map stands for.

    Raises:
        VolumeError: the map lacks a structure by which the rest is placed.
    """
    for needed in _LANDMARKS:
        if not structures.mask(needed).any():
            raise VolumeError(
                f"A label map of the neck names no structure like {needed}.",
                remedy=f"Label {', '.join(_LANDMARKS)}, or take the map out of the folder.",
            )
    habitus, mm = _draw_habitus(variant), tissue_map.spacing_mm
    structures, line = _straight(_cropped(structures, mm), mm)
    labels, vertebrae = structures.tissues, structures.vertebrae
    bodies = {name: body_of(vertebrae, name, line, mm, _BODY_HALF_WIDTH_MM) for name in _LEVELS}
    bodies = {name: body for name, body in bodies.items() if body.any()}
    add_discs(labels, bodies, _DISC_GAP_MM, mm)
    sac = SacMeasures(habitus.sac_mm, (6.4, 3.7))
    fill_cranium(labels, structures.mask("skull"), _foramen(vertebrae, line), mm)
    add_sac(labels, line, sac, mm)
    _add_airway(labels, structures, bodies, mm)
    _add_face(labels, structures, mm)
    _add_neck_muscles(labels, vertebrae, line, habitus.bulk, mm)
    _add_chest(labels, structures, mm)
    shell_of_bone(labels, 1.1, mm)
    add_rings(labels, habitus.ring_mm, mm)
    body = _body(labels, structures, habitus.fat_mm, mm)
    _fill_flesh(labels, shrunk(body, habitus.fat_mm + 1.5, mm), line, _heights(structures, mm), mm)
    fill(labels, body, Tissue.FAT)
    labels[body & ~shrunk(body, 1.8, mm)] = Tissue.SKIN
    weave(labels, mm, seeds.generator(variant, "neck", "weave"), _WEAVE)
    middle = np.argwhere(bodies["C5"]).mean(axis=0)
    middle[0] = line[round(float(middle[2])), 0]
    x, y, z = (-float(value) * mm for value in middle)
    finished = TissueMap(labels, mm, (x, y, z))
    return replace(finished, spine=places_of(finished, bodies, line, sac))


def _body(labels: Labels, structures: Structures, fat_mm: float, mm: float) -> Mask:
    """Head and neck each with an outline of its own, so that no fat bridges chin and chest."""
    head = structures.mask("skull|mandible|masseter|zygomatic|temporalis")
    neck = structures.tissues > 0
    lowest = int(np.argwhere(structures.mask("mandible"))[:, 2].min())
    highest = int(np.argwhere(neck & ~head)[:, 2].max())
    face = outline(head, fat_mm + 3, mm, smooth_mm=6.0)
    face[:, :, : max(0, lowest - round((fat_mm + 4) / mm))] = False
    trunk = outline(neck & ~head | (labels == Tissue.MUSCLE) & ~grown(head, 12, mm), fat_mm, mm, smooth_mm=6.0)
    trunk[:, :, highest + 1 :] = False
    return np.asarray(face | trunk)


def _heights(structures: Structures, mm: float) -> tuple[float, float]:
    """Of the skull's base and of the collar bones, mm over the lowest slice."""
    atlas = np.argwhere(structures.vertebrae == VERTEBRAE.index("C1") + 1)[:, 2]
    collar = np.argwhere(structures.mask("clavicle"))[:, 2]
    return float(atlas.max() + 2) * mm, float(np.median(collar)) * mm


def _fill_flesh(labels: Labels, core: Mask, line: Line, heights_mm: tuple[float, float], mm: float) -> None:
    """Muscle behind and beside the spine and on the chest wherever nothing else lies, sheets of fat in between."""
    top_mm, collar_mm = heights_mm
    x, y, z = np.ogrid[tuple(slice(0, size) for size in labels.shape)]
    nape = np.abs(x - line[:, 0]) * mm < 62
    behind = (y < line[:, 1] + (4 - 0.16 * np.maximum(z * mm - top_mm + 30, 0)) / mm) & nape & (z * mm < top_mm)
    sheets = np.abs(np.sin(x * mm / 4.6 + 1.5 * np.sin(y * mm / 9.0)) + np.sin(y * mm / 5.3 + z * mm / 60)) < 0.22
    shoulders = z * mm < collar_mm - 0.25 * np.abs(x - line[:, 0]) * mm
    fill(labels, core & (behind | shoulders) & ~sheets, Tissue.MUSCLE)


def _cropped(structures: Structures, mm: float) -> Structures:
    """What fields of view around the neck can reach."""
    where = np.argwhere(structures.vertebrae == VERTEBRAE.index("C5") + 1)
    x, _, z = where.mean(axis=0)
    top, aside = round(z + _ABOVE_C5_MM / mm), round(_ASIDE_MM / mm)
    grid = structures.grid[max(0, round(x) - aside) : round(x) + aside, :, :top]
    return structures.on(np.ascontiguousarray(grid))


def _straight(structures: Structures, mm: float) -> tuple[Structures, Line]:
    line = canal_line(structures.vertebrae, mm)
    grid, line = straightened(structures.grid, line)
    return structures.on(grid), line


def _foramen(vertebrae: Labels, line: Line) -> NDArray[np.float64]:
    """The voxel in the middle of the canal at the top of the atlas."""
    top = int(np.argwhere(vertebrae == VERTEBRAE.index("C1") + 1)[:, 2].max())
    return np.array([*line[top], top])


def _middle(mask: Mask) -> NDArray[np.float64]:
    return np.asarray(np.argwhere(mask).mean(axis=0))


def _add_airway(labels: Labels, structures: Structures, bodies: dict[str, Mask], mm: float) -> None:
    """Nasopharynx to trachea in front of the spine, the gullet behind it."""
    seats = {name: _middle(body) + np.array([0, 8.5 / mm, 0]) for name, body in bodies.items()}
    seats |= {name: _middle(structures.mask(name)) for name in ("thyroid_cartilage", "cricoid")}
    course = [(seats[name] + np.array(away) / mm, radii) for name, away, radii in _AIRWAY if name in seats]
    for (start, first), (end, last) in pairwise(course):
        for share in np.linspace(0, 1, 14):
            at = start + share * (end - start)
            wide, deep = np.array(first) + share * (np.array(last) - np.array(first))
            paint_ball(labels, at, (wide + 1.6, deep + 1.6, 5.0), mm, tissue=Tissue.MUSCLE)
            paint_ball(labels, at, (wide, deep, 5.0), mm, tissue=HOLLOW, where=_free_or_muscle(labels))
            if end[2] < seats["cricoid"][2] + 1:
                paint_ball(labels, at - np.array((0, 11, 0)) / mm, (7, 3.5, 5), mm, tissue=Tissue.MUSCLE)


def _free_or_muscle(labels: Labels) -> Mask:
    return np.asarray((labels == Tissue.AIR) | (labels == Tissue.MUSCLE))


def _add_face(labels: Labels, structures: Structures, mm: float) -> None:
    """Tongue and floor of the mouth within the mandible, nose and sinuses in front of the skull base, eyes."""
    jaw = np.argwhere(structures.mask("mandible"))
    low, high = jaw.min(axis=0), jaw.max(axis=0)
    edge = np.array([(low[0] + high[0]) / 2, high[1], high[2]])  # over the chin, at the height of the jaw's joints

    def at(right: float, back: float, up: float) -> NDArray[np.float64]:
        return np.asarray(edge + np.array([right, -back, up]) / mm)

    paint_ball(labels, at(0, 14, 2), (15, 26, 21), mm, tissue=HOLLOW)  # nose
    for side in _SIDES:
        paint_ball(labels, at(side * 24, 22, 0), (12, 15, 15), mm, tissue=HOLLOW)  # maxillary sinus
        paint_ball(labels, at(side * 31, 14, 32), (12, 12, 12), mm, tissue=Tissue.FLUID)  # eye
        paint_ball(labels, at(side * 40, 28, -20), (9, 22, 24), mm, tissue=Tissue.MUSCLE)  # cheek
    paint_ball(labels, at(0, 36, -30), (23, 32, 22), mm, tissue=Tissue.MUSCLE)  # tongue
    paint_ball(labels, at(0, 40, -50), (20, 30, 7), mm, tissue=Tissue.MUSCLE)
    paint_ball(labels, at(0, 4, -22), (26, 8, 18), mm, tissue=Tissue.MUSCLE)  # lips
    paint_ball(labels, at(0, 40, -8), (25, 34, 5), mm, tissue=Tissue.MUSCLE)  # palate


def _add_neck_muscles(labels: Labels, vertebrae: Labels, line: Line, bulk: float, mm: float) -> None:
    """The long muscles beside and behind the spine, parted by fat, from the skull to the chest."""
    top = int(np.argwhere(vertebrae == VERTEBRAE.index("C1") + 1)[:, 2].max())
    x, y = np.ogrid[: labels.shape[0], : labels.shape[1]]
    for z in range(top):
        here = labels[:, :, z]
        for aside, back, wide, deep in _NECK_MUSCLES:
            wave = 1 + 0.1 * np.sin(z * mm / 21 + aside)
            for side in _SIDES:
                right = (x - line[z, 0]) * mm - side * aside
                behind = (y - line[z, 1]) * mm - back * (bulk if back < 0 else 1)
                inside = (right / (wide * bulk * wave)) ** 2 + (behind / (deep * bulk / wave)) ** 2 < 1
                here[inside & (here == Tissue.AIR)] = Tissue.MUSCLE


def _add_chest(labels: Labels, structures: Structures, mm: float) -> None:
    """Lungs in the cage of the ribs, muscle between and outside of them, the shoulders."""
    ribs = structures.mask(r"^(rib|sternum|thoracic)")
    heights = np.flatnonzero(structures.mask("^rib").any(axis=(0, 1)))
    top = int(heights[-1])
    cage = outline(ribs[:, :, : top + 1], 0.0, mm, smooth_mm=4.0)
    inner = shrunk(cage, 9.0, mm)
    x = np.abs(np.arange(labels.shape[0]) - np.argwhere(ribs)[:, 0].mean())[:, None, None] * mm
    height = (top - np.arange(top + 1)) * mm
    aside = (x > 24) & (x < 24 + 2.2 * np.maximum(height - 8, 0))  # the apex is narrow
    part = labels[:, :, : top + 1]
    near = grown(part > 0, 3.3, mm)
    part[inner & aside & (part == Tissue.AIR) & ~near] = Tissue.LUNG
    fill(part, cage & ~inner, Tissue.MUSCLE)
    part[inner & (part == Tissue.AIR)] = Tissue.FAT  # mediastinum
    collar = np.argwhere(structures.mask("clavicle"))
    for side in (collar[:, 0].min(), collar[:, 0].max()):
        end = collar[np.abs(collar[:, 0] - side) < 6 / mm].mean(axis=0)
        paint_ball(labels, end - np.array((0, 0, 34)) / mm, (30, 36, 44), mm, tissue=Tissue.MUSCLE)
