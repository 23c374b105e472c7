"""The tissue maps that a subject's anatomy is drawn from: real label maps where there are some, shapes everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from phantoms import anatomy_head, anatomy_knee, anatomy_limbs, anatomy_spine, anatomy_thorax, anatomy_trunk
from phantoms.anatomy import Region
from phantoms.labelmaps import AtlasLibrary
from phantoms.shapes import Shape, Triple, paint
from phantoms.tissue_map import TissueMap

SHARE_OF_ATLASES = 0.85  # of the subjects of a region that has label maps


@dataclass(frozen=True, slots=True)
class _Built:
    """How to build a region: its shapes, and the box that they fill."""

    shapes: Callable[[], tuple[Shape, ...]]
    spacing_mm: float
    low_mm: Triple
    high_mm: Triple


_SHAPES = {
    Region.BRAIN: _Built(lambda: anatomy_head.brain(1.0), 1.25, (-85, -105, -150), (85, 105, 108)),
    Region.CERVICAL_SPINE: _Built(
        lambda: anatomy_spine.spine(anatomy_spine.CERVICAL), 1.0, (-72, -60, -150), (72, 100, 150)
    ),
    Region.THORACIC_SPINE: _Built(
        lambda: anatomy_spine.spine(anatomy_spine.THORACIC), 1.5, (-165, -80, -200), (165, 145, 200)
    ),
    Region.LUMBAR_SPINE: _Built(
        lambda: anatomy_spine.spine(anatomy_spine.LUMBAR), 1.5, (-170, -80, -190), (170, 148, 190)
    ),
    Region.KNEE: _Built(anatomy_knee.knee, 1.0, (-72, -80, -130), (72, 72, 130)),
    Region.SHOULDER: _Built(anatomy_thorax.shoulder, 1.25, (-200, -110, -150), (70, 100, 100)),
    Region.WRIST: _Built(anatomy_limbs.wrist, 0.7, (-50, -28, -85), (50, 28, 100)),
    Region.UPPER_LEG: _Built(anatomy_limbs.upper_legs, 1.7, (-190, -95, -240), (190, 95, 240)),
    Region.LOWER_LEG: _Built(anatomy_limbs.lower_legs, 1.5, (-150, -70, -240), (150, 70, 240)),
    Region.HEART: _Built(anatomy_thorax.heart, 1.5, (-155, -155, -170), (215, 112, 170)),
    Region.ABDOMEN: _Built(anatomy_trunk.abdomen, 1.5, (-180, -122, -170), (180, 122, 190)),
    Region.PROSTATE: _Built(anatomy_trunk.pelvis, 1.25, (-184, -138, -130), (184, 122, 150)),
    Region.FETAL: _Built(anatomy_limbs.fetus, 1.25, (-185, -165, -140), (185, 145, 250)),
}

_LEVELS = {
    Region.CERVICAL_SPINE: anatomy_spine.CERVICAL,
    Region.THORACIC_SPINE: anatomy_spine.THORACIC,
    Region.LUMBAR_SPINE: anatomy_spine.LUMBAR,
}


def choose_map(region: Region, choice: float, library: AtlasLibrary | None) -> TissueMap:
    """One of a region's maps by a number in 0..1: mostly a real one where the library has any."""
    real = library.number_of(region) if library else 0
    if library and real and choice < SHARE_OF_ATLASES:
        return library.map_of(region, int(choice / SHARE_OF_ATLASES * real))
    return shape_map(region)


@lru_cache(maxsize=len(Region))
def shape_map(region: Region) -> TissueMap:
    """The map that shapes make of a region: 1 to 4 seconds the first time, 2 to 20 MB."""
    built = _SHAPES[region]
    labels = paint(built.shapes(), built.spacing_mm, built.low_mm, built.high_mm)
    levels = _LEVELS.get(region)
    spine = None if levels is None else anatomy_spine.places_of(levels)
    return TissueMap(labels, built.spacing_mm, built.low_mm, spine=spine)
