"""Ribs and breastbone: slanting hoops around a chest."""

from collections.abc import Iterator

import numpy as np

from phantoms.shapes import Form, Shape, Triple, tube
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)


def rib_cage(middle_mm: Triple, half_mm: tuple[float, float], reach_mm: float, *, spacing_mm: float) -> Iterator[Shape]:
    """Hoops from the spine round to the breastbone, falling towards the front; cartilage at their ends.

    Args:
        middle_mm: of the chest.
        half_mm: half-axes of the hoops, right and anterior.
        reach_mm: ribs lie up to this far above and below the middle.
        spacing_mm: from rib to rib.
    """
    x, y, z = middle_mm
    angles = np.radians(np.linspace(-72, 68, 15))  # 0 points to the side
    for height in np.arange(-reach_mm, reach_mm, spacing_mm):
        for side in _SIDES:
            fall = 34.0 * (np.sin(angles) + 1.0)
            hoop = [
                (x + side * half_mm[0] * float(np.cos(a)), y + half_mm[1] * float(np.sin(a)), z + float(height - f))
                for a, f in zip(angles, fall, strict=True)
            ]
            yield from tube(hoop[:-3], 4.6, Tissue.CORTICAL_BONE)
            yield from tube(hoop[:-3], 3.2, Tissue.MARROW)
            yield from tube(hoop[-4:], 4.2, Tissue.CARTILAGE)
    front = y + half_mm[1] + 1
    yield Shape(Tissue.CORTICAL_BONE, (x, front, z + 40), (17, 6.5, 110), Form.BOX)
    yield Shape(Tissue.MARROW, (x, front, z + 40), (15.5, 5, 108), Form.BOX)
