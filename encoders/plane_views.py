"""What the tower over planes sees of a series, in NumPy: as `two_views` and `which_way` of `plane_net.py` make it.

The tests hold both against the torch functions, bit for bit.
"""

import numpy as np
from numpy.typing import NDArray

from volumes.planes import PLANES, STACK_PLANES, stack_axis

_LEVELS = 256


def plane_views(grid: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness as it is, and its rank among the pixels of all planes that are above 0: both from -1 to 1.

    Args:
        grid: (p, s, s) of one series, from 0 to 1; 256 levels are told apart.

    Returns:
        (p, 2, s, s).
    """
    levels = np.clip(np.rint(grid * np.float32(_LEVELS - 1)), 0, _LEVELS - 1).astype(np.uint8)
    counts = np.bincount(levels.ravel(), minlength=_LEVELS).astype(np.float32)
    counts[0] = 0
    ranks = (np.cumsum(counts) - counts / 2) / max(counts.sum(), np.float32(1))
    ranks[0] = 0
    plain = np.linspace(0, 1, _LEVELS, dtype=np.float32)
    tables = np.stack((plain, ranks)) * 2 - 1  # (2, levels)
    return np.ascontiguousarray(np.moveaxis(tables.astype(np.float32)[:, levels], 0, 1))


def plane_directions(scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """For every plane of a series the axis across it, and whether it is one of the stack: (9,) -> (7, 4).

    >>> plane_directions(np.array([-1, -1, 1, 0, 0, 0, 0, 0, 0], np.float32))[[0, 5, 6]].tolist()
    [[0.0, 0.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    """
    axis = stack_axis([float(step) for step in np.float32(2) ** scale[:3]])
    across = [axis] * STACK_PLANES + [other for other in range(3) if other != axis]
    lie = np.zeros((PLANES, 4), dtype=np.float32)
    lie[np.arange(PLANES), across] = 1
    lie[:STACK_PLANES, 3] = 1
    return lie
