"""A NIfTI header read and judged: shape, type, scaling, and an affine chosen by nibabel's policy.

The policy: the sform where its code is above 0, else the qform, else spacing alone with x flipped and the centre as
origin. What nibabel repairs with a line in its log is a defect here.
"""

import logging
from dataclasses import dataclass
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.affines import voxel_sizes
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.volume import Defect, Severity

_MAGIC = (b"n+1\0", b"n+2\0\r\n\x1a\n")
HEADER_BYTES = 544  # enough for both versions
_MM_OF_UNIT = {"meter": 1000.0, "micron": 0.001}
_PLAUSIBLE_MM = (0.01, 60.0)
_DISAGREEMENT_MM = 1.0
_NIBABEL_ERROR_LEVEL = 40


@dataclass(frozen=True, slots=True)
class NiftiLayout:
    """Where a NIfTI file keeps its voxels and what they mean.

    Attributes:
        shape: (I, J, K), singleton axes added to a 2D image.
        frames: product of the remaining axes.
        dtype: stored type, byte order included.
        offset_bytes: of the first voxel.
        slope, inter: scaling as in the header, (1, 0) where the header says none.
        affine: float64 (4, 4) to RAS+ mm.
        time_step_s: spacing of the fourth axis where it is in seconds; None otherwise.
        intent: NIfTI intent name, "none" mostly.
    """

    shape: tuple[int, int, int]
    frames: int
    dtype: np.dtype[Any]
    offset_bytes: int
    slope: float
    inter: float
    affine: NDArray[np.float64]
    time_step_s: float | None
    intent: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame as stored."""
        return int(np.prod(self.shape)) * self.dtype.itemsize


def is_nifti_header(head: bytes) -> bool:
    """Whether the first bytes of a (decompressed) file are a single-file NIfTI-1 or -2 header."""
    return head[344:348] == _MAGIC[0] or head[4:12] == _MAGIC[1]


def parse_header(head: bytes) -> tuple[NiftiLayout, tuple[Defect, ...]]:
    """The layout and the defects of a header, from the first 544 bytes of the file.

    Raises:
        VolumeError: not a single-file NIfTI header, or one that nothing can be read by.
    """
    if not is_nifti_header(head):
        raise VolumeError(
            "No single-file NIfTI header came (magic n+1 or n+2).",
            remedy="Convert .hdr/.img pairs to one .nii file, for example with nibabel.save.",
        )
    kind = nib.Nifti1Header if head[344:348] == _MAGIC[0] else nib.Nifti2Header
    try:
        header = kind(head[: kind.template_dtype.itemsize], check=False)
        repaired = _check(header)
        shape = tuple(int(size) for size in header.get_data_shape())
        dtype = header.get_data_dtype()
        slope, inter = header.get_slope_inter()
    except (HeaderDataError, ValueError, KeyError) as error:
        raise VolumeError(
            f"The NIfTI header is damaged: {error}.", remedy="Copy the file again from its source, or convert it anew."
        ) from error
    affine, geometry = _affine(header)
    layout = NiftiLayout(
        shape=_spatial(shape),
        frames=int(np.prod(shape[3:], dtype=np.int64)) if len(shape) > 3 else 1,
        dtype=dtype,
        offset_bytes=int(header.get_data_offset()),
        slope=1.0 if slope is None else float(slope),
        inter=0.0 if inter is None else float(inter),
        affine=affine,
        time_step_s=_time_step(header, shape),
        intent=str(header.get_intent()[0]),
    )
    return layout, (*repaired, *geometry)


def _check(header: nib.Nifti1Header) -> tuple[Defect, ...]:
    """Runs nibabel's checks with its repairs, as nibabel.load does; what it repaired becomes a defect."""
    log = _Collector()
    header.check_fix(logger=log, error_level=_NIBABEL_ERROR_LEVEL)
    return tuple(Defect("nifti-header-repaired", Severity.WARNING, message) for message in log.messages)


