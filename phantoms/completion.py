"""What label maps leave out: subarachnoid fluid, skull, scalp, fat between organs, bone's shell, the spinal canal."""

from dataclasses import replace

import numpy as np

from phantoms.anatomy import Region
from phantoms.head_vessels import add_vessels
from phantoms.tissue_map import Labels, Mask, TissueMap, grown, is_one_of, shrunk
from phantoms.tissues import Tissue

_BRAIN = (Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER, Tissue.CSF)


def complete(tissue_map: TissueMap, region: Region) -> TissueMap:
    """A map of labelled structures with what lies between and around them; labelled voxels keep their tissue or gain
    a shell of cortical bone, renal medulla or bowel content.
    """
    match region:
        case Region.BRAIN:
            return _head(tissue_map)
        case Region.KNEE:
            return _knee(tissue_map)
        case _:
            return _trunk(tissue_map)


def _head(tissue_map: TissueMap) -> TissueMap:
    labels, mm = tissue_map.labels.copy(), tissue_map.spacing_mm
    brain = is_one_of(labels, *_BRAIN)
    inside = shrunk(grown(brain, 9, mm), 6, mm)  # closes the sulci, and leaves 3 mm of fluid outside
    _fill(labels, inside, Tissue.CSF)
    skull = grown(inside, 7.5, mm)
    face = shrunk(grown(labels > 0, 20, mm), 12, mm)
    head = grown(skull, 6.5, mm) | face
    _fill(labels, inside | skull & ~grown(inside, 1.3, mm), Tissue.CORTICAL_BONE)
    skull_only = skull & ~inside & _upper(tissue_map, brain)
    labels[skull_only & (labels != Tissue.MUSCLE)] = Tissue.CORTICAL_BONE
    labels[skull_only & grown(inside, 6, mm) & ~grown(inside, 1.8, mm)] = Tissue.MARROW
    add_vessels(labels, brain, inside, mm)
    _add_air_of_the_face(tissue_map, labels, brain)
    _fill(labels, head, Tissue.FAT)
    labels[head & ~shrunk(head, 1.9, mm)] = Tissue.SKIN
    return replace(_centred(tissue_map, brain), labels=labels)


def _upper(tissue_map: TissueMap, brain: Mask) -> Mask:
    """Above the skull base: the part of the grid where a skull surrounds the brain."""
    heights = np.flatnonzero(brain.any(axis=(0, 1)))
    mask = np.zeros(brain.shape, dtype=bool)
    mask[:, :, round(heights[0] + 25 / tissue_map.spacing_mm) :] = True
    return mask


def _centred(tissue_map: TissueMap, organ: Mask) -> TissueMap:
    """The same grid with its origin in the middle of an organ's box."""
    where = np.argwhere(organ)
    middle = (where.min(0) + where.max(0)) / 2 * -tissue_map.spacing_mm
    return replace(tissue_map, origin_mm=(float(middle[0]), float(middle[1]), float(middle[2])))


def _add_air_of_the_face(tissue_map: TissueMap, labels: Labels, brain: Mask) -> None:
    """Nasal cavity, maxillary, frontal and sphenoid sinuses, as ellipsoids around the eyes."""
    eyes = np.argwhere(is_one_of(labels, Tissue.FLUID))
    if len(eyes) == 0:
        return
    middle = eyes.mean(axis=0)
    free = ~brain & ~is_one_of(labels, Tissue.FLUID, Tissue.MUSCLE, Tissue.NERVE)
    for offset, radii in (
        ((0, -16, -20), (9, 26, 15)),
        ((27, -10, -32), (11, 15, 14)),
        ((-27, -10, -32), (11, 15, 14)),
        ((0, -38, -10), (10, 9, 8)),
        ((6, 14, 22), (13, 4, 7)),
        ((0, -52, -62), (10, 10, 26)),
    ):
        _paint_ball(labels, middle + np.array(offset) / tissue_map.spacing_mm, radii, tissue_map, where=free)
    for side in (-1, 1):  # fat around each eye
        centre = middle + np.array((side * 32, -14, 0)) / tissue_map.spacing_mm
        _paint_ball(labels, centre, (16, 20, 15), tissue_map, where=free, tissue=Tissue.FAT)


def _paint_ball(
    labels: Labels,
    centre: np.ndarray[tuple[int], np.dtype[np.float64]],
    radii_mm: tuple[float, float, float],
    tissue_map: TissueMap,
    *,
    where: Mask,
    tissue: Tissue = Tissue.AIR,
) -> None:
    """An ellipsoid; air is painted as lung's opposite, skin-free 255, so that filling does not take it for a gap."""
    axes = np.ogrid[tuple(slice(0, size) for size in labels.shape)]
    distance = sum(
        ((axis - middle) * tissue_map.spacing_mm / radius) ** 2
        for axis, middle, radius in zip(axes, centre, radii_mm, strict=True)
    )
    labels[(np.asarray(distance) < 1) & where] = _HOLLOW if tissue is Tissue.AIR else tissue


_HOLLOW = 255  # air inside the body, until gaps are filled


def _fill(labels: Labels, where: Mask, tissue: Tissue) -> None:
    """Gives unlabelled voxels a tissue; the air of hollow organs stays, and becomes plain air with the last filling."""
    labels[where & (labels == Tissue.AIR)] = tissue
    if tissue is Tissue.FAT:
        labels[labels == _HOLLOW] = Tissue.AIR


