"""What the tower over planes sees of a series, in NumPy: as `two_views` and `which_way` of `plane_net.py` make it.

The tests hold both against the torch functions, bit for bit.
"""

import numpy as np
from numpy.typing import NDArray

from volumes.planes import STACK_PLANES, plane_normals, stack_axis

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
    return np.array(planes_across(axis), dtype=np.float32)


def planes_across(axis: int) -> list[list[float]]:
    """For a stack along an axis, of each plane: is it across X, Y, Z, and is it one of the stack: (7, 4)."""
    return [
        [float(normal == along) for along in range(3)] + [float(place < STACK_PLANES)]
        for place, normal in enumerate(plane_normals(axis))
    ]
