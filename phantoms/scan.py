"""A rendered series as files store it: whole numbers and what one of them is worth."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phantoms import seeds
from phantoms.labelmaps import AtlasLibrary
from phantoms.render import render
from phantoms.scanners import Vendor
from phantoms.scene import Measured, SequenceKind
from phantoms.study import Series, Study
from volumes.volume import Volume

_STORED_MAX = 4095  # 12 bits, as scanners store them
_SIGNED_MAX = 32767
_PHILIPS_SLOPE = 1.25  # exact in binary, so that stored * slope is the same in float32 everywhere
_MAPS = (SequenceKind.ADC, SequenceKind.PERFUSION)  # their values mean something: no scaling
_SIGNED = (SequenceKind.PERFUSION,)


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One series as scanned.

    Attributes:
        stored: uint16 of 12 bits, or int16 for maps with a sign, shape (X, Y, Z), RAS order: what the file holds.
        slope: what a stored value is worth.
        affine: float64 (4, 4), voxel index to RAS+ mm.
        slice_axis: along which of X, Y, Z the slices are stacked.
        measured: the study's findings as they lie in the patient.
    """

    stored: NDArray[np.uint16] | NDArray[np.int16]
    slope: float
    affine: NDArray[np.float64]
    slice_axis: int
    measured: tuple[Measured, ...]

    @property
    def volume(self) -> Volume:
        """The scan as every reader should see it."""
        return Volume(self.stored.astype(np.float32) * np.float32(self.slope), self.affine)


def scan_series(study: Study, series: Series, seed: int, *, atlases: Path | None = None) -> Scan:
    """Scans one series of a study, with anatomy from a folder of label maps or from shapes."""
    scan_seed = int(seeds.generator(seed, "scan", series.uid).integers(2**31))
    rendering = render(study.subject, series.acquisition, scan_seed=scan_seed, library=_library(atlases))
    kind = series.acquisition.sequence
    slope = _PHILIPS_SLOPE if study.scanner.vendor is Vendor.PHILIPS and kind not in _MAPS else 1.0
    whole = np.rint(rendering.voxels / slope)
    signed = kind in _SIGNED
    stored = (
        np.clip(whole, -_SIGNED_MAX, _SIGNED_MAX).astype(np.int16)
        if signed
        else np.clip(whole, 0, _STORED_MAX).astype(np.uint16)
    )
    return Scan(stored, slope, rendering.affine, rendering.slice_axis, rendering.measured)


@lru_cache(maxsize=4)
def _library(atlases: Path | None) -> AtlasLibrary | None:
    return None if atlases is None else AtlasLibrary(atlases)
