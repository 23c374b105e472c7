"""Arteries of the brain's base and the large veins, which label maps of the brain rarely have."""

from itertools import pairwise

import numpy as np

from phantoms.tissue_map import Labels, Mask, shrunk
from phantoms.tissues import Tissue

_SIDES = (-1.0, 1.0)
_RADIUS_MM = 1.2
_STEP_MM = 0.8
_WINDING_MM = 1.6
# On the right, in shares of the box around the brain: x from the midline outwards, y from the back, z from below.
_ARTERIES = (
    ((0.12, 0.58, 0.18), (0.12, 0.60, 0.31), (0.30, 0.60, 0.35), (0.55, 0.58, 0.42), (0.66, 0.50, 0.55)),  # ICA, MCA
    ((0.12, 0.60, 0.32), (0.02, 0.74, 0.38), (0.02, 0.86, 0.55), (0.02, 0.72, 0.72)),  # anterior cerebral
    ((0.02, 0.42, 0.04), (0.01, 0.47, 0.20), (0.01, 0.48, 0.30)),  # basilar
    ((0.01, 0.48, 0.30), (0.20, 0.40, 0.33), (0.25, 0.20, 0.40)),  # posterior cerebral
)
_SINUS_MM = 4.0
_SPECK_WAVE_MM = 2.6


def add_vessels(labels: Labels, brain: Mask, inside: Mask, mm: float) -> None:
    """Paints arteries, the superior sagittal sinus and specks of pial vessels, in place.

    Args:
        labels: the head.
        brain: what is brain.
        inside: the inside of the skull.
        mm: spacing.
    """
    where = np.argwhere(brain)
    low, high = where.min(axis=0), where.max(axis=0)
    middle_x = (low[0] + high[0]) / 2
    _add_specks(labels, mm)
    _add_sinus(labels, inside, round(middle_x), mm)
    for course in _ARTERIES:
        for side in _SIDES:
            share = np.array(course)
            points = low + share * (high - low)
            points[:, 0] = middle_x + side * share[:, 0] * (high[0] - low[0]) / 2
            _add_tube(labels, points, mm)


def _add_specks(labels: Labels, mm: float) -> None:
    x, y, z = (axis * mm / _SPECK_WAVE_MM for axis in np.ogrid[tuple(slice(0, size) for size in labels.shape)])
    wavy = np.sin(x + 2 * np.sin(y * 0.31)) + np.sin(y + 2 * np.sin(z * 0.37)) + np.sin(z + 2 * np.sin(x * 0.29))
    labels[(labels == Tissue.CSF) & (wavy > 2.1)] = Tissue.VEIN


def _add_sinus(labels: Labels, inside: Mask, middle_x: int, mm: float) -> None:
    """Along the midline under the vault."""
    shell = inside & ~shrunk(inside, 6.0, mm)
    width = round(_SINUS_MM / mm)
    upper = np.zeros(labels.shape, dtype=bool)
    upper[middle_x - width : middle_x + width + 1, :, labels.shape[2] // 2 :] = True
    labels[shell & upper & (labels == Tissue.CSF)] = Tissue.VEIN


def _add_tube(labels: Labels, points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], mm: float) -> None:
    reach = int(np.ceil(_RADIUS_MM / mm))
    offsets = np.argwhere(np.ones((2 * reach + 1,) * 3)) - reach
    ball = offsets[(offsets**2).sum(axis=1) <= (_RADIUS_MM / mm) ** 2]
    for start, end in pairwise(points):
        steps = max(2, int(np.linalg.norm(end - start) * mm / _STEP_MM))
        share = np.linspace(0, 1, steps)[:, None]
        aside = np.sin(share * np.array([2.0, 3.0, 4.0]) * np.pi) * _WINDING_MM / mm  # 0 at both ends
        line = np.rint(start + share * (end - start) + aside).astype(int)
        x, y, z = (line[:, None, :] + ball).reshape(-1, 3).T
        labels[x, y, z] = Tissue.BLOOD_VESSEL
