"""The scan: a series' plan and a patient's shapes to voxels with partial volume, coil shading and noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms import seeds
from phantoms.anatomy import shapes_of, to_canonical
from phantoms.contrast import Weighting, intensities
from phantoms.finding_shapes import shapes_of_finding
from phantoms.scanners import Plane, Vendor
from phantoms.shapes import paint
from phantoms.study import Series, Study
from volumes.volume import Volume

_STORED_MAX = 4095  # 12 bits, as scanners store them
_NOISE = 14.0  # standard deviation, where water on T2 is 1000
_SHADING = 0.12
_SLICE_AXIS = {Plane.SAGITTAL: 0, Plane.THREE_D: 0, Plane.CORONAL: 1, Plane.AXIAL: 2}
_PHILIPS_SLOPE = 1.25  # exact in binary, so that stored * slope is the same in float32 everywhere


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One series as scanned.

    Attributes:
        stored: uint16, shape (X, Y, Z), RAS order, 0 to 4095: what the file holds.
        slope: what a stored value is worth.
        affine: float64 (4, 4), voxel index to RAS+ mm.
        slice_axis: along which of X, Y, Z the slices are stacked.
    """

    stored: NDArray[np.uint16]
    slope: float
    affine: NDArray[np.float64]
    slice_axis: int

    @property
    def volume(self) -> Volume:
        """The scan as every reader should see it."""
        return Volume(self.stored.astype(np.float32) * np.float32(self.slope), self.affine)


def scan_series(study: Study, series: Series, seed: int) -> Scan:
    """Scans one series of a study."""
    random = seeds.generator(seed, "scan", series.uid)
    slice_axis = _SLICE_AXIS[series.protocol.plane]
    shape, affine = _grid(random, study, series, slice_axis)
    signal = _partial_volume(_signal(study, series, shape, affine), slice_axis)
    weighting = series.protocol.weighting
    if weighting is Weighting.ADC:
        measured = signal + random.normal(0.0, 3 * _NOISE, shape) * (signal > 150)
    else:
        measured = _with_noise(random, signal * _shading(random, shape))
    slope = _PHILIPS_SLOPE if study.scanner.vendor is Vendor.PHILIPS and weighting is not Weighting.ADC else 1.0
    stored = np.clip(np.rint(measured / slope), 0, _STORED_MAX).astype(np.uint16)
    return Scan(stored, slope, affine, slice_axis)


def _grid(
    random: np.random.Generator, study: Study, series: Series, slice_axis: int
) -> tuple[tuple[int, int, int], NDArray[np.float64]]:
    """Shape (X, Y, Z) and affine: near the middle of the region, tilted by a few degrees as technicians do."""
    protocol = series.protocol
    counts = [series.matrix] * 3
    spacing = np.full(3, protocol.fov_mm / series.matrix)
    counts[slice_axis], spacing[slice_axis] = protocol.slices, protocol.pitch_mm
    linear = _rotation(axis=(slice_axis + 1) % 3, degrees=float(random.uniform(-6, 6))) @ np.diag(spacing)
    middle = np.array(study.body.position_mm) + random.normal(0.0, 0.01 * protocol.fov_mm, 3)
    affine = np.eye(4)
    affine[:3, :3] = linear
    affine[:3, 3] = middle - linear @ ((np.array(counts) - 1) / 2)
    # Headers hold decimal strings: what is written must be what was scanned.
    return (counts[0], counts[1], counts[2]), np.round(affine, 6)


def _rotation(axis: int, degrees: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = cosine
    matrix[first, second], matrix[second, first] = -sine, sine
    return matrix


def _signal(
    study: Study, series: Series, shape: tuple[int, int, int], affine: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The noise-free intensity at every voxel's middle, shape (X, Y, Z)."""
    indices = np.indices(shape).reshape(3, -1)
    points = affine[:3, :3] @ indices + affine[:3, 3:]
    shapes = list(shapes_of(study.region, study.body))
    for finding in study.findings:
        shapes.extend(shapes_of_finding(finding, study.region, study.body))
    labels = paint(shapes, to_canonical(points, study.body))
    return intensities(series.protocol.weighting)[labels].reshape(shape)


def _partial_volume(signal: NDArray[np.float32], slice_axis: int) -> NDArray[np.float32]:
    """Every voxel shared with its in-plane neighbours, 1-2-1."""
    for axis in range(3):
        if axis != slice_axis:
            padded = np.pad(signal, [(1, 1) if other == axis else (0, 0) for other in range(3)], mode="edge")
            before, here, after = (
                np.take(padded, range(start, start + signal.shape[axis]), axis) for start in range(3)
            )
            signal = np.asarray((before + 2 * here + after) / 4, dtype=np.float32)
    return signal


def _shading(random: np.random.Generator, shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """A smooth coil profile around 1, shape (X, Y, Z)."""
    axes = np.meshgrid(*(np.linspace(-1, 1, count) for count in shape), indexing="ij", sparse=True)
    tilt, bowl = random.uniform(-_SHADING, _SHADING, 3), random.uniform(-_SHADING, _SHADING, 3)
    return np.asarray(1.0 + sum(a * x + b * (x**2 - 0.33) for a, b, x in zip(tilt, bowl, axes, strict=True)))


def _with_noise(random: np.random.Generator, signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rician: the magnitude of a complex signal with Gaussian noise in both parts.

    Source: Gudbjartsson and Patz, "The Rician distribution of noisy MRI data", Magn Reson Med 1995, eq. 1.
    """
    real, imaginary = random.normal(0.0, _NOISE, (2, *signal.shape))
    return np.asarray(np.hypot(signal + real, imaginary))
