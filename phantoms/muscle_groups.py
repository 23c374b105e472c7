"""Muscle parted into single muscles: each voxel belongs to the nearest of some centres, fat lies where two meet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.connective_tissue import smooth_field
from phantoms.shapes import Triple
from phantoms.tissue_map import Labels
from phantoms.tissues import Tissue


@dataclass(frozen=True, slots=True)
class Muscle:
    """One muscle's middle in an axial slice at the origin's height: right, anterior, mm; larger ones reach farther.

    Attributes:
        reach: how far it extends against its neighbours, 1 is usual.
        slant: how far its middle moves right and anterior for each mm upwards.
    """

    right_mm: float
    anterior_mm: float
    reach: float = 1.0
    slant: tuple[float, float] = (0.0, 0.0)


def part_muscles(
    labels: Labels,
    low_mm: Triple,
    mm: float,
    muscles: Sequence[Muscle],
    *,
    gap_mm: float,
    random: np.random.Generator,
) -> None:
    """Paints fat between neighbouring muscles wherever a map holds muscle, in place.

    Args:
        labels: the map.
        low_mm: where its first voxel lies.
        mm: spacing.
        muscles: their centres.
        gap_mm: thickness of the fat.
        random: bends the borders.
    """
    index = np.nonzero(labels == Tissue.MUSCLE)
    if not muscles or len(index[0]) == 0:
        return
    x, y, z = (np.asarray(i * mm + low, dtype=np.float32) for i, low in zip(index, low_mm, strict=True))
    x = x + 3.0 * smooth_field(labels.shape, (40.0, 40.0, 160.0), mm, random)[index]
    y = y + 3.0 * smooth_field(labels.shape, (40.0, 40.0, 160.0), mm, random)[index]
    first, second = np.full(len(x), np.inf, dtype=np.float32), np.full(len(x), np.inf, dtype=np.float32)
    for muscle in muscles:
        distance = _distance(muscle, x, y, z)
        second = np.minimum(second, np.maximum(first, distance))
        first = np.minimum(first, distance)
    between = second - first < gap_mm
    labels[index[0][between], index[1][between], index[2][between]] = Tissue.FAT


def _distance(
    muscle: Muscle, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]
) -> NDArray[np.float32]:
    right = x - np.float32(muscle.right_mm) - np.float32(muscle.slant[0]) * z
    front = y - np.float32(muscle.anterior_mm) - np.float32(muscle.slant[1]) * z
    return np.asarray(np.sqrt(right**2 + front**2) / np.float32(muscle.reach))
