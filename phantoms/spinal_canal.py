"""The spine of a real label map: the canal as what vertebrae surround, discs, thecal sac, cord and nerve roots."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from phantoms.label_names import VERTEBRAE
from phantoms.spine_places import DiscPlace, SpinePlaces
from phantoms.tissue_map import Labels, Mask, TissueMap, grown, is_one_of
from phantoms.tissues import Tissue

_DISC = (Tissue.DISC, Tissue.ANNULUS)
_FEWEST_SLICES = 5
_HALF_WIDTH_MM = 26.0  # the canal lies within this of the midline
Line = NDArray[np.float64]  # (z, 2): right and anterior voxel of a course at every height


@dataclass(frozen=True, slots=True)
class SacMeasures:
    """Half-axes (right, anterior) of the thecal sac and the cord, and the height over the lowest slice at which the
    cord ends, in mm.
    """

    sac_mm: tuple[float, float]
    cord_mm: tuple[float, float]
    cord_end_mm: float = -1.0


def canal_line(vertebrae: Labels, mm: float) -> Line:
    """The middle of the spinal canal at every height, smooth, going on straight beyond the spine.

    Between laminae the canal is open behind; only slices in which bone surrounds a hole on four sides count.

    Raises:
        VolumeError: nowhere do labelled vertebrae surround a canal.
    """
    bone = vertebrae > 0
    if not bone.any():
        raise _no_canal()
    middle = int(np.median(np.argwhere(bone)[:, 0]))
    reach = round(_HALF_WIDTH_MM / mm)
    bone = bone[middle - reach : middle + reach]
    hole = ~bone
    for axis in (0, 1):
        hole &= np.maximum.accumulate(bone, axis=axis)
        hole &= np.flip(np.maximum.accumulate(np.flip(bone, axis), axis=axis), axis)
    heights = [z for z in range(bone.shape[2]) if hole[:, :, z].sum() * mm**2 > 60]
    if len(heights) < _FEWEST_SLICES:
        raise _no_canal()
    offset = np.array([middle - reach, 0])
    found = np.array([_middle_of_hole(bone[:, :, z], hole[:, :, z], mm) + offset for z in heights])
    return np.stack([_smooth_course(np.array(heights), found[:, axis], bone.shape[2], mm) for axis in (0, 1)], axis=1)


def _no_canal() -> VolumeError:
    return VolumeError(
        "The vertebrae of a label map do not surround a spinal canal.",
        remedy="Name vertebrae such as Lumbar3, cervical5, atlas or axis, and label them with their arches.",
    )


def _middle_of_hole(bone: Mask, hole: Mask, mm: float) -> NDArray[np.float64]:
    """Halfway between the bone in front and the bone behind, in the columns around the hole's middle."""
    x, y = np.median(np.argwhere(hole), axis=0)
    near = np.asarray(bone[max(0, round(x - 3 / mm)) : round(x + 3 / mm) + 1].any(axis=0))
    behind, front = np.flatnonzero(near[: round(y)]), np.flatnonzero(near[round(y) :])
    return np.array([x, (behind[-1] + front[0] + round(y)) / 2 if len(behind) and len(front) else y])


def _smooth_course(heights: NDArray[np.int_], values: NDArray[np.float64], size: int, mm: float) -> NDArray[np.float64]:
    """Values at some heights as a smooth course over all; the ends go on at the slope of their last 40 mm."""
    every = np.arange(size)
    window = max(1, round(9 / mm))
    median = np.array([np.median(values[np.abs(heights - height) <= window]) for height in heights])
    course = np.interp(every, heights, median)
    for end, beyond in ((heights[0], every < heights[0]), (heights[-1], every > heights[-1])):
        near = np.abs(heights - end) < 40 / mm
        slope = np.polyfit(heights[near], median[near], 1)[0] if near.sum() > 3 else 0.0
        course[beyond] = course[end] + slope * (every[beyond] - end)
    width = round(8 / mm)
    bell = np.hanning(2 * width + 3)[1:-1]
    return np.convolve(np.pad(course, width, mode="reflect", reflect_type="odd"), bell / bell.sum(), mode="valid")


def straightened(grid: NDArray[np.uint16], line: Line) -> tuple[NDArray[np.uint16], Line]:
    """A map whose canal runs in one sagittal plane: every slice moved sideways by whole voxels."""
    middle = round(float(np.median(line[:, 0])))
    shifts = np.rint(middle - line[:, 0]).astype(int)
    moved = np.stack([np.roll(grid[:, :, z], shift, axis=0) for z, shift in enumerate(shifts)], axis=2)
    return moved, line + np.stack([shifts, np.zeros(len(shifts))], axis=1)


def body_of(vertebrae: Labels, name: str, line: Line, mm: float, half_width_mm: float) -> Mask:
    """The body of a vertebra: what lies in front of its canal, without the roots of the ribs and processes."""
    x, y = np.ogrid[: vertebrae.shape[0], : vertebrae.shape[1]]
    body = vertebrae == VERTEBRAE.index(name) + 1
    front = y[..., None] > line[:, 1] + 5.0 / mm
    return np.asarray(body & front & (np.abs(x[..., None] - line[:, 0]) < half_width_mm / mm))


def add_discs(labels: Labels, bodies: dict[str, Mask], gap_mm: float, mm: float) -> None:
    """Discs where a map has none: between neighbouring bodies, near to both."""
    for upper, lower in pairwise(bodies.values()):
        between = grown(upper, gap_mm, mm) & grown(lower, gap_mm, mm)
        box = _box(upper | lower)
        between[~box] = False
        labels[between & (labels == Tissue.AIR)] = Tissue.DISC


