"""Where the places of findings lie: words of the vocabulary to points of a tissue map.

Places in an organ are shares of the box around that organ's tissue, so that they hold on every map: x from the midline
outwards on the finding's side (0 to 1), y from back to front, z from bottom to top. In the liver x goes from the body's
left to its right. Spinal levels are those that the map brings along (`spine_places`).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from phantoms.findings import Finding, Side
from phantoms.spine_places import DiscPlace
from phantoms.tissue_map import TissueMap, is_one_of
from phantoms.tissues import Tissue

Point = NDArray[np.float64]

BRAIN = frozenset({Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER})
LIVER = frozenset({Tissue.LIVER})
KIDNEY = frozenset({Tissue.RENAL_CORTEX, Tissue.RENAL_MEDULLA})
PROSTATE = frozenset({Tissue.PERIPHERAL_ZONE, Tissue.TRANSITION_ZONE})
MENISCUS = frozenset({Tissue.MENISCUS})
_STRIDE_MM = 2.5

SHARES: dict[str, tuple[float, float, float]] = {
    "frontal lobe": (0.42, 0.78, 0.70),
    "parietal lobe": (0.45, 0.30, 0.82),
    "temporal lobe": (0.70, 0.55, 0.36),
    "occipital lobe": (0.32, 0.10, 0.50),
    "insula": (0.58, 0.60, 0.52),
    "thalamus": (0.16, 0.47, 0.53),
    "basal ganglia": (0.34, 0.58, 0.54),
    "cerebellar hemisphere": (0.42, 0.22, 0.18),
    "middle cerebral artery territory": (0.68, 0.52, 0.62),
    "anterior cerebral artery territory": (0.14, 0.80, 0.70),
    "posterior cerebral artery territory": (0.28, 0.12, 0.50),
    "cerebral hemispheres": (0.45, 0.50, 0.65),
    "frontal convexity": (0.62, 0.86, 0.80),
    "parietal convexity": (0.78, 0.30, 0.88),
    "temporal convexity": (1.00, 0.52, 0.42),
    "sphenoid wing": (0.52, 0.78, 0.36),
    "olfactory groove": (0.05, 0.86, 0.40),
    "middle cranial fossa": (0.70, 0.72, 0.32),
    "posterior fossa": (0.05, 0.06, 0.14),
    "periventricular white matter": (0.30, 0.50, 0.62),
    "deep white matter": (0.45, 0.50, 0.72),
    "lateral ventricles": (0.0, 0.52, 0.58),
    "segment II": (0.12, 0.55, 0.78),
    "segment III": (0.14, 0.72, 0.52),
    "segment IV": (0.40, 0.68, 0.62),
    "segment V": (0.70, 0.68, 0.36),
    "segment VI": (0.82, 0.36, 0.26),
    "segment VII": (0.80, 0.32, 0.74),
    "segment VIII": (0.64, 0.58, 0.80),
    "upper pole": (0.6, 0.4, 0.86),
    "interpolar region": (0.8, 0.4, 0.50),
    "lower pole": (0.6, 0.4, 0.14),
    "mid gland": (0.55, 0.28, 0.50),
    "apex": (0.45, 0.35, 0.20),
    "base": (0.55, 0.28, 0.80),
}


def sign_of(side: Side) -> float:
    """The sign of x on a side of the body: the right is positive."""
    return {Side.LEFT: -1.0, Side.RIGHT: 1.0}.get(side, 0.0)


@lru_cache(maxsize=64)
def points_of(tissue_map: TissueMap, hosts: frozenset[Tissue]) -> Point:
    """Points of a map, some 2.5 mm apart, that hold one of some tissues: mm, shape (n, 3)."""
    step = max(1, round(_STRIDE_MM / tissue_map.spacing_mm))
    coarse = is_one_of(tissue_map.labels[::step, ::step, ::step], *hosts)
    return np.asarray(np.argwhere(coarse) * (step * tissue_map.spacing_mm) + np.array(tissue_map.origin_mm))


def in_box(points: Point, share: tuple[float, float, float], sign: float) -> Point:
    """The point at shares of the box around points on one side (sign 0: of both, x from the midline at 0)."""
    sided = points[points[:, 0] * sign >= 0] if sign else points
    low, high = np.quantile(sided, 0.01, axis=0), np.quantile(sided, 0.99, axis=0)
    x = share[0] * (high[0] if sign >= 0 else low[0]) if sign else share[0] * high[0]
    return np.array([x, *(low[1:] + np.array(share[1:]) * (high - low)[1:])])


def in_organ(points: Point, share: tuple[float, float, float]) -> Point:
    """The point at shares of the box around points, x from left to right too."""
    low, high = np.quantile(points, 0.01, axis=0), np.quantile(points, 0.99, axis=0)
    return np.asarray(low + np.array(share) * (high - low))


def disc_of(finding: Finding, tissue_map: TissueMap) -> DiscPlace:
    """The disc that a finding names.

    Raises:
        VolumeError: the map does not show that level.
    """
    if tissue_map.spine is None or finding.place not in tissue_map.spine.discs:
        raise _unknown_level(finding)
    return tissue_map.spine.discs[finding.place]


def disc_point(finding: Finding, tissue_map: TissueMap) -> Point:
    """The back edge of a disc, on the finding's side of it."""
    disc = disc_of(finding, tissue_map)
    x, y, z = disc.back_mm
    return np.array([x + sign_of(finding.side) * 0.24 * disc.half_mm[0], y, z])


def cord_point(finding: Finding, tissue_map: TissueMap) -> Point:
    """The cord at a vertebra's height, a little to the finding's side."""
    spine, vertebra = tissue_map.spine, finding.place.removesuffix(" level")
    if spine is None or vertebra not in spine.cord:
        raise _unknown_level(finding)
    x, y, z = spine.cord[vertebra]
    return np.array([x + sign_of(finding.side) * 0.3 * spine.cord_mm[0], y, z])


def cord_half_axes(tissue_map: TissueMap) -> tuple[float, float]:
    """Of the cord, right and anterior, mm."""
    return (5.0, 4.0) if tissue_map.spine is None else tissue_map.spine.cord_mm


def _unknown_level(finding: Finding) -> VolumeError:
    return VolumeError(
        f"A {finding.kind} at {finding.place} cannot be placed: this anatomy does not show that level.",
        remedy="Choose a level of the scanned part of the spine.",
    )
