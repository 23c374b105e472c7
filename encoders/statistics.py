"""The baseline image tower "statistics-1": what a scan looks like in numbers that anybody can compute.

Seven blocks of statistics (geometry, plane, histogram, moments, roughness at four scales, the outline as seen along
each axis, and how the spread changes along it), each brought to a fixed range by constants that are written here,
each given a weight, joined, and divided by the length. It finds scans of the same kind: same size, spacing, plane,
contrast and rough outline. It knows nothing of disease, and shares its space with no text. A learned encoder has to
beat it.

`prepare` computes the statistics themselves (so the work is done in the decoding processes), `encode` only joins and
normalises them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from encoders.contract import TowerSpec, Vectors
from encoders.fingerprint import fingerprint_of
from encoders.pooling import pool_to
from encoders.unit import unit_rows
from volumes.intensity import normalise_intensity
from volumes.volume import Volume

Floats = NDArray[np.float32]

NAME = "statistics-1"  # raise the number when this file or volumes/intensity.py come to give other numbers
BLOCK_WEIGHTS: Mapping[str, float] = {
    "geometry": 1.0,
    "plane": 1.0,
    "histogram": 0.7,
    "moments": 0.7,
    "roughness": 0.7,
    "outline": 1.0,
    "profile": 0.5,
}
_LARGEST_GRID = 96  # voxels an axis: statistics of the image, not of its resolution, and 0.05 s a volume
_BINS = 24
_OUTLINE = 8
_PROFILE = 16
_LAGS = (1, 2, 4, 8)


class StatisticsTower:
    """The image tower "statistics-1"."""

    @cached_property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        recipe = {
            "kind": "statistics",
            "recipe": NAME,
            "weights": dict(BLOCK_WEIGHTS),
            "grid": _LARGEST_GRID,
            "sizes": [_BINS, _OUTLINE, _PROFILE, *_LAGS],
        }
        return TowerSpec(NAME, fingerprint_of(recipe), self.prepare.length, NAME)

    @property
    def prepare(self) -> "StatisticsPreparer":
        """Volume to its statistics."""
        return StatisticsPreparer()

    def encode(self, prepared: Floats) -> Vectors:
        """Unit vectors (items, dimension) of statistics (items, dimension)."""
        return unit_rows(prepared)


@dataclass(frozen=True, slots=True)
class StatisticsPreparer:
    """Volume to its weighted statistics, float32 (length,)."""

    @property
    def length(self) -> int:
        """How many statistics there are."""
        return 10 + 4 + _BINS + 6 + 3 * len(_LAGS) + 3 * _OUTLINE**2 + 3 * _PROFILE

    def __call__(self, volume: Volume) -> Floats:
        """The statistics of a volume."""
        image = _normalised(volume.voxels)  # (x, y, z), at most 96 an axis, 0 to 1
        blocks = {
            "geometry": _geometry(volume),
            "plane": _plane(volume),
            "histogram": _histogram(image),
            "moments": _moments(image),
            "roughness": _roughness(image),
            "outline": _outline(image),
            "profile": _profile(image),
        }
        return np.concatenate([BLOCK_WEIGHTS[name] * _tamed(block) for name, block in blocks.items()])


def _tamed(block: NDArray[np.floating]) -> Floats:
    """A block as float32 whose length is at most 1: longer ones are cut to 1, so that no block outvotes its weight."""
    length = float(np.sqrt(np.square(block, dtype=np.float64).sum()))
    return np.asarray(block / max(length, 1.0), dtype=np.float32)


def _normalised(voxels: Floats) -> Floats:
    """Block means on a grid of at most 96 an axis, brought to [0, 1]."""
    small = pool_to(voxels, [min(length, _LARGEST_GRID) for length in voxels.shape])
    return normalise_intensity(small)


def _geometry(volume: Volume) -> NDArray[np.float64]:
    """Extent, spacing and size along X, Y, Z in octaves, and obliquity; each about -1 to 1."""
    spacing = np.array(volume.spacing_mm)
    size = np.array(volume.voxels.shape, dtype=np.float64)
    extent = spacing * size
    direction = np.abs(volume.affine[:3, :3] / spacing)  # (3, 3), columns are unit axes
    tilt = 1.0 - float(np.min(direction.max(axis=0)))  # 0 where every axis is a patient axis
    parts = (
        np.log2(extent / 200.0) / 1.5,  # a head is some 200 mm
        np.log2(spacing / 1.5) / 2.0,
        np.log2(size / 100.0) / 2.0,
        [tilt / 0.3],
    )
    return np.concatenate(parts) / 2.0


def _plane(volume: Volume) -> NDArray[np.float64]:
    """Which axis was sliced (the one of widest spacing), as three shares and how clearly."""
    octaves = np.log2(np.array(volume.spacing_mm))
    excess = octaves - np.median(octaves)
    clear = float(np.clip(excess.max(), 0.0, 1.0))  # 0 isotropic, 1 slices at least twice as thick
    shares = np.zeros(3)
    shares[int(np.argmax(octaves))] = clear
    return np.append(shares, 1.0 - clear)


def _histogram(image: Floats) -> NDArray[np.float64]:
    """Square roots of the shares of the bins, less those of equal shares: the Hellinger map."""
    counts, _ = np.histogram(image, bins=_BINS, range=(0.0, 1.0))
    return np.asarray(np.sqrt(counts / image.size) - np.sqrt(1.0 / _BINS), dtype=np.float64)


def _moments(image: Floats) -> NDArray[np.float64]:
    """Of the foreground: share, mean, spread, skewness, kurtosis; and the share of the brightest."""
    wide = image.astype(np.float64)
    seen = wide[wide > 0.05]
    if seen.size < 2:
        return np.zeros(6)
    mean, spread = seen.mean(), max(float(seen.std()), 1e-6)
    centred = (seen - mean) / spread
    squares = centred * centred
    skewness, kurtosis = float((squares * centred).mean()), float((squares * squares).mean())
    values = (
        2.0 * seen.size / wide.size - 1.0,
        (mean - 0.4) / 0.2,
        (spread - 0.22) / 0.08,
        np.tanh(skewness),
        np.tanh((kurtosis - 2.5) / 2.0),
        float((seen > 0.9).mean()) / 0.1 - 0.5,
    )
    return np.array(values) / 2.5


def _roughness(image: Floats) -> NDArray[np.float64]:
    """Mean absolute difference at 1, 2, 4 and 8 grid steps along each axis, in octaves around 0.05."""
    values = []
    for axis in range(3):
        for lag in _LAGS:
            if image.shape[axis] <= lag:
                values.append(0.0)
                continue
            ahead = np.take(image, range(lag, image.shape[axis]), axis=axis)
            behind = np.take(image, range(image.shape[axis] - lag), axis=axis)
            values.append(float(np.log2(np.abs(ahead - behind).mean(dtype=np.float64) + 1e-3) + 4.0) / 2.0)
    return np.array(values) / 3.5


def _outline(image: Floats) -> NDArray[np.float64]:
    """The means along X, along Y and along Z, each 8 x 8, less its own mean, of length 1 together."""
    parts = []
    for axis in range(3):
        shadow = pool_to(image.mean(axis=axis, dtype=np.float32), (_OUTLINE, _OUTLINE)).astype(np.float64)
        parts.append((shadow - shadow.mean()).ravel())
    return _of_length_one(np.concatenate(parts))


def _profile(image: Floats) -> NDArray[np.float64]:
    """The spread within a slice along X, Y and Z, 16 steps each, less its own mean, of length 1 together."""
    parts = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        course = pool_to(image.std(axis=others, dtype=np.float32), (_PROFILE,)).astype(np.float64)
        parts.append(course - course.mean())
    return _of_length_one(np.concatenate(parts))


def _of_length_one(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """`values` divided by their length; zeros stay zeros."""
    return np.asarray(values / max(float(np.sqrt(np.square(values).sum())), 1e-12))
