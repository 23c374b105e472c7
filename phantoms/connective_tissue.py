"""What runs through flesh and is too fine to be drawn one by one: fat between muscle bundles, fascia in fat, vessels,
the network of marrow. It turns even solids into tissue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from phantoms.tissue_map import Labels, Mask, is_one_of
from phantoms.tissues import Tissue

Field = NDArray[np.float32]
_VESSEL_STEP_MM = 7.0
_STRAIGHTNESS = 0.35  # random part of a vessel's direction from one step to the next


@dataclass(frozen=True, slots=True)
class Weave:
    """How much of it there is.

    Attributes:
        septa: share of muscle that is fat between bundles.
        marbling: share of muscle that is fine fat within bundles.
        fascia: share of fat that is sheets of connective tissue.
        islands: share of marrow that is pure fat.
        trabeculae: share of marrow that is dense bone.
        vessels: how many, by the tissue that they run through and what they are.
    """

    septa: float = 0.04
    marbling: float = 0.02
    fascia: float = 0.015
    islands: float = 0.06
    trabeculae: float = 0.01
    vessels: Mapping[tuple[Tissue, Tissue], int] = field(default_factory=dict)


def weave(labels: Labels, mm: float, random: np.random.Generator, how: Weave) -> None:
    """Paints it, in place."""
    _add_septa(labels, mm, random, how)
    _add_fascia(labels, mm, random, how)
    _add_network(labels, mm, random, how)
    for (host, vessel), count in how.vessels.items():
        add_vessels(labels, mm, random, (host, vessel), count)


def smooth_field(
    shape: tuple[int, ...], wave_mm: tuple[float, float, float], mm: float, random: np.random.Generator
) -> Field:
    """A random field of mean 0 and standard deviation about 1 whose ups and downs lie some wavelength apart."""
    nodes = [max(3, int(np.ceil(size * mm / (0.5 * wave))) + 2) for size, wave in zip(shape, wave_mm, strict=True)]
    coarse = torch.from_numpy(random.standard_normal(nodes).astype(np.float32))[None, None]
    fine = torch.nn.functional.interpolate(coarse, size=list(shape), mode="trilinear", align_corners=True)[0, 0]
    return np.asarray(fine.numpy() * np.float32(1.7))  # interpolation evens the nodes out


def _sheets(waves: Field, where: Mask, share: float) -> Mask:
    """Where a field is next to zero: wavy sheets that fill a share of a mask."""
    inside = np.abs(waves[where])
    if len(inside) == 0 or share <= 0:
        return np.zeros(where.shape, dtype=bool)
    return np.asarray(where & (np.abs(waves) < np.quantile(inside[:: max(1, len(inside) // 20000)], share)))


def _add_septa(labels: Labels, mm: float, random: np.random.Generator, how: Weave) -> None:
    muscle = labels == Tissue.MUSCLE
    bundles = smooth_field(labels.shape, (34.0, 34.0, 150.0), mm, random)
    labels[_sheets(bundles, muscle, how.septa)] = Tissue.FAT
    strands = smooth_field(labels.shape, (9.0, 9.0, 60.0), mm, random)
    patchy = smooth_field(labels.shape, (50.0, 50.0, 90.0), mm, random) > 0.2
    labels[_sheets(strands, muscle & patchy, 2.0 * how.marbling)] = Tissue.FAT


def _add_fascia(labels: Labels, mm: float, random: np.random.Generator, how: Weave) -> None:
    fat = labels == Tissue.FAT
    layers = smooth_field(labels.shape, (26.0, 26.0, 34.0), mm, random)
    labels[_sheets(layers, fat, how.fascia)] = Tissue.MUSCLE


def _add_network(labels: Labels, mm: float, random: np.random.Generator, how: Weave) -> None:
    marrow = labels == Tissue.MARROW
    if not marrow.any():
        return
    islands = smooth_field(labels.shape, (8.0, 8.0, 11.0), mm, random)
    labels[_above(islands, marrow, how.islands)] = Tissue.FAT
    dense = smooth_field(labels.shape, (5.0, 5.0, 6.0), mm, random)
    labels[_above(dense, marrow, how.trabeculae)] = Tissue.CORTICAL_BONE


def _above(waves: Field, where: Mask, share: float) -> Mask:
    inside = waves[where]
    return np.asarray(where & (waves > np.quantile(inside[:: max(1, len(inside) // 20000)], 1 - share)))


def add_vessels(
    labels: Labels, mm: float, random: np.random.Generator, tissues: tuple[Tissue, Tissue], count: int
) -> None:
    """Winding tubes, 1 to 2.5 mm thick, of the second tissue through the first."""
    host, vessel = tissues
    places = np.argwhere(is_one_of(labels[::3, ::3, ::3], host)) * 3
    if len(places) == 0:
        return
    for _ in range(count):
        course = _walk(places[random.integers(len(places))].astype(np.float64), mm, random, host)
        _paint_course(labels, course, mm, (host, vessel), float(random.uniform(0.6, 1.3)))


def _walk(
    start: NDArray[np.float64], mm: float, random: np.random.Generator, host: Tissue
) -> list[NDArray[np.float64]]:
    """Points of a winding course, in voxels; in limbs and walls vessels run lengthwise."""
    heading = random.normal(0.0, [1.0, 1.0, 1.0 if host in (Tissue.LUNG, Tissue.LIVER) else 2.2])
    course = [start]
    for _ in range(int(random.integers(6, 16))):
        heading = heading / np.linalg.norm(heading) + _STRAIGHTNESS * random.normal(size=3)
        course.append(course[-1] + heading / np.linalg.norm(heading) * (_VESSEL_STEP_MM / mm))
    return course


def _paint_course(
    labels: Labels,
    course: list[NDArray[np.float64]],
    mm: float,
    tissues: tuple[Tissue, Tissue],
    radius_mm: float,
) -> None:
    host, vessel = tissues
    reach = max(1, int(np.ceil(radius_mm / mm)))
    offsets = np.argwhere(np.ones((2 * reach + 1,) * 3)) - reach
    ball = offsets[(offsets**2).sum(axis=1) <= max(0.5, (radius_mm / mm) ** 2)]
    line = np.concatenate([start + np.linspace(0, 1, 10)[:, None] * (end - start) for start, end in pairwise(course)])
    points = (np.rint(line).astype(int)[:, None, :] + ball).reshape(-1, 3)
    points = points[((points >= 0) & (points < labels.shape)).all(axis=1)]
    x, y, z = points[labels[tuple(points.T)] == host].T
    labels[x, y, z] = vessel
