"""What label maps leave out: subarachnoid fluid, skull, scalp, fat between organs, bone's shell, the spinal canal."""

from phantoms.anatomy import Region
from phantoms.completion_head import complete_head
from phantoms.completion_knee import complete_knee
from phantoms.completion_neck import complete_neck
from phantoms.completion_trunk import around_lumbar_spine, complete_trunk
from phantoms.structures import Structures
from phantoms.tissue_map import TissueMap


def complete(tissue_map: TissueMap, region: Region, structures: Structures, variant: int) -> TissueMap:
    """A map of labelled structures with what lies between and around them; labelled voxels keep their tissue or gain
    a shell of cortical bone, renal medulla or bowel content.

    Args:
        tissue_map: labelled structures.
        region: what the map is to show in its middle.
        structures: on the same grid, by their names.
        variant: people that one map stands for differ in what is completed.
    """
    match region:
        case Region.BRAIN:
            return complete_head(tissue_map, structures, variant)
        case Region.KNEE:
            return complete_knee(tissue_map, variant)
        case Region.CERVICAL_SPINE:
            return complete_neck(tissue_map, structures, variant)
        case Region.LUMBAR_SPINE:
            return around_lumbar_spine(complete_trunk(tissue_map, structures, variant))
        case _:
            return complete_trunk(tissue_map, structures, variant)
