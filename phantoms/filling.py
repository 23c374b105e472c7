"""Small steps by which a map of labelled structures is completed: filling gaps, shells of bone, outlines, solids."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from phantoms.tissue_map import Labels, Mask, TissueMap, shrunk
from phantoms.tissues import Tissue

HOLLOW = 255  # air inside the body until gaps are filled, so that filling does not take it for a gap
_DIRECTIONS = 36


def fill(labels: Labels, where: Mask, tissue: Tissue) -> None:
    """Gives unlabelled voxels a tissue; the air of hollow organs stays, and becomes plain air with the last filling."""
    labels[where & (labels == Tissue.AIR)] = tissue
    if tissue is Tissue.FAT:
        labels[labels == HOLLOW] = Tissue.AIR


def centred(tissue_map: TissueMap, organ: Mask) -> TissueMap:
    """The same grid with its origin in the middle of an organ's box."""
    where = np.argwhere(organ)
    middle = (where.min(0) + where.max(0)) / 2 * -tissue_map.spacing_mm
    return replace(tissue_map, origin_mm=(float(middle[0]), float(middle[1]), float(middle[2])))


def shell_of_bone(labels: Labels, thickness_mm: float, mm: float) -> None:
    """Turns the surface of marrow into cortical bone."""
    bone = labels == Tissue.MARROW
    labels[bone & ~shrunk(bone, thickness_mm, mm)] = Tissue.CORTICAL_BONE


def paint_ball(
    labels: Labels,
    centre: NDArray[np.float64],
    radii_mm: tuple[float, float, float],
    mm: float,
    *,
    tissue: int,
    where: Mask | None = None,
) -> None:
    """An ellipsoid around a voxel, only where unlabelled or where a mask says so; in place."""
    radii = np.array(radii_mm) / mm
    low = np.clip(np.floor(centre - radii), 0, labels.shape).astype(int)
    high = np.clip(np.ceil(centre + radii) + 1, 0, labels.shape).astype(int)
    box = tuple(slice(start, stop) for start, stop in zip(low, high, strict=True))
    axes = np.ogrid[box]
    away = [((axis - middle) / radius) ** 2 for axis, middle, radius in zip(axes, centre, radii, strict=True)]
    here = labels[box]
    free = here == Tissue.AIR if where is None else where[box]
    here[(away[0] + away[1] + away[2] < 1) & free] = tissue


def outline(known: Mask, margin_mm: float, mm: float, *, smooth_mm: float = 12.0) -> Mask:
    """The body around labelled structures: in every axial slice their convex hull and a margin, smooth from slice to
    slice; beyond the first and last labelled slice the outline goes on.

    Convex hulls are meets of half-planes; one direction after another cuts away what lies beyond its tangent.
    """
    x, y = (np.arange(size, dtype=np.float32) for size in known.shape[:2])
    inside = np.ones(known.shape, dtype=bool)
    for angle in np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS):
        across = (np.cos(angle) * x[:, None] + np.sin(angle) * y[None, :]).astype(np.float32)
        reach = np.where(known, across[:, :, None], -np.inf).max(axis=(0, 1))
        inside &= across[:, :, None] <= _smoothed(reach, smooth_mm / mm)[None, None, :] + margin_mm / mm
    return inside


def _smoothed(values: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """A running mean over finite values, weighted like a bell; ends repeat the last finite value."""
    known = np.flatnonzero(np.isfinite(values))
    full = np.interp(np.arange(len(values)), known, values[known])
    offsets = np.arange(-int(2 * width) - 1, int(2 * width) + 2)
    weights = np.exp(-0.5 * (offsets / max(width, 0.1)) ** 2)
    padded = np.pad(full, len(offsets) // 2, mode="edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid").astype(np.float32)
