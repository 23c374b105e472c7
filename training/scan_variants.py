"""A real series seen in other ways: a few dozen scans are worth more when each is met many times, never twice alike.

What a variant changes is what differs between two scans of one kind and not what names the kind: the part that is
covered, the resolution, the coil's profile, noise, the size of the person, and left for right where nothing is said
about sides. Slices stay slices of the same plane, and the curve of intensities stays as the sequence made it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from volumes.intensity import robust_range
from volumes.planes import stack_axis
from volumes.resample import axis_weights
from volumes.volume import Volume

_FEWEST_VOXELS = 24  # that a crop or a coarser grid leaves along an axis
_COARSE = 3  # places of the coil's profile along each axis


def scan_variant(random: np.random.Generator, volume: Volume, *, may_mirror: bool) -> Volume:
    """One variant of a series.

    Args:
        random: the variant's stream.
        volume: the series.
        may_mirror: whether left may become right: nothing that is said about it names a side.
    """
    axis = stack_axis(volume.spacing_mm)
    voxels, spacing_mm = volume.voxels, np.array(volume.spacing_mm)
    if may_mirror and random.random() < 0.5:
        voxels = voxels[::-1]
    voxels = _cropped(random, voxels, axis)
    voxels, spacing_mm = _coarser(random, voxels, spacing_mm, axis)
    voxels = _received(random, voxels)
    size = np.exp(random.normal(0.0, 0.05) + random.normal(0.0, 0.03, 3))  # of the person, and of its proportions
    affine = np.diag([*(spacing_mm * size), 1.0])
    return Volume(np.ascontiguousarray(voxels, np.float32), affine)


def _cropped(random: np.random.Generator, voxels: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """A window: at least half of the slices, at least 70 % of each other axis; often all of it."""
    windows = []
    for along, size in enumerate(voxels.shape):
        least = 0.5 if along == axis else 0.7
        share = random.uniform(least, 1.0) if random.random() < 0.6 else 1.0
        length = min(size, max(min(size, 1 if along == axis else _FEWEST_VOXELS), round(share * size)))
        start = int(random.integers(size - length + 1))
        windows.append(slice(start, start + length))
    return voxels[tuple(windows)]


def _coarser(
    random: np.random.Generator, voxels: NDArray[np.float32], spacing_mm: NDArray[np.float64], axis: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Wider pixels in the plane, up to twice, in two variants of five; of a volume, in all directions alike."""
    if random.random() > 0.4:
        return voxels, spacing_mm
    step = random.uniform(1.1, 2.0)
    thick = spacing_mm[axis] > 1.3 * np.delete(spacing_mm, axis).max()
    changed = [along for along in range(3) if not (thick and along == axis)]
    if min(voxels.shape[along] for along in changed) / step < _FEWEST_VOXELS:
        return voxels, spacing_mm  # all or none: one axis left finer would make slices of a volume
    for along in changed:
        size = voxels.shape[along]
        target = round(size / step)
        weights = axis_weights(size, target, step)
        voxels = np.moveaxis(np.tensordot(weights, voxels, axes=(1, along)), 0, along)
        spacing_mm = np.where(np.arange(3) == along, spacing_mm * step, spacing_mm)
    return voxels, spacing_mm


def _received(random: np.random.Generator, voxels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Another coil's profile, and noise of up to a twentieth of the range; the background stays as dark as it was."""
    low, high = robust_range(voxels.ravel())
    field: NDArray[Any] = random.normal(0.0, random.uniform(0.0, 0.25), (_COARSE,) * 3)
    for along, size in enumerate(voxels.shape):
        places = np.linspace(0, _COARSE - 1, size)
        left = np.minimum(places.astype(int), _COARSE - 2)
        weights = np.zeros((size, _COARSE))
        weights[np.arange(size), left] = 1 - (places - left)
        weights[np.arange(size), left + 1] = places - left
        field = np.moveaxis(np.tensordot(weights, field, axes=(1, along)), 0, along)
    scanned = low + (voxels - low) * np.exp(field)
    if random.random() < 0.6:
        noise = random.standard_normal(voxels.shape, dtype=np.float32) * np.float32(random.uniform(0, 0.05))
        scanned = np.where(voxels > low, np.abs(scanned - low + noise * (high - low)) + low, scanned)
    return np.asarray(scanned, np.float32)
