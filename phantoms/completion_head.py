"""The head of a real label map of the brain: subarachnoid fluid, vessels, skull, air of the face, neck, fat, skin."""

from dataclasses import dataclass, replace

import numpy as np

from phantoms import anatomy_cervical, seeds
from phantoms.anatomy_spine import CERVICAL
from phantoms.connective_tissue import Weave, smooth_field, weave
from phantoms.filling import HOLLOW, centred, fill, paint_ball
from phantoms.habitus import draw_habitus
from phantoms.head_vessels import add_vessels
from phantoms.shapes import Triple, paint
from phantoms.structures import Structures
from phantoms.tissue_map import Labels, Mask, TissueMap, grown, is_one_of, shrunk
from phantoms.tissues import Tissue

_BRAIN = (Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER, Tissue.CSF)
_CEREBELLUM = r"cerebell|^(left_|right_)?[IVX]+[AB]?(_|[a-z]*_crus)"
_ABOVE_ATLAS_MM = 6.0  # the medulla ends this far above the middle of C1
_WEAVE = Weave(septa=0.03, fascia=0.02, islands=0.0, trabeculae=0.0, vessels={(Tissue.FAT, Tissue.VEIN): 40})
# From between the eyes to the middles, and half-axes: right, anterior, superior, mm.
_SINUSES: tuple[tuple[Triple, Triple], ...] = (
    ((0, -16, -20), (9, 26, 15)),  # nasal cavity
    ((27, -10, -32), (11, 15, 14)),
    ((-27, -10, -32), (11, 15, 14)),
    ((0, -38, -10), (10, 9, 8)),  # sphenoid
    ((6, 14, 22), (13, 4, 7)),  # frontal
    ((0, -52, -62), (10, 10, 26)),  # pharynx
)
_CONCHAE: tuple[tuple[Triple, Triple], ...] = (
    ((0, -16, -20), (1.6, 28, 16)),  # septum
    ((5.5, -16, -14), (2.4, 20, 3)),
    ((-5.5, -16, -14), (2.4, 20, 3)),
    ((6, -16, -26), (3, 20, 4)),
    ((-6, -16, -26), (3, 20, 4)),
)


@dataclass(frozen=True, slots=True)
class _Habitus:
    """What differs between the people that one map stands for.

    Attributes:
        closed: how far sulci are closed by cortex thicker than the map's: 0 not, 1 here and there, 2 everywhere.
        fluid_mm: between brain and skull.
        skull_mm: thickness of the vault.
        scalp_mm: thickness of what covers it.
    """

    closed: int
    fluid_mm: float
    skull_mm: float
    scalp_mm: float


def _draw_habitus(variant: int) -> _Habitus:
    random = seeds.generator(variant, "head")
    closed, fluid_mm = ((1, 1.5), (2, 1.5), (0, 3.0), (2, 2.0))[variant % 4]
    return _Habitus(closed, fluid_mm, random.uniform(5.0, 7.5), (4.0, 6.0, 4.5, 8.0)[variant % 4])


def complete_head(tissue_map: TissueMap, structures: Structures, variant: int) -> TissueMap:
    """Head and neck around a labelled brain, the brain in the middle.

    Args:
        tissue_map: labelled structures on their grid.
        structures: the same, by name.
        variant: which of the people that the map stands for.
    """
    habitus, random = _draw_habitus(variant), seeds.generator(variant, "head", "details")
    labels, mm = tissue_map.labels.copy(), tissue_map.spacing_mm
    _thicken_cortex(labels, structures.mask(_CEREBELLUM), habitus.closed, mm, random)
    brain = is_one_of(labels, *_BRAIN)
    inside = shrunk(grown(brain, 9, mm), 9 - habitus.fluid_mm, mm)  # closes the sulci, leaves fluid outside
    fill(labels, inside, Tissue.CSF)
    _add_skull(labels, inside, _upper(tissue_map, brain), habitus.skull_mm, mm)
    add_vessels(labels, brain, inside, mm)
    _add_air_of_the_face(tissue_map, labels, brain)
    face = shrunk(grown(tissue_map.labels > 0, 20, mm), 18 - habitus.scalp_mm, mm)
    head = grown(inside, habitus.skull_mm + habitus.scalp_mm, mm) | face
    _add_neck(labels, brain, variant, mm)
    _fill_flesh(labels, shrunk(head, habitus.scalp_mm + 2, mm), brain, mm, random)
    fill(labels, head, Tissue.FAT)
    body = labels > 0
    labels[head & ~shrunk(head | body, 1.9, mm)] = Tissue.SKIN
    weave(labels, mm, random, _WEAVE)
    return replace(centred(tissue_map, brain), labels=labels)


