"""A patient's anatomy: which solids a region is made of, and how this patient differs from the next.

Solids are laid out in canonical coordinates (RAS, mm, origin in the middle of the region). A patient's own coordinates
are scaled, bent and gently waved, so that every scan of a patient shows the same anatomy and no two patients do.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from phantoms import anatomy_head, anatomy_knee, anatomy_spine, anatomy_trunk
from phantoms.shapes import Points, Shape


class Region(StrEnum):
    """Regions that have shapes."""

    BRAIN = "brain"
    CERVICAL_SPINE = "cervical spine"
    LUMBAR_SPINE = "lumbar spine"
    KNEE = "knee"
    ABDOMEN = "abdomen"
    PROSTATE = "prostate"


@dataclass(frozen=True, slots=True)
class Body:
    """What makes a patient's region that patient's.

    Attributes:
        scale: size against the canonical one.
        atrophy: widening of the ventricles and sulci against a young adult's, 1 for none.
        left: the left knee; otherwise the right one. Means nothing for other regions.
        position_mm: where the middle of the region lies from the magnet's centre.
        bend_mm: forward bend of the spine 100 mm above and below the middle.
        waves: displacement by a few long sine waves, each (amplitude along x, y, z in mm, wave vector in 1/mm, phase).
    """

    scale: float
    atrophy: float
    left: bool
    position_mm: tuple[float, float, float]
    bend_mm: float
    waves: tuple[tuple[float, ...], ...]


def draw_body(random: np.random.Generator, region: Region, age_years: int) -> Body:
    """A body for a region at an age."""
    spinal = region in (Region.CERVICAL_SPINE, Region.LUMBAR_SPINE)
    amplitude_mm = 0.6 if spinal else 1.5
    waves = [
        (*random.normal(0.0, amplitude_mm, 3), *random.normal(0.0, 0.03, 3), random.uniform(0, 2 * np.pi))
        for _ in range(4)
    ]
    left = bool(random.random() < 0.5)
    aside_mm = 88.0 * (-1 if left else 1) if region is Region.KNEE else 0.0
    return Body(
        scale=float(random.uniform(0.93, 1.07)),
        atrophy=float(max(1.0, 0.8 + age_years / 90) * random.uniform(0.95, 1.1)),
        left=left,
        position_mm=(aside_mm, float(round(random.uniform(-12, 12), 3)), float(round(random.uniform(-12, 12), 3))),
        bend_mm=float(random.uniform(3, 10)) if spinal else 0.0,
        waves=tuple(tuple(round(float(value), 6) for value in wave) for wave in waves),
    )


def shapes_of(region: Region, body: Body) -> tuple[Shape, ...]:
    """The solids of a region in painting order, in canonical coordinates."""
    match region:
        case Region.BRAIN:
            return anatomy_head.brain(body.atrophy)
        case Region.CERVICAL_SPINE:
            return anatomy_spine.spine(anatomy_spine.CERVICAL)
        case Region.LUMBAR_SPINE:
            return anatomy_spine.spine(anatomy_spine.LUMBAR)
        case Region.KNEE:
            return anatomy_knee.knee(left=body.left)
        case Region.ABDOMEN:
            return anatomy_trunk.abdomen()
        case Region.PROSTATE:
            return anatomy_trunk.pelvis()


def to_canonical(points_mm: NDArray[np.float64], body: Body) -> Points:
    """A patient's points (3, n) in canonical coordinates (3, n)."""
    points = ((points_mm - np.array(body.position_mm)[:, None]) / body.scale).astype(np.float32)
    moved = points.copy()
    for *amplitude, kx, ky, kz, phase in body.waves:
        wave = np.sin(np.float32(kx) * points[0] + np.float32(ky) * points[1] + np.float32(kz) * points[2] + phase)
        for axis in range(3):
            moved[axis] += np.float32(amplitude[axis]) * wave
    moved[1] -= np.float32(body.bend_mm) * (1 - (points[2] / 100) ** 2)
    return np.asarray(moved, dtype=np.float32)
