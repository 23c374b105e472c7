"""What is the case for a series, as a set of facts; a query is true of a series if all the facts it asks for are there.

So "leg MRI" is true of a knee, "T1 brain" of a post-contrast T1 of the brain, and "diffusion" of an ADC map.
"""

from dataclasses import dataclass

from indexer.header.region_names import PARENTS, Region
from training.query_words import FAMILY_OF

Facts = frozenset[str]

# A cord is looked at in a scan of the spine, and the other way round; cards say so (indexer/header/card.py).
_ALSO_SHOWS = {
    Region.SPINE: (Region.SPINAL_CORD,),
    Region.CERVICAL_SPINE: (Region.SPINAL_CORD,),
    Region.THORACIC_SPINE: (Region.SPINAL_CORD,),
    Region.LUMBAR_SPINE: (Region.SPINAL_CORD,),
}


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What a header says of a series, "" for what it does not; plane as headers name it ("3d")."""

    region: str = ""
    side: str = ""
    sequence: str = ""
    plane: str = ""
    contrast: bool = False
    fat_sat: bool = False

    @property
    def all(self) -> Facts:
        """Every fact, the wider ones included."""
        facts = {f"region:{name}" for name in wider_regions(self.region)}
        if self.sequence:
            facts.add(f"sequence:{self.sequence}")
            facts |= {f"family:{family}" for family, classes in FAMILY_OF.items() if self.sequence in classes}
        facts |= {f"plane:{self.plane}"} if self.plane else set()
        facts |= {f"side:{self.side}"} if self.side else set()
        facts |= {name for name, there in (("contrast", self.contrast), ("fat", self.fat_sat)) if there}
        return frozenset(facts)


def wider_regions(region: str) -> tuple[str, ...]:
    """A region, what it lies in, and what is seen with it; nothing for "".

    >>> wider_regions("knee"), wider_regions("fetal brain")
    (('knee', 'leg'), ('fetal brain', 'fetus', 'abdomen'))
    """
    found: list[Region] = []
    one = Region(region) if region else None
    while one is not None:
        found += [one, *_ALSO_SHOWS.get(one, ())]
        one = PARENTS.get(one)
    return tuple(dict.fromkeys(str(name) for name in found))