def _thicken_cortex(labels: Labels, cerebellum: Mask, closed: int, mm: float, random: np.random.Generator) -> None:
    """The atlas's subject has wide sulci: others have cortex where it has fluid, and a cerebellum without gaps."""
    gaps = shrunk(grown(cerebellum, 4, mm), 4, mm)
    labels[gaps & (labels == Tissue.AIR)] = Tissue.GREY_MATTER
    if closed == 0:
        return
    cortex = grown(labels == Tissue.GREY_MATTER, mm, mm) & (labels == Tissue.AIR)
    if closed == 1:
        cortex &= smooth_field(labels.shape, (16.0, 16.0, 16.0), mm, random) > -0.2
    labels[cortex] = Tissue.GREY_MATTER


def _add_skull(labels: Labels, inside: Mask, upper: Mask, thickness_mm: float, mm: float) -> None:
    """Two tables of dense bone with marrow between; below the skull base only a thin shell around what is inside."""
    outer = grown(inside, thickness_mm, mm)
    bone = outer & ~inside
    fill(labels, bone & grown(inside, 1.3, mm), Tissue.CORTICAL_BONE)
    vault = bone & upper & (labels != Tissue.MUSCLE)
    labels[vault] = Tissue.CORTICAL_BONE
    labels[vault & ~grown(inside, 0.36 * thickness_mm, mm) & shrunk(outer, 0.3 * thickness_mm, mm)] = Tissue.MARROW


def _add_neck(labels: Labels, brain: Mask, variant: int, mm: float) -> None:
    """The shapes of a neck below the medulla, wherever the map knows nothing."""
    bottom = int(np.flatnonzero(brain.any(axis=(0, 1)))[0])
    x, y = np.argwhere(brain[:, :, bottom : bottom + 4])[:, :2].mean(axis=0)
    atlas_mm = CERVICAL.height_mm("C1") + _ABOVE_ATLAS_MM
    low = (-x * mm, CERVICAL.canal_y_mm - y * mm, atlas_mm - bottom * mm)
    high = (low[0] + (labels.shape[0] - 1) * mm, low[1] + (labels.shape[1] - 1) * mm, atlas_mm)
    shapes = anatomy_cervical.cervical(draw_habitus("neck of a head", variant))
    neck = paint(shapes, mm, low, high)[: labels.shape[0], : labels.shape[1], : bottom + 1]
    part = labels[:, :, : neck.shape[2]]
    free = (part == Tissue.AIR) | (part == Tissue.FAT)
    part[free] = neck[free]


def _fill_flesh(labels: Labels, core: Mask, brain: Mask, mm: float, random: np.random.Generator) -> None:
    """Muscle with fat in it under the skull's base, where the map knows nothing of face and nape."""
    lower = slice(0, int(np.flatnonzero(brain.any(axis=(0, 1)))[0] + 40 / mm))
    flesh = smooth_field(labels.shape, (22.0, 30.0, 40.0), mm, random) > -0.5
    fill(labels[:, :, lower], (core & flesh)[:, :, lower], Tissue.MUSCLE)


def _upper(tissue_map: TissueMap, brain: Mask) -> Mask:
    """Above the skull base: the part of the grid where a skull surrounds the brain."""
    heights = np.flatnonzero(brain.any(axis=(0, 1)))
    mask = np.zeros(brain.shape, dtype=bool)
    mask[:, :, round(heights[0] + 25 / tissue_map.spacing_mm) :] = True
    return mask


def _add_air_of_the_face(tissue_map: TissueMap, labels: Labels, brain: Mask) -> None:
    """Nose and sinuses as ellipsoids around the eyes, septum and conchae in the nose, fat around each eye."""
    eyes = np.argwhere(is_one_of(labels, Tissue.FLUID))
    if len(eyes) == 0:
        return
    middle, mm = eyes.mean(axis=0), tissue_map.spacing_mm
    free = ~brain & ~is_one_of(labels, Tissue.FLUID, Tissue.MUSCLE, Tissue.NERVE)
    for offset, radii in _SINUSES:
        paint_ball(labels, middle + np.array(offset) / mm, radii, mm, tissue=HOLLOW, where=free)
    nose = np.asarray(labels == HOLLOW)
    for offset, radii in _CONCHAE:
        paint_ball(labels, middle + np.array(offset) / mm, radii, mm, tissue=Tissue.MUSCLE, where=nose)
    for side in (-1, 1):
        centre = middle + np.array((side * 32, -14, 0)) / mm
        paint_ball(labels, centre, (16, 20, 15), mm, tissue=Tissue.FAT, where=free)
