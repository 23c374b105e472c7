"""The trunk of a real label map, seen whole or as the lumbar spine in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from common.errors import VolumeError
from phantoms import seeds
from phantoms.connective_tissue import Weave, weave
from phantoms.filling import HOLLOW, centred, fill, outline, shell_of_bone
from phantoms.spinal_canal import SacMeasures, add_rings, add_sac, body_of, canal_line, places_of
from phantoms.spine_places import DiscPlace
from phantoms.structures import Structures
from phantoms.tissue_map import Labels, Mask, TissueMap, is_one_of, shrunk
from phantoms.tissues import Tissue

_LEVELS = ("T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1")
_SKIN_MM = 2.0
_BODY_HALF_WIDTH_MM = 27.0

_WEAVE = Weave(
    septa=0.03,
    fascia=0.015,
    islands=0.03,
    trabeculae=0.005,
    vessels={(Tissue.FAT, Tissue.VEIN): 60, (Tissue.LIVER, Tissue.BLOOD_VESSEL): 25, (Tissue.LUNG, Tissue.VEIN): 80},
)


@dataclass(frozen=True, slots=True)
class _Habitus:
    """What differs between the people that one map stands for: mm."""

    fat_mm: float
    ring_mm: float
    dry_discs: frozenset[str]
    conus_over_l2_mm: float


def _draw_habitus(variant: int) -> _Habitus:
    random = seeds.generator(variant, "trunk")
    fat_mm = (12.0, 5.0, 28.0)[variant % 3] * random.uniform(0.85, 1.2)
    dry = frozenset(f"{name}" for name in ("L4-L5", "L5-S1", "L3-L4", "T12-L1") if random.random() < 0.3)
    return _Habitus(fat_mm, random.uniform(3.0, 6.0), dry, random.uniform(-5.0, 35.0))


def complete_trunk(tissue_map: TissueMap, structures: Structures, variant: int) -> TissueMap:
    """Canal, shells of bone, renal medulla, lungs, content of the bowel, fat and skin; the origin in the middle.

    Args:
        tissue_map: labelled structures on their grid.
        structures: on the same grid, by their names.
        variant: which of the people that the map stands for.
    """
    habitus, mm = _draw_habitus(variant), tissue_map.spacing_mm
    labels, known = tissue_map.labels.copy(), tissue_map.labels > 0
    if not structures.vertebrae.any():
        return replace(centred(tissue_map, known), labels=_with_flesh(labels, known, habitus, variant, mm))
    line = canal_line(structures.vertebrae, mm)
    bodies = {name: body_of(structures.vertebrae, name, line, mm, _BODY_HALF_WIDTH_MM) for name in _LEVELS}
    bodies = {name: body for name, body in bodies.items() if body.any()}
    sac = _sac(bodies, habitus, mm)
    add_sac(labels, line, sac, mm)
    finished = replace(centred(tissue_map, known), labels=_with_flesh(labels, known, habitus, variant, mm))
    places = places_of(finished, bodies, line, sac)
    _dry_out(finished, places.discs, habitus.dry_discs)
    return replace(finished, spine=places)


def _with_flesh(labels: Labels, known: Mask, habitus: _Habitus, variant: int, mm: float) -> Labels:
    """Shells of bone, insides of organs, fat and skin, in place."""
    shell_of_bone(labels, 1.3, mm)
    add_rings(labels, habitus.ring_mm, mm)
    _fill_organs(labels, known, mm)
    body = outline(known, habitus.fat_mm, mm)
    fill(labels, body, Tissue.FAT)
    labels[body & ~shrunk(body, _SKIN_MM, mm)] = Tissue.SKIN
    weave(labels, mm, seeds.generator(variant, "trunk", "weave"), _WEAVE)
    return labels


def around_lumbar_spine(tissue_map: TissueMap) -> TissueMap:
    """The same trunk with its origin in the middle of L3.

    Raises:
        VolumeError: the map does not show the discs of L3.
    """
    if tissue_map.spine is None or not {"L2-L3", "L3-L4"} <= tissue_map.spine.discs.keys():
        raise VolumeError(
            "A label map of the abdomen shows no lumbar spine.",
            remedy="Label the vertebrae (Lumbar1 to Lumbar5, Sacrum) and the discs between them.",
        )
    above, below = (np.array(tissue_map.spine.discs[level].middle_mm) for level in ("L2-L3", "L3-L4"))
    return moved(tissue_map, (above + below) / 2)


def _sac(bodies: dict[str, Mask], habitus: _Habitus, mm: float) -> SacMeasures:
    middle_of_l2 = np.argwhere(bodies["L2"])[:, 2].mean() * mm if "L2" in bodies else 0.0
    return SacMeasures((9.5, 7.8), (5.0, 4.2), float(middle_of_l2 + habitus.conus_over_l2_mm))


def _fill_organs(labels: Labels, known: Mask, mm: float) -> None:
    kidney = labels == Tissue.RENAL_CORTEX
    labels[shrunk(kidney, 6, mm)] = Tissue.RENAL_MEDULLA
    cage = outline(known, 0.0, mm)
    _add_lungs(labels, shrunk(cage, 10, mm), mm)
    _add_chest_wall(labels, cage & ~shrunk(cage, 10, mm), mm)
    bowel = shrunk(is_one_of(labels, Tissue.BOWEL), 2.5, mm)
    blobs = _blobs(labels.shape, mm)
    labels[bowel & (blobs > 0.35)] = HOLLOW
    labels[bowel & (blobs < -0.2)] = Tissue.STOMACH_CONTENT


def _blobs(shape: tuple[int, ...], mm: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A wavy field in -1..1 with a wavelength of some 40 mm."""
    x, y, z = (axis * mm / 7.0 for axis in np.ogrid[tuple(slice(0, size) for size in shape)])
    return np.asarray((np.sin(x + np.sin(y * 0.7)) + np.sin(y + np.sin(z * 0.8)) + np.sin(z + np.sin(x * 0.6))) / 3)