class _Collector(logging.Logger):
    """A logger that keeps the messages and prints none."""

    def __init__(self) -> None:
        super().__init__("volumes.nifti_header", logging.INFO)
        self.propagate = False
        self.messages: list[str] = []

    def handle(self, record: logging.LogRecord) -> None:
        # 20 and below are remarks on fields that say nothing about voxels, such as an unset qfac.
        if record.levelno > logging.INFO:
            self.messages.append(record.getMessage())


def _spatial(shape: tuple[int, ...]) -> tuple[int, int, int]:
    if not shape or any(size < 1 for size in shape):
        raise VolumeError(
            f"The NIfTI header states the shape {shape}; expected at least one voxel along every axis.",
            remedy="Copy the file again from its source, or convert it anew.",
        )
    padded = (*shape, 1, 1)
    return padded[0], padded[1], padded[2]


def _affine(header: nib.Nifti1Header) -> tuple[NDArray[np.float64], tuple[Defect, ...]]:
    candidates, found = _coded_affines(header)
    if not candidates:
        found.append(
            Defect(
                "no-orientation", Severity.WARNING, "Neither sform nor qform is set; left-right and origin are a guess."
            )
        )
        candidates = [_from_spacing(header)]
    affine = candidates[0]
    if len(candidates) > 1:
        found += _disagreement(candidates[0], candidates[1], header.get_data_shape())
    scale, unit = _unit_scale(header, affine)
    if scale != 1.0:
        found.append(Defect("spacing-unit", Severity.INFO, f"Spacing is stated in {unit}s and was brought to mm."))
        affine = np.diag([scale, scale, scale, 1.0]) @ affine
    return affine, tuple(found)


def _coded_affines(header: nib.Nifti1Header) -> tuple[list[NDArray[np.float64]], list[Defect]]:
    """The affines whose code is above 0, sform first, without those that no geometry can be made from."""
    usable: list[NDArray[np.float64]] = []
    found: list[Defect] = []
    for name in ("sform", "qform"):
        if int(header[f"{name}_code"]) <= 0:
            continue
        try:
            affine = np.asarray(getattr(header, f"get_{name}")(), dtype=np.float64)
        except (HeaderDataError, ValueError):
            affine = np.zeros((4, 4))
        if np.isfinite(affine).all() and abs(np.linalg.det(affine[:3, :3])) > 1e-12:
            usable.append(affine)
        else:
            found.append(
                Defect("bad-affine", Severity.ERROR, f"The {name} is singular or not finite and was not used.")
            )
    return usable, found


def _from_spacing(header: nib.Nifti1Header) -> NDArray[np.float64]:
    return np.asarray(header.get_base_affine(), dtype=np.float64)


def _disagreement(sform: NDArray[np.float64], qform: NDArray[np.float64], shape: tuple[int, ...]) -> tuple[Defect, ...]:
    """A defect where sform and qform place a corner of the image more than 1 mm apart."""
    far = np.array(_spatial(tuple(shape)), dtype=np.float64) - 1
    corners = np.array([[*(far * np.array(bits)), 1.0] for bits in np.ndindex(2, 2, 2)])
    apart = float(np.linalg.norm(corners @ (sform - qform).T, axis=1).max())
    if apart <= _DISAGREEMENT_MM:
        return ()
    return (
        Defect(
            "sform-qform-disagree", Severity.INFO, f"sform and qform differ by up to {apart:.1f} mm; sform was used."
        ),
    )


def _unit_scale(header: nib.Nifti1Header, affine: NDArray[np.float64]) -> tuple[float, str]:
    """Factor to mm, and the unit; 1 where that unit makes the spacing absurd: wrong units outnumber such voxels."""
    unit = str(header.get_xyzt_units()[0])
    scale = _MM_OF_UNIT.get(unit, 1.0)
    scaled = voxel_sizes(affine) * scale
    plausible = bool((scaled > _PLAUSIBLE_MM[0]).all() and (scaled < _PLAUSIBLE_MM[1]).all())
    return (scale, unit) if plausible else (1.0, unit)


def _time_step(header: nib.Nifti1Header, shape: tuple[int, ...]) -> float | None:
    unit = str(header.get_xyzt_units()[1])
    scale = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6}.get(unit)
    if scale is None or len(shape) < 4:
        return None
    return float(header["pixdim"][4]) * scale
