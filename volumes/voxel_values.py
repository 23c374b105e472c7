"""From stored voxels of any type to float32: colour to luminance, complex to magnitude, numbers as nibabel scales."""

import io
from typing import Any

import numpy as np
from nibabel.arrayproxy import ArrayProxy
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.nifti_header import NiftiLayout
from volumes.volume import Defect, Severity

_LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601


def value_defects(dtype: np.dtype[Any]) -> tuple[Defect, ...]:
    """What is lost by bringing voxels of `dtype` to float32.

    Raises:
        VolumeError: a structured type that is no colour.
    """
    if dtype.names is not None:
        if not {"R", "G", "B"} <= set(dtype.names):
            raise VolumeError(f"Voxels with the fields {dtype.names} came; expected one number, or R, G, B.")
        return (Defect("colour-image", Severity.WARNING, "Voxels are RGB; their luminance is used."),)
    if dtype.kind == "c":
        return (Defect("complex-image", Severity.INFO, "Voxels are complex; their magnitude is used."),)
    return ()


def decode_frame(stored: bytes, layout: NiftiLayout) -> NDArray[np.float32]:
    """One frame of stored bytes as float32 (I, J, K).

    Plain numbers go through nibabel's own array proxy, so that scaling rounds exactly as `get_fdata(dtype=np.float32)`
    does.
    """
    if layout.dtype.names is not None or layout.dtype.kind == "c":
        raw = np.frombuffer(stored, dtype=layout.dtype).reshape(layout.shape, order="F")
        return _scaled(_as_number(raw), layout)
    proxy = ArrayProxy(io.BytesIO(stored), (layout.shape, layout.dtype, 0, layout.slope, layout.inter), mmap=False)
    with np.errstate(over="ignore", invalid="ignore"):  # float64 beyond float32's range becomes inf, a defect later on
        values: NDArray[np.float32] = np.asanyarray(proxy, dtype=np.float32)
    return values


def _as_number(raw: NDArray[Any]) -> NDArray[np.float32]:
    if raw.dtype.kind == "c":
        return np.asarray(np.abs(raw), dtype=np.float32)
    total = np.zeros(raw.shape, dtype=np.float32)
    for channel, weight in zip(("R", "G", "B"), _LUMINANCE, strict=True):
        total += weight * raw[channel]
    return total


def _scaled(values: NDArray[np.float32], layout: NiftiLayout) -> NDArray[np.float32]:
    if (layout.slope, layout.inter) == (1.0, 0.0):
        return values
    return (values * layout.slope + layout.inter).astype(np.float32)