def _knee(tissue_map: TissueMap) -> TissueMap:
    labels, mm = tissue_map.labels.copy(), tissue_map.spacing_mm
    _shell_of_bone(labels, 1.4, mm)
    known = labels > 0
    joint = grown(is_one_of(labels, Tissue.CARTILAGE, Tissue.MENISCUS), 1.4, mm)
    limb = _hull(known, 14, 5, mm)
    _fill(labels, joint & limb & (_depth(known, 3, mm)), Tissue.FLUID)
    _fill(labels, limb, Tissue.FAT)
    labels[limb & ~shrunk(limb, 1.4, mm)] = Tissue.SKIN
    labels = _without_caps(labels, tissue_map.labels)
    fibula = _lateral_side(tissue_map)
    finished = replace(tissue_map, labels=labels, lateral_right=fibula > 0)
    return _centred(finished, is_one_of(tissue_map.labels, Tissue.MENISCUS))


def _depth(mask: Mask, distance_mm: float, mm: float) -> Mask:
    return shrunk(grown(mask, distance_mm, mm), distance_mm, mm)


def _without_caps(labels: Labels, original: Labels) -> Labels:
    """Only the slices that the map covers: beyond them the limb goes on, unknown."""
    heights = np.flatnonzero((original > 0).any(axis=(0, 1)))
    labels[:, :, : heights[0]] = labels[:, :, [heights[0]]]
    labels[:, :, heights[-1] + 1 :] = labels[:, :, [heights[-1]]]
    return labels


def _lateral_side(tissue_map: TissueMap) -> float:
    """Where the fibular side lies against the middle: the medial collateral ligament lies on the other one."""
    medial = np.argwhere(is_one_of(tissue_map.labels, Tissue.MEDIAL_COLLATERAL))
    middle = np.argwhere(is_one_of(tissue_map.labels, Tissue.MENISCUS))
    if len(medial) == 0 or len(middle) == 0:
        return 1.0
    return float(middle[:, 0].mean() - medial[:, 0].mean())


def _shell_of_bone(labels: Labels, thickness_mm: float, mm: float) -> None:
    bone = labels == Tissue.MARROW
    labels[bone & ~shrunk(bone, thickness_mm, mm)] = Tissue.CORTICAL_BONE


def _hull(known: Mask, close_mm: float, fat_mm: float, mm: float) -> Mask:
    """What is labelled, its gaps closed, under a layer of fat."""
    return shrunk(grown(known, close_mm + fat_mm, mm), close_mm, mm)


def _trunk(tissue_map: TissueMap) -> TissueMap:
    labels, mm = tissue_map.labels.copy(), tissue_map.spacing_mm
    known = labels > 0
    body = _hull(known, 30, 14, mm)
    _add_canal(labels, mm)
    _shell_of_bone(labels, 1.3, mm)
    kidney = labels == Tissue.RENAL_CORTEX
    labels[shrunk(kidney, 6, mm)] = Tissue.RENAL_MEDULLA
    _add_lungs(labels, shrunk(body, 24, mm), mm)
    bowel = shrunk(is_one_of(labels, Tissue.BOWEL), 2.5, mm)
    blobs = _blobs(labels.shape, mm)
    labels[bowel & (blobs > 0.35)] = _HOLLOW
    labels[bowel & (blobs < -0.2)] = Tissue.STOMACH_CONTENT
    _fill(labels, body, Tissue.FAT)
    labels[body & ~shrunk(body, 2, mm)] = Tissue.SKIN
    return replace(_centred(tissue_map, known), labels=labels)


def _blobs(shape: tuple[int, ...], mm: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A wavy field in -1..1 with a wavelength of some 40 mm."""
    x, y, z = (axis * mm / 7.0 for axis in np.ogrid[tuple(slice(0, size) for size in shape)])
    return np.asarray((np.sin(x + np.sin(y * 0.7)) + np.sin(y + np.sin(z * 0.8)) + np.sin(z + np.sin(x * 0.6))) / 3)


def _add_lungs(labels: Labels, inner: Mask, mm: float) -> None:
    """Above the dome of the liver, to both sides of the spine."""
    heights = np.flatnonzero((labels == Tissue.LIVER).any(axis=(0, 1)))
    if len(heights) == 0:
        return
    above = np.zeros(labels.shape, dtype=bool)
    above[:, :, round(heights[-1] - 14 / mm) :] = True
    labels[above & inner & (labels == Tissue.AIR)] = Tissue.LUNG


def _add_canal(labels: Labels, mm: float) -> None:
    """Thecal sac and cord: behind the vertebral bodies, found slice by slice as the gap that bone surrounds."""
    bone = is_one_of(labels, Tissue.MARROW, Tissue.DISC)
    middle_x = labels.shape[0] // 2
    central = np.zeros(labels.shape, dtype=bool)
    central[middle_x - round(25 / mm) : middle_x + round(25 / mm)] = True
    bone &= central
    before = np.maximum.accumulate(bone[:, ::-1], axis=1)[:, ::-1]  # bone somewhere in front
    behind = np.maximum.accumulate(bone, axis=1)
    hole = ~bone & before & behind & central & (labels == Tissue.AIR)
    centres = {z: np.argwhere(hole[:, :, z]).mean(axis=0) for z in range(labels.shape[2]) if hole[:, :, z].sum() > 20}
    if not centres:
        return
    heights = np.arange(labels.shape[2])
    known = np.array(sorted(centres))
    line = [np.interp(heights, known, [centres[z][axis] for z in known]) for axis in range(2)]
    x, y = np.ogrid[: labels.shape[0], : labels.shape[1]]
    for z in heights:
        radius2 = ((x - line[0][z]) * mm / 9) ** 2 + ((y - line[1][z]) * mm / 7.5) ** 2
        labels[:, :, z][(radius2 < 1) & (labels[:, :, z] == Tissue.AIR)] = Tissue.CSF
        labels[:, :, z][(radius2 < 0.3) & (z > heights[-1] * 0.62)] = Tissue.CORD
