"""The fallback reader: planes decoded by pydicom (mosaics by nibabel.nicom), sorted into stacks by what they are and
where they lie.

It serves where dcm2niix cannot: deflated files, codecs that it lacks, a converter that hangs or crashes. Planes are
first parted by shape, orientation, spacing, part of the signal, echo and image type, then sorted along their normal;
planes at one place are the frames of a 4D image, sorted by b-value and time.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.dicom_planes import Plane, planes_of, read_dataset, read_pixels
from volumes.dicom_scan import Instance
from volumes.even_grid import EvenGrid, even_grid, resample_slices
from volumes.frame_axis import frame_axis
from volumes.frames import shell_value
from volumes.limits import DecodeLimits
from volumes.sidecar import sidecar_of_dicom
from volumes.slice_positions import slice_offset_mm
from volumes.stored import FrameAxis, Part, Reading, StackLabel, StoredImage
from volumes.volume import Defect, Severity

_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_SAME_PLACE_MM = 0.01
_AXIAL = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, slots=True, eq=False)
class _Stack:
    """Planes of one kind: `places[s][f]` is frame f of slice s, sorted along the normal, equally many frames each."""

    label: StackLabel
    places: tuple[tuple[Plane, ...], ...]
    offsets_mm: tuple[float, ...]


def read_series(instances: Sequence[Instance], limits: DecodeLimits) -> Reading:
    """What the files of one DICOM series hold, as stored images.

    Raises:
        VolumeError: no file can be decoded, or a stack is above the limits.
    """
    decodable = [one for one in instances if one.pixel_bytes or _decodes(one)]
    found: list[Defect] = []
    if not decodable:
        read_pixels(instances[0])  # raises, and says why
    if len(decodable) < len(instances):
        message = f"{len(instances) - len(decodable)} of {len(instances)} files cannot be decoded and were skipped."
        found.append(Defect("undecodable-slices", Severity.ERROR, message))
    planes = [plane for one in decodable for plane in planes_of(one)]
    sidecar = sidecar_of_dicom(read_dataset(decodable[0], pixels=False))
    texts = [str(sidecar.get(key, "")) for key in ("SeriesDescription", "ProtocolName", "SequenceName")]
    words = re.split(r"[^a-z]+", " ".join([*planes[0].image_type, *texts]).lower())
    images = [_stored(stack, words, limits, found) for stack in _stacks(planes, found)]
    return Reading(tuple(images), "nicom", tuple(dict.fromkeys(found)), sidecar)


def _decodes(instance: Instance) -> bool:
    """Whether compressed pixels decode: only trying tells, and geometry is settled before the pixels are needed."""
    try:
        read_pixels(instance)
    except VolumeError:
        return False
    return True


def _stacks(planes: Sequence[Plane], found: list[Defect]) -> list[_Stack]:
    groups: defaultdict[Hashable, list[Plane]] = defaultdict(list)
    for plane in planes:
        groups[_kind(plane)].append(plane)
    echo_times = sorted({_tenths(plane.echo_time_ms) for plane in planes})
    common = set.intersection(*(set(plane.image_type) for plane in planes))
    stacks = []
    for group in groups.values():
        first = group[0]
        words = [word for word in first.image_type if word not in common and len(word) > 1]
        label = StackLabel(
            part=first.part,
            echo=1 + echo_times.index(_tenths(first.echo_time_ms)) if len(echo_times) > 1 else None,
            variant="-".join(re.sub(r"[^a-z0-9]+", "", word.lower()) for word in words),
        )
        stacks.append(_sorted(label, group, found))
    return stacks


def _kind(plane: Plane) -> Hashable:
    """Planes of one kind may be stacked."""
    orientation = () if plane.orientation is None else tuple(np.round(plane.orientation, 2).ravel() + 0.0)
    spacing = () if plane.spacing_mm is None else tuple(np.round(plane.spacing_mm, 3))
    return (plane.shape, orientation, spacing, plane.part, _tenths(plane.echo_time_ms), plane.image_type)


def _tenths(echo_time_ms: float | None) -> int:
    return -1 if echo_time_ms is None else round(10 * echo_time_ms)


def _sorted(label: StackLabel, group: Sequence[Plane], found: list[Defect]) -> _Stack:
    places: defaultdict[int, list[Plane]] = defaultdict(list)
    ordered = sorted(group, key=lambda plane: (plane.b_value or 0.0, plane.order))
    for number, plane in enumerate(ordered):
        places[_place(plane, number)].append(plane)
    whole = min(len(repeats) for repeats in places.values())
    surplus = len(group) - whole * len(places)
    if surplus:
        message = f"Slices were repeated unevenly: {surplus} of {len(group)} were left out to make even stacks."
        found.append(Defect("incomplete-repeats", Severity.WARNING, message))
    keys = sorted(places)
    return _Stack(label, tuple(tuple(places[key][:whole]) for key in keys), tuple(key * _SAME_PLACE_MM for key in keys))


def _place(plane: Plane, number: int) -> int:
    """Distance along the normal in steps of 0.01 mm; without a position, the order in which planes came."""
    if plane.position is None:
        return round(number * (plane.pitch_mm or 1.0) / _SAME_PLACE_MM)
    orientation = _AXIAL if plane.orientation is None else plane.orientation
    return round(slice_offset_mm(tuple(plane.position), tuple(orientation.ravel())) / _SAME_PLACE_MM)


def _stored(stack: _Stack, words: Sequence[str], limits: DecodeLimits, found: list[Defect]) -> StoredImage:
    first, frames = stack.places[0][0], len(stack.places[0])
    grid = even_grid(stack.offsets_mm)
    if grid.interpolates:
        message = "Slices lie unevenly; the image was interpolated to even distances along them."
        found.append(Defect("slices-interpolated", Severity.WARNING, message))
    rows, columns = first.shape
    shape = (columns, rows, grid.count)
    if rows * columns * grid.count > limits.voxels:
        raise VolumeError(
            f"A volume of shape {shape} came; expected at most {limits.voxels} voxels.",
            remedy="Raise DecodeLimits.voxels if the header is right.",
        )
    b_values = _b_values(stack)
    axis = FrameAxis.DIFFUSION if b_values else frame_axis(words, frames)
    return StoredImage(
        shape=shape,
        affine=_affine(stack, grid, found),
        frames=frames,
        read=partial(_read_frames, stack, grid),
        label=_labelled(stack.label, axis, b_values),
        b_values=b_values,
    )


def _labelled(label: StackLabel, axis: FrameAxis, b_values: Sequence[float]) -> StackLabel:
    return replace(label, axis=axis, b_value=shell_value(b_values) if len(b_values) == 1 else None)


def _b_values(stack: _Stack) -> tuple[float, ...]:
    """The b-value of each frame; empty unless every frame has one and one of them is weighted."""
    values = [plane.b_value for plane in stack.places[0]]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not any(known) or stack.label.part is not Part.MAGNITUDE:
        return ()
    return tuple(known)


def _affine(stack: _Stack, grid: EvenGrid, found: list[Defect]) -> NDArray[np.float64]:
    """Stored index (column, row, slice) to RAS+ mm.

    Source: DICOM PS3.3, C.7.6.2.1.1, equation C.7.6.2.1-1.
    """
    first, last = stack.places[0][0], stack.places[-1][0]
    if first.position is None or first.orientation is None:
        found.append(
            Defect("no-orientation", Severity.WARNING, "Position or orientation is not stated; its place is a guess.")
        )
    if first.spacing_mm is None:
        found.append(Defect("no-spacing", Severity.WARNING, "Pixel spacing is not stated or zero; sizes are a guess."))
    orientation = _AXIAL if first.orientation is None else first.orientation
    between_rows, between_columns = first.spacing_mm or (1.0, 1.0)
    origin = np.zeros(3) if first.position is None else first.position
    step = np.cross(orientation[0], orientation[1]) * (grid.pitch_mm or first.pitch_mm or 1.0)
    if first.position is not None and last.position is not None and grid.count > 1:
        step = (last.position - first.position) / (grid.count - 1)  # keeps the lean of a tilted gantry
    affine = np.eye(4)
    affine[:3, 0] = orientation[0] * between_columns
    affine[:3, 1] = orientation[1] * between_rows
    affine[:3, 2] = step
    affine[:3, 3] = origin
    return np.asarray(_LPS_TO_RAS @ affine, dtype=np.float64)


def _read_frames(stack: _Stack, grid: EvenGrid) -> Iterator[NDArray[np.float32]]:
    for frame in range(len(stack.places[0])):
        slices = np.stack([repeats[frame].read().T for repeats in stack.places], axis=-1)
        yield resample_slices(slices, grid)
