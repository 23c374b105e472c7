"""How one subject's anatomy differs from the map it is drawn from: size, pose, smooth bending, swelling and shrinking.

A warp takes a point in the scanner to the point of the map whose tissue lies there. It is a sum of long waves, so it is
smooth, has no preferred grid and costs the same on any set of points; amplitudes are bounded so that it never folds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.anatomy import Region
from phantoms.rotation import rotation_about

Points = NDArray[np.float64]  # (..., 3) in mm

MAX_GRADIENT = 0.55  # of the waves together: below 1 nothing folds (the Jacobian of x + w(x) stays positive)
_WAVES = 14
_WAVELENGTHS_MM = (38.0, 260.0)
_SPINES = (Region.CERVICAL_SPINE, Region.THORACIC_SPINE, Region.LUMBAR_SPINE)
# Largest displacement in mm, at which a region still looks like itself.
_AMPLITUDE_MM = dict.fromkeys(Region, 6.0) | {
    Region.KNEE: 4.5,
    Region.WRIST: 2.5,
    Region.BRAIN: 6.5,
    Region.ABDOMEN: 12.0,
    Region.HEART: 11.0,
    Region.PROSTATE: 8.0,
    Region.FETAL: 11.0,
} | dict.fromkeys(_SPINES, 3.0)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Swelling:
    """A place that is larger or smaller in the subject than on the map.

    Attributes:
        centre_mm: on the map.
        radius_mm: how far it reaches.
        strength: share by which distances at the centre are reduced on their way to the map: 0.5 doubles what is
            there; negative ones shrink it. Below 1.
    """

    centre_mm: tuple[float, float, float]
    radius_mm: float
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """From scanner to map coordinates.

    Attributes:
        linear: float64 (3, 3), rotation and mirroring after division by the size.
        position_mm: where the map's origin lies in the scanner.
        amplitudes_mm, vectors, phases: of the waves: (w, 3), (w, 3) in 1/mm, (w,).
        bend: displacement along x and y in mm by the height z in units of 100 mm: coefficients of z, z^2, z^3, (2, 3).
        swellings: applied last.
    """

    linear: NDArray[np.float64]
    position_mm: NDArray[np.float64]
    amplitudes_mm: NDArray[np.float64]
    vectors: NDArray[np.float64]
    phases: NDArray[np.float64]
    bend: NDArray[np.float64]
    swellings: tuple[Swelling, ...] = ()

    def to_map(self, points_mm: Points) -> Points:
        """The map coordinates of scanner points, shape (..., 3)."""
        at = (points_mm - self.position_mm) @ self.linear.T
        height = at[..., 2:3] / 100
        curve = np.concatenate([height, height**2, height**3], axis=-1) @ self.bend.T
        # Single precision: a micrometre off, and the sines, most of the time, six times as fast.
        moved = at + np.sin((at @ self.vectors.T + self.phases).astype(np.float32)) @ self.amplitudes_mm
        moved[..., :2] += curve
        for swelling in self.swellings:
            away = moved - np.array(swelling.centre_mm)
            squared = (away**2).sum(axis=-1, keepdims=True) / swelling.radius_mm**2
            moved = moved - away * (swelling.strength * np.exp(-squared))
        return np.asarray(moved)

    def from_map(self, points_mm: Points, steps: int = 40) -> Points:
        """The scanner points whose map coordinates are these, by damped fixed-point iteration; to about 0.01 mm."""
        inverse = np.linalg.inv(self.linear)
        guess = points_mm @ inverse.T + self.position_mm
        for _ in range(steps):
            guess = guess + 0.8 * (points_mm - self.to_map(guess)) @ inverse.T
        return np.asarray(guess)


def draw_warp(random: np.random.Generator, region: Region, *, mirrored: bool) -> Warp:
    """A subject's warp.

    Args:
        random: the subject's stream.
        region: decides how much may vary.
        mirrored: the map shows the other side of the body.
    """
    vectors = _wave_vectors(random)
    amplitudes = random.normal(0.0, 1.0, (_WAVES, 3)) / (1 + 40 * np.linalg.norm(vectors, axis=1, keepdims=True))
    amplitudes *= _AMPLITUDE_MM[region] * random.uniform(0.5, 1.0) / np.abs(amplitudes).sum(axis=0).max()
    steepest = np.abs(amplitudes[:, :, None] * vectors[:, None, :]).sum(axis=0).sum(axis=-1).max()
    amplitudes *= min(1.0, MAX_GRADIENT / steepest)
    return Warp(
        linear=_linear(random, region, mirrored),
        position_mm=np.round(random.uniform(-12, 12, 3), 3),
        amplitudes_mm=amplitudes,
        vectors=vectors,
        phases=random.uniform(0, 2 * np.pi, _WAVES),
        bend=_bend(random, region),
    )


def _wave_vectors(random: np.random.Generator) -> NDArray[np.float64]:
    directions = random.normal(0.0, 1.0, (_WAVES, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths_mm = np.exp(random.uniform(np.log(_WAVELENGTHS_MM[0]), np.log(_WAVELENGTHS_MM[1]), (_WAVES, 1)))
    return np.asarray(2 * np.pi / lengths_mm * directions)


def _linear(random: np.random.Generator, region: Region, mirrored: bool) -> NDArray[np.float64]:
    """Scale by the body, a little apart along each axis; people hardly lie straight."""
    size = random.normal(1.0, 0.07) * random.normal(1.0, 0.035, 3)
    size = np.clip(size, 0.8, 1.22)
    if region is Region.FETAL:
        size *= random.uniform(0.75, 1.1)
    wide = {Region.FETAL: 25.0, Region.WRIST: 9.0, Region.SHOULDER: 9.0, Region.KNEE: 7.0}.get(region, 4.0)
    rotation = np.eye(3)
    for axis, angle in enumerate(np.radians(random.normal(0.0, wide / 2 + 0.5, 3).clip(-wide, wide))):
        rotation = rotation @ rotation_about(axis, angle)
    return np.diag([-1.0 if mirrored else 1.0, 1.0, 1.0]) @ np.diag(1 / size) @ rotation


def _bend(random: np.random.Generator, region: Region) -> NDArray[np.float64]:
    """The spine's curves: lordosis in neck and loin, kyphosis between, a little scoliosis."""
    if region not in _SPINES:
        return np.zeros((2, 3))
    forward = {Region.CERVICAL_SPINE: 16.0, Region.THORACIC_SPINE: -9.0, Region.LUMBAR_SPINE: 8.0}[region]
    sideways = random.normal(0.0, 1.2, 3)
    return np.array([sideways, [random.normal(0, 3), forward * random.uniform(0.2, 1.3), random.normal(0, 2)]])
