"""NIfTI files, .nii and .nii.gz, 3D and 4D: one stored image a file, frames read one after the other."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from isal import igzip, isal_zlib
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.frame_axis import frame_axis
from volumes.limits import DecodeLimits
from volumes.nifti_header import HEADER_BYTES, NiftiLayout, is_nifti_header, parse_header
from volumes.stored import Part, Reading, StackLabel, StoredImage
from volumes.volume import Defect, Severity
from volumes.voxel_values import decode_frame, value_defects

GZIP_MAGIC = b"\x1f\x8b"
_COPY_AGAIN = "Copy the file again from its source; the archive may hold a partly transferred file."
_BROKEN: tuple[type[BaseException], ...] = (EOFError, igzip.BadGzipFile, cast(type[BaseException], isal_zlib.error))
_PART_OF_WORD = {
    "phase": Part.PHASE,
    "ph": Part.PHASE,
    "real": Part.REAL,
    "imag": Part.IMAGINARY,
    "imaginary": Part.IMAGINARY,
}
_REPETITION_S = (0.2, 10.0)  # outside: no time between volumes of any MRI series


def open_stored(path: Path) -> BinaryIO:
    """A stream of the file's bytes, decompressed where it is gzipped (told by its first bytes, not its name)."""
    with path.open("rb") as stream:
        zipped = stream.read(2) == GZIP_MAGIC
    opened: BinaryIO = igzip.open(path, "rb") if zipped else path.open("rb")
    return opened


def is_nifti(path: Path) -> bool:
    """Whether a file's content is single-file NIfTI; a damaged .gz counts, so that its own error is shown."""
    with open_stored(path) as stream:
        try:
            return is_nifti_header(stream.read(HEADER_BYTES))
        except _BROKEN:
            return True


def read_nifti(path: Path, limits: DecodeLimits, entities: Mapping[str, str] | None = None) -> Reading:
    """What a NIfTI file holds, voxels not read yet.

    Args:
        path: a .nii or .nii.gz file; a .bval file beside it gives the b-values of its frames.
        limits: the most voxels that a frame may have.
        entities: BIDS entities ("suffix", "part", "echo"), which come before the words in the file's name.

    Raises:
        VolumeError: no NIfTI header, a damaged or truncated file, or a frame above the limit.
    """
    with open_stored(path) as stream:
        head = _read(stream, HEADER_BYTES, exactly=False)
    layout, found = parse_header(head)
    voxels = int(np.prod(layout.shape, dtype=np.int64))
    if voxels > limits.voxels:
        raise VolumeError(
            f"One frame of {voxels} voxels came; expected at most {limits.voxels}.",
            remedy="Raise DecodeLimits.voxels if the header is right.",
        )
    found += value_defects(layout.dtype)
    b_values, b_found = _b_values(path, layout.frames)
    image = StoredImage(
        shape=layout.shape,
        affine=layout.affine,
        frames=layout.frames,
        read=partial(_frames, path, layout),
        label=_label(path, layout, entities or {}),
        b_values=b_values,
    )
    return Reading((image,), "nibabel", (*found, *b_found), _sidecar(layout))


def _frames(path: Path, layout: NiftiLayout) -> Iterator[NDArray[np.float32]]:
    with open_stored(path) as stream:
        _read(stream, layout.offset_bytes)
        for _ in range(layout.frames):
            yield decode_frame(_read(stream, layout.frame_bytes), layout)
        _read(stream, 1, exactly=False)  # reading past the last voxel makes gzip verify its checksum


def _read(stream: BinaryIO, count: int, *, exactly: bool = True) -> bytes:
    """The next `count` bytes; a VolumeError where the file is cut off or its compressed data is damaged."""
    try:
        content = stream.read(count)
    except _BROKEN as error:
        raise VolumeError("The compressed file is truncated or damaged.", remedy=_COPY_AGAIN) from error
    if exactly and len(content) < count:
        raise VolumeError(
            f"The file ends too early: {len(content)} bytes came where {count} were expected.", remedy=_COPY_AGAIN
        )
    return content


def _b_values(path: Path, frames: int) -> tuple[tuple[float, ...], tuple[Defect, ...]]:
    """The b-values in a .bval file beside the image; a defect where their number is not the number of frames."""
    table = path.with_name(re.sub(r"\.nii(\.gz)?$", "", path.name) + ".bval")
    if frames == 1 or not table.is_file():
        return (), ()
    try:
        values = tuple(float(word) for word in table.read_text().split())
    except (OSError, ValueError):
        values = ()
    if len(values) == frames and all(np.isfinite(values)):
        return values, ()
    message = f"The .bval file holds {len(values)} b-values for {frames} frames and was not used."
    return (), (Defect("bad-b-values", Severity.WARNING, message),)


def _label(path: Path, layout: NiftiLayout, entities: Mapping[str, str]) -> StackLabel:
    words = [word for word in re.split(r"[^a-z]+", path.name.lower()) if word]
    part = _PART_OF_WORD.get(entities.get("part", ""))
    if part is None:
        part = next((_PART_OF_WORD[word] for word in words if word in _PART_OF_WORD), Part.MAGNITUDE)
    axis = frame_axis([entities.get("suffix", "").lower(), *words], layout.frames, _repetition_s(layout))
    return StackLabel(part=part, axis=axis)


def _repetition_s(layout: NiftiLayout) -> float | None:
    """The time between frames where it may be one: many tools leave any number there."""
    step = layout.time_step_s
    return step if step is not None and layout.frames > 1 and _REPETITION_S[0] <= step <= _REPETITION_S[1] else None


def _sidecar(layout: NiftiLayout) -> dict[str, object]:
    step = _repetition_s(layout)
    return {} if step is None else {"RepetitionTime": step}
