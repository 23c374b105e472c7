"""Rotation about one axis: how bodies, shapes and slices are turned."""

import numpy as np
from numpy.typing import NDArray


def rotation_about(axis: int, angle: float) -> NDArray[np.float64]:
    """The matrix (3, 3) that turns by an angle in radians, from the axis after `axis` towards the one after that.

    >>> rotation_about(2, np.pi / 2).round(9).tolist()
    [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[first, second], matrix[second, first] = -np.sin(angle), np.sin(angle)
    return matrix
