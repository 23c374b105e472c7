"""The head of a real label map of the brain: subarachnoid fluid, vessels, skull, air of the face, fat, skin."""

from dataclasses import replace

import numpy as np

from phantoms.filling import HOLLOW, centred, fill, paint_ball
from phantoms.head_vessels import add_vessels
from phantoms.tissue_map import Labels, Mask, TissueMap, grown, is_one_of, shrunk
from phantoms.tissues import Tissue

_BRAIN = (Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER, Tissue.CSF)


def complete_head(tissue_map: TissueMap) -> TissueMap:
    labels, mm = tissue_map.labels.copy(), tissue_map.spacing_mm
    brain = is_one_of(labels, *_BRAIN)
    inside = shrunk(grown(brain, 9, mm), 6, mm)  # closes the sulci, and leaves 3 mm of fluid outside
    fill(labels, inside, Tissue.CSF)
    skull = grown(inside, 7.5, mm)
    face = shrunk(grown(labels > 0, 20, mm), 12, mm)
    head = grown(skull, 6.5, mm) | face
    fill(labels, inside | skull & ~grown(inside, 1.3, mm), Tissue.CORTICAL_BONE)
    skull_only = skull & ~inside & _upper(tissue_map, brain)
    labels[skull_only & (labels != Tissue.MUSCLE)] = Tissue.CORTICAL_BONE
    labels[skull_only & grown(inside, 6, mm) & ~grown(inside, 1.8, mm)] = Tissue.MARROW
    add_vessels(labels, brain, inside, mm)
    _add_air_of_the_face(tissue_map, labels, brain)
    fill(labels, head, Tissue.FAT)
    labels[head & ~shrunk(head, 1.9, mm)] = Tissue.SKIN
    return replace(centred(tissue_map, brain), labels=labels)


def _upper(tissue_map: TissueMap, brain: Mask) -> Mask:
    """Above the skull base: the part of the grid where a skull surrounds the brain."""
    heights = np.flatnonzero(brain.any(axis=(0, 1)))
    mask = np.zeros(brain.shape, dtype=bool)
    mask[:, :, round(heights[0] + 25 / tissue_map.spacing_mm) :] = True
    return mask


def _add_air_of_the_face(tissue_map: TissueMap, labels: Labels, brain: Mask) -> None:
    """Nasal cavity, maxillary, frontal and sphenoid sinuses, as ellipsoids around the eyes."""
    eyes = np.argwhere(is_one_of(labels, Tissue.FLUID))
    if len(eyes) == 0:
        return
    middle, mm = eyes.mean(axis=0), tissue_map.spacing_mm
    free = ~brain & ~is_one_of(labels, Tissue.FLUID, Tissue.MUSCLE, Tissue.NERVE)
    for offset, radii in (
        ((0, -16, -20), (9, 26, 15)),
        ((27, -10, -32), (11, 15, 14)),
        ((-27, -10, -32), (11, 15, 14)),
        ((0, -38, -10), (10, 9, 8)),
        ((6, 14, 22), (13, 4, 7)),
        ((0, -52, -62), (10, 10, 26)),
    ):
        paint_ball(labels, middle + np.array(offset) / mm, radii, mm, tissue=HOLLOW, where=free)
    for side in (-1, 1):  # fat around each eye
        centre = middle + np.array((side * 32, -14, 0)) / mm
        paint_ball(labels, centre, (16, 20, 15), mm, tissue=Tissue.FAT, where=free)
