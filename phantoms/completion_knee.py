"""The knee of a real label map: bone's shell, joint fluid, fat and skin; which side is the outer one."""

from dataclasses import replace

import numpy as np

from phantoms import seeds
from phantoms.connective_tissue import Weave, weave
from phantoms.filling import centred, fill, shell_of_bone
from phantoms.tissue_map import Labels, Mask, TissueMap, grown, is_one_of, shrunk
from phantoms.tissues import Tissue

_WEAVE = Weave(septa=0.02, fascia=0.02, islands=0.03, trabeculae=0.005, vessels={(Tissue.FAT, Tissue.VEIN): 25})


def complete_knee(tissue_map: TissueMap, variant: int) -> TissueMap:
    """A knee with joint fluid, fat and skin; the origin amid the menisci.

    Args:
        tissue_map: labelled structures.
        variant: which of the people that the map stands for; they differ in fat and fluid.
    """
    labels, mm = tissue_map.labels.copy(), tissue_map.spacing_mm
    shell_of_bone(labels, 1.4, mm)
    known = labels > 0
    joint = grown(is_one_of(labels, Tissue.CARTILAGE, Tissue.MENISCUS), (1.4, 0.7, 2.1)[variant % 3], mm)
    limb = _hull(known, 14, (5.0, 2.5, 12.0)[variant % 3], mm)
    fill(labels, joint & limb & (_depth(known, 3, mm)), Tissue.FLUID)
    fill(labels, limb, Tissue.FAT)
    labels[limb & ~shrunk(limb, 1.4, mm)] = Tissue.SKIN
    weave(labels, mm, seeds.generator(variant, "knee", "weave"), _WEAVE)
    labels = _without_caps(labels, tissue_map.labels)
    fibula = _lateral_side(tissue_map)
    finished = replace(tissue_map, labels=labels, lateral_right=fibula > 0)
    return centred(finished, is_one_of(tissue_map.labels, Tissue.MENISCUS))


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


def _hull(known: Mask, close_mm: float, fat_mm: float, mm: float) -> Mask:
    """What is labelled, its gaps closed, under a layer of fat."""
    return shrunk(grown(known, close_mm + fat_mm, mm), close_mm, mm)
