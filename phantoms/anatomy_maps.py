"""The tissue maps that a subject's anatomy is drawn from: real label maps where there are some, shapes everywhere."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from phantoms import (
    anatomy_cervical,
    anatomy_fetus,
    anatomy_head,
    anatomy_heart,
    anatomy_knee,
    anatomy_legs,
    anatomy_lumbar,
    anatomy_pelvis,
    anatomy_shoulder,
    anatomy_spine,
    anatomy_thoracic,
    anatomy_trunk,
    anatomy_wrist,
)
from phantoms.anatomy import Region
from phantoms.connective_tissue import Weave, weave
from phantoms.habitus import VARIANTS, Habitus, draw_habitus
from phantoms.labelmaps import AtlasLibrary
from phantoms.muscle_groups import Muscle, part_muscles
from phantoms.shapes import Shape, Triple, paint
from phantoms.tissue_map import TissueMap
from phantoms.tissues import Tissue

SHARE_OF_ATLASES = 0.85  # of the subjects of a region that has label maps
_GAP_MM = 1.5  # of fat between two muscles
_T = Tissue


@dataclass(frozen=True, slots=True)
class _Built:
    """How to build a region: its shapes, the box that they fill, and what runs through its tissue."""

    shapes: Callable[[Habitus], Iterable[Shape]]
    spacing_mm: float
    low_mm: Triple
    high_mm: Triple
    weave: Weave
    muscles: Callable[[Habitus], Sequence[Muscle]] = lambda _: ()


_BACK = Weave(vessels={(_T.FAT, _T.VEIN): 60, (_T.MUSCLE, _T.VEIN): 30})
_CHEST = Weave(vessels={(_T.LUNG, _T.VEIN): 260, (_T.FAT, _T.VEIN): 40, (_T.LIVER, _T.BLOOD_VESSEL): 25})
_TRUNK = Weave(fascia=0.02, vessels={(_T.LIVER, _T.BLOOD_VESSEL): 40, (_T.FAT, _T.VEIN): 90})
_LIMB = Weave(septa=0.03, marbling=0.02, islands=0.85, vessels={(_T.FAT, _T.VEIN): 40, (_T.MUSCLE, _T.VEIN): 25})
_JOINT = Weave(septa=0.03, fascia=0.02, vessels={(_T.FAT, _T.VEIN): 25})
_SHAPES = {
    Region.BRAIN: _Built(anatomy_head.brain, 1.25, (-85, -105, -150), (85, 105, 108), _JOINT),
    Region.CERVICAL_SPINE: _Built(anatomy_cervical.cervical, 1.0, (-72, -60, -150), (72, 100, 150), _BACK),
    Region.THORACIC_SPINE: _Built(anatomy_thoracic.thoracic, 1.5, (-170, -95, -200), (170, 150, 200), _CHEST),
    Region.LUMBAR_SPINE: _Built(anatomy_lumbar.lumbar, 1.5, (-190, -105, -190), (190, 168, 190), _BACK),
    Region.KNEE: _Built(anatomy_knee.knee, 1.0, (-82, -84, -130), (82, 78, 130), _LIMB),
    Region.SHOULDER: _Built(
        anatomy_shoulder.shoulder, 1.25, (-200, -120, -150), (85, 110, 105), _CHEST, anatomy_shoulder.shoulder_muscles
    ),
    Region.WRIST: _Built(anatomy_wrist.wrist, 0.7, (-54, -32, -85), (54, 32, 100), _JOINT),
    Region.UPPER_LEG: _Built(
        anatomy_legs.upper_legs, 1.7, (-210, -112, -240), (210, 112, 240), _LIMB, anatomy_legs.thigh_muscles
    ),
    Region.LOWER_LEG: _Built(
        anatomy_legs.lower_legs, 1.5, (-165, -86, -240), (165, 86, 240), _LIMB, anatomy_legs.calf_muscles
    ),
    Region.HEART: _Built(anatomy_heart.heart, 1.5, (-170, -165, -170), (230, 125, 170), _CHEST),
    Region.ABDOMEN: _Built(anatomy_trunk.abdomen, 1.5, (-200, -138, -170), (200, 138, 190), _TRUNK),
    Region.PROSTATE: _Built(
        anatomy_pelvis.pelvis, 1.25, (-205, -155, -130), (205, 135, 150), _BACK, anatomy_pelvis.pelvic_muscles
    ),
    Region.FETAL: _Built(anatomy_fetus.fetus, 1.4, (-200, -175, -140), (200, 150, 250), _BACK),
}
_SPINES = {
    Region.CERVICAL_SPINE: anatomy_spine.CERVICAL,
    Region.THORACIC_SPINE: anatomy_spine.THORACIC,
    Region.LUMBAR_SPINE: anatomy_spine.LUMBAR,
}


def choose_map(region: Region, choice: float, library: AtlasLibrary | None) -> TissueMap:
    """One of a region's maps by a number in 0..1: mostly a real one where the library has any."""
    real = library.number_of(region) if library else 0
    if library and real:
        if choice < SHARE_OF_ATLASES:
            return library.map_of(region, int(choice / SHARE_OF_ATLASES * real))
        choice = (choice - SHARE_OF_ATLASES) / (1 - SHARE_OF_ATLASES)
    return shape_map(region, min(int(choice * VARIANTS), VARIANTS - 1))


@lru_cache(maxsize=len(Region) * VARIANTS)
def shape_map(region: Region, variant: int = 0) -> TissueMap:
    """The map that shapes make of one of the people of a region: 1 to 4 seconds the first time, 2 to 20 MB."""
    built, habitus = _SHAPES[region], draw_habitus(region, variant)
    labels = paint(built.shapes(habitus), built.spacing_mm, built.low_mm, built.high_mm)
    muscles = built.muscles(habitus)
    part_muscles(labels, built.low_mm, built.spacing_mm, muscles, gap_mm=_GAP_MM, random=habitus.random)
    weave(labels, built.spacing_mm, habitus.random, built.weave)
    levels = _SPINES.get(region)
    spine = None if levels is None else anatomy_spine.places_of(levels)
    return TissueMap(labels, built.spacing_mm, built.low_mm, spine=spine)
