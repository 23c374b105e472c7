"""Loops of bowel, which fill whatever room the trunk's other organs leave."""

from collections.abc import Iterator

from phantoms.habitus import Habitus
from phantoms.shapes import Shape, Triple
from phantoms.tissues import Tissue

_FREE = frozenset({Tissue.FAT})


def bowel(habitus: Habitus, low_mm: Triple, high_mm: Triple, count: int) -> Iterator[Shape]:
    """Loops between two corners, of many widths and directions; some hold fluid, some gas, most are collapsed.

    Args:
        habitus: the stream that decides.
        low_mm: one corner of the box in which loops lie.
        high_mm: the opposite corner.
        count: how many.
    """
    random = habitus.random
    for _ in range(count):
        x, y, z = (float(value) for value in random.uniform(low_mm, high_mm))
        thick = float(random.uniform(8, 15)) * habitus.organs
        radii = (thick * float(random.uniform(1.2, 2.6)), thick, thick)
        turn = (0.0, float(random.uniform(-60, 60)), float(random.uniform(-90, 90)))
        yield Shape(Tissue.BOWEL, (x, y, z), radii, folds=0.1, inside=_FREE, turn_deg=turn)
        content = (None, None, Tissue.STOMACH_CONTENT, Tissue.AIR)[random.integers(4)]
        if content is not None:
            inner = (0.75 * radii[0], 0.68 * thick, 0.68 * thick)
            bowel_only = frozenset({Tissue.BOWEL})
            yield Shape(content, (x, y, z), inner, folds=0.12, inside=bowel_only, turn_deg=turn)