def _box(mask: Mask) -> Mask:
    """The smallest upright box around a mask, without the outermost tenth at the sides, where corners stand out."""
    inside = np.zeros(mask.shape, dtype=bool)
    where = np.argwhere(mask)
    low, high = np.quantile(where, 0.02, axis=0).astype(int), np.quantile(where, 0.98, axis=0).astype(int) + 1
    inside[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = True
    return inside


def add_rings(labels: Labels, ring_mm: float, mm: float) -> None:
    """The fibrous ring of each disc: what lies near its edge, but not near the endplates."""
    disc = labels == Tissue.DISC
    beside = ~disc & ~is_one_of(labels, Tissue.MARROW, Tissue.CORTICAL_BONE)
    labels[disc & grown(beside, ring_mm, mm)] = Tissue.ANNULUS


def add_sac(labels: Labels, line: Line, measures: SacMeasures, mm: float) -> None:
    """Fluid and cord around the canal's course, where nothing is labelled; roots below the end of the cord."""
    x, y = np.ogrid[: labels.shape[0], : labels.shape[1]]
    slope = np.gradient(line[:, 1])
    for z in range(labels.shape[2]):
        longer = np.sqrt(1 + slope[z] ** 2)  # an oblique section through the canal
        right, front = (x - line[z, 0]) * mm, (y - line[z, 1]) * mm / longer
        here = labels[:, :, z]
        sac = (right / measures.sac_mm[0]) ** 2 + (front / measures.sac_mm[1]) ** 2 < 1
        here[sac & (here == Tissue.AIR)] = Tissue.CSF
        taper = np.clip((z * mm - measures.cord_end_mm) / 25 + 0.25, 0, 1)  # the conus
        if z * mm > measures.cord_end_mm:
            cord = (right / measures.cord_mm[0]) ** 2 + (front / measures.cord_mm[1]) ** 2 < taper
            here[cord & (here == Tissue.CSF)] = Tissue.CORD
    if measures.cord_end_mm > 0:
        _add_roots(labels, line, measures, mm)


def _add_roots(labels: Labels, line: Line, measures: SacMeasures, mm: float) -> None:
    """The cauda equina: threads that settle in the back of the sac of someone who lies on it."""
    top = round((measures.cord_end_mm + 20) / mm)
    for number in range(14):
        aside = (number % 7 - 3) / 3.5 * 0.8 * measures.sac_mm[0]
        back = -(0.25 + 0.5 * ((number * 5) % 7) / 7) * measures.sac_mm[1] * (1 if number < 12 else -0.5)
        back *= np.sqrt(max(0.1, 1 - (aside / measures.sac_mm[0]) ** 2))
        for z in range(top):
            wave = np.sin(z * mm / 17 + number)
            at_x = round(line[z, 0] + (aside + 0.6 * wave) / mm)
            at_y = round(line[z, 1] + (back + 0.5 * np.sin(z * mm / 23 + 2 * number)) / mm)
            if labels[at_x, at_y, z] == Tissue.CSF:
                labels[at_x, at_y, z] = Tissue.CORD


def places_of(tissue_map: TissueMap, bodies: dict[str, Mask], line: Line, measures: SacMeasures) -> SpinePlaces:
    """The levels of a finished map whose bodies are known, from the top to the bottom."""
    mm, origin = tissue_map.spacing_mm, np.array(tissue_map.origin_mm)
    centres = {name: np.argwhere(body).mean(axis=0) for name, body in bodies.items() if body.any()}
    cord = {}
    for name, centre in centres.items():
        z = round(float(centre[2]))
        cord[name] = _point(np.array([line[z, 0], line[z, 1], z]) * mm + origin)
    discs = {}
    names = list(centres)
    for upper, lower in pairwise(names):
        before = centres[names[max(0, names.index(upper) - 1)]]
        below = 2 * centres[upper] - before if lower == "S1" else centres[lower]  # the sacrum is more than its top
        found = _disc_place(tissue_map, centres[upper], below, line)
        if found is not None:
            discs[f"{upper}-{lower}"] = found
    return SpinePlaces(discs, cord, measures.cord_mm)


def _disc_place(
    tissue_map: TissueMap, upper: NDArray[np.float64], lower: NDArray[np.float64], line: Line
) -> DiscPlace | None:
    mm, origin = tissue_map.spacing_mm, np.array(tissue_map.origin_mm)
    where = np.argwhere(is_one_of(tissue_map.labels, *_DISC))
    axis = lower - upper
    length = float(np.linalg.norm(axis))
    away = where - (upper + lower) / 2
    along = away @ axis / length
    aside = np.linalg.norm(away - along[:, None] * axis / length, axis=1)
    where = where[(np.abs(along) < 0.45 * length) & (aside < 1.3 * length)]
    if len(where) == 0:
        return None
    middle = where.mean(axis=0)
    low, high = np.quantile(where, 0.01, axis=0), np.quantile(where, 0.99, axis=0)
    central = where[np.abs(where[:, 0] - line[round(float(middle[2])), 0]) * mm < 3.5]
    central = where if len(central) == 0 else central
    edge = central[central[:, 1] <= np.quantile(central[:, 1], 0.05)].mean(axis=0)
    edge[1] = np.quantile(central[:, 1], 0.01)
    edge[0] = line[round(float(middle[2])), 0]
    thickness_mm = len(where) * mm**3 / (np.pi * (high[0] - low[0] + 1) * (high[1] - low[1] + 1) / 4 * mm**2)
    half = (high - low + 1) / 2 * mm
    return DiscPlace(
        _point(middle * mm + origin), _point(edge * mm + origin), _point(half), round(float(thickness_mm) / 2, 3)
    )


def _point(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (round(float(value), 3) for value in values)
    return x, y, z