def _add_lungs(labels: Labels, inner: Mask, mm: float) -> None:
    """Over the domes of the diaphragm, which fall off towards the wall, to both sides of the spine and the heart."""
    heights = np.flatnonzero((labels == Tissue.LIVER).any(axis=(0, 1)))
    if len(heights) == 0:
        return
    x, y, z = np.ogrid[tuple(slice(0, size) for size in labels.shape)]
    where = np.argwhere(inner[:, :, heights[-1]])
    centre, half = where.mean(axis=0), np.maximum((where.max(axis=0) - where.min(axis=0)) / 2, 1)
    aside = np.abs((x - centre[0]) / half[0])
    fall = 70 * (((aside - 0.45) / 0.55) ** 2 + ((y - centre[1] - 0.1 * half[1]) / half[1]) ** 2)
    above = z * mm > heights[-1] * mm + 4 - fall
    lungs = above & inner & (aside > 0.16)
    fill(labels, lungs, Tissue.LUNG)
    fill(labels, above & inner & (aside <= 0.5) & (y > centre[1]), Tissue.MYOCARDIUM)


def _add_chest_wall(labels: Labels, wall: Mask, mm: float) -> None:
    """Muscle between the ribs."""
    heights = np.flatnonzero((labels == Tissue.LIVER).any(axis=(0, 1)))
    if len(heights):
        bottom = max(0, round(heights[-1] - 90 / mm))
        fill(labels[:, :, bottom:], wall[:, :, bottom:], Tissue.MUSCLE)


def _dry_out(tissue_map: TissueMap, discs: Mapping[str, DiscPlace], dry: frozenset[str]) -> None:
    """Discs without water, in place."""
    mm, origin = tissue_map.spacing_mm, np.array(tissue_map.origin_mm)
    for level in dry & discs.keys():
        place = discs[level]
        middle, half = (np.array(place.middle_mm) - origin) / mm, np.array(place.half_mm) / mm + 2
        box = tuple(slice(max(0, int(m - h)), int(m + h) + 1) for m, h in zip(middle, half, strict=True))
        here = tissue_map.labels[box]
        here[here == Tissue.DISC] = Tissue.ANNULUS


def moved(tissue_map: TissueMap, origin_at_mm: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> TissueMap:
    """The same map with another origin, its spine's places too."""
    x, y, z = (-float(value) for value in origin_at_mm)
    origin = tissue_map.origin_mm
    spine = None if tissue_map.spine is None else tissue_map.spine.moved((x, y, z))
    return replace(tissue_map, origin_mm=(origin[0] + x, origin[1] + y, origin[2] + z), spine=spine)
