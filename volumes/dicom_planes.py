"""Every plane of a DICOM series with its place in space: slices, frames of multi-frame files, tiles of mosaics, all
alike.

Mosaics of Siemens are unpacked by nibabel.nicom, which knows their private header and the shift of their stated
position.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.dicom_meaning import b_value_of, echo_time_of, part_of, rescale_of
from volumes.dicom_scan import Instance
from volumes.stored import Part

_LUMINANCE = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_UIH_TILES, _UIH_TILE_COUNT = (0x0065, 0x1051), (0x0065, 0x1050)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One 2D image in space, pixels not read yet.

    Attributes:
        shape: (rows, columns).
        position: float64 (3,), centre of the first pixel in mm, LPS as DICOM has it; None where the header gives none.
        orientation: float64 (2, 3), unit vectors along a row and along a column, LPS; None where the header gives none.
        spacing_mm: between rows, between columns; None where the header gives none.
        pitch_mm: stated distance to the next slice, 0 where unknown.
        order: what repetitions at one place are sorted by.
        read: gives the pixels, float32 (rows, columns), rescaled.
    """

    shape: tuple[int, int]
    position: NDArray[np.float64] | None
    orientation: NDArray[np.float64] | None
    spacing_mm: tuple[float, float] | None
    pitch_mm: float
    part: Part
    echo_time_ms: float | None
    b_value: float | None
    image_type: tuple[str, ...]
    order: tuple[float, ...]
    read: Callable[[], NDArray[np.float32]]


def planes_of(instance: Instance) -> Iterator[Plane]:
    """The planes of one file, in stored order.

    Raises:
        VolumeError: a mosaic whose header does not say how many slices it holds.
    """
    dataset = read_dataset(instance, pixels=False)
    if "PerFrameFunctionalGroupsSequence" in dataset:
        return _frames(instance, dataset)
    if _UIH_TILES in dataset:
        return _uih_tiles(instance, dataset)
    if instance.is_mosaic:
        return _siemens_tiles(instance, dataset)
    return _slice(instance, dataset)


def read_dataset(instance: Instance, *, pixels: bool) -> Any:
    """The file as a pydicom dataset, with or without its pixels."""
    from pydicom import dcmread
    from pydicom.uid import ImplicitVRLittleEndian

    dataset = dcmread(instance.path, force=True, stop_before_pixels=not pixels)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return dataset


def read_pixels(instance: Instance) -> NDArray[Any]:
    """All pixels of a file as stored: (rows, columns) or (frames, rows, columns); colour as luminance.

    Raises:
        VolumeError: there are none, or no decoder reads them.
    """
    dataset = read_dataset(instance, pixels=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom warns of padding bytes and odd lengths that it copes with
            pixels: NDArray[Any] = dataset.pixel_array
    except Exception as error:
        raise VolumeError(
            f"The pixels of a DICOM file cannot be decoded ({type(error).__name__}).",
            remedy="Copy the file again from its source, or convert it to an uncompressed transfer syntax.",
        ) from error
    return pixels @ _LUMINANCE if int(dataset.get("SamplesPerPixel", 1)) == 3 else pixels


def _slice(instance: Instance, dataset: Any) -> Iterator[Plane]:
    slope, inter = rescale_of([dataset])

    def read() -> NDArray[np.float32]:
        return np.asarray(read_pixels(instance) * slope + inter, dtype=np.float32)

    yield _plane([dataset], instance, dataset, read, frame=0)


def _frames(instance: Instance, dataset: Any) -> Iterator[Plane]:
    """One plane a frame; a field is taken from the frame's groups, then the shared ones, then the file."""
    shared = dataset.get("SharedFunctionalGroupsSequence") or [{}]
    pixels = cache(partial(_all_frames, instance))
    for number, groups in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        levels = [*_items(groups), *_items(shared[0]), dataset]
        slope, inter = rescale_of(levels)
        yield _plane(levels, instance, dataset, partial(_rescaled, pixels, number, slope, inter), frame=number)


def _all_frames(instance: Instance) -> NDArray[Any]:
    pixels = read_pixels(instance)
    return pixels[np.newaxis] if pixels.ndim == 2 else pixels


def _rescaled(
    pixels: Callable[[], NDArray[Any]], where: int | tuple[slice, slice], slope: float, inter: float
) -> NDArray[np.float32]:
    """One frame of a stack of frames, or one tile of a mosaic."""
    return np.asarray(pixels()[where] * slope + inter, dtype=np.float32)


def _items(groups: Any) -> list[Any]:
    """The first item of every functional group, and the items of their sequences one level down."""
    found = []
    for element in groups:
        if getattr(element, "VR", "") == "SQ" and not element.tag.is_private and len(element.value):
            item = element.value[0]
            found += [item, *_items(item)]
    return found


def _plane(
    levels: list[Any], instance: Instance, dataset: Any, read: Callable[[], NDArray[np.float32]], *, frame: int
) -> Plane:
    spacing = _numbers(levels, "PixelSpacing", 2)
    orientation = _numbers(levels, "ImageOrientationPatient", 6)
    pitch = _numbers(levels, "SpacingBetweenSlices", 1)
    thickness = _numbers(levels, "SliceThickness", 1)
    image_type = tuple(str(word) for word in _first(levels, "FrameType", "ImageType") or ())
    return Plane(
        shape=(int(dataset.Rows), int(dataset.Columns)),
        position=_numbers(levels, "ImagePositionPatient", 3),
        orientation=None if orientation is None else orientation.reshape(2, 3),
        spacing_mm=None if spacing is None or spacing.min() <= 0 else (float(spacing[0]), float(spacing[1])),
        pitch_mm=abs(float(next((value[0] for value in (pitch, thickness) if value is not None), 0.0))),
        part=part_of(image_type, str(_first(levels, "ComplexImageComponent") or "")),
        echo_time_ms=echo_time_of(levels),
        b_value=b_value_of(levels),
        image_type=image_type,
        order=(
            float(_first(levels, "TemporalPositionIndex", "TemporalPositionIdentifier") or 0),
            float(dataset.get("AcquisitionNumber") or 0),
            float(instance.number),
            float(frame),
        ),
        read=read,
    )


def _uih_tiles(instance: Instance, dataset: Any) -> Iterator[Plane]:
    """UIH: the position of every tile is stated; tiles fill the image row by row."""
    tiles = dataset[_UIH_TILES].value
    across = int(np.ceil(np.sqrt(int(dataset[_UIH_TILE_COUNT].value))))
    down = int(np.ceil(len(tiles) / across))
    rows, columns = int(dataset.Rows) // down, int(dataset.Columns) // across
    slope, inter = rescale_of([dataset])
    pixels = cache(partial(read_pixels, instance))
    for number, tile in enumerate(tiles):
        top, left = number // across * rows, number % across * columns
        where = (slice(top, top + rows), slice(left, left + columns))
        read = partial(_rescaled, pixels, where, slope, inter)
        plane = _plane([tile, dataset], instance, dataset, read, frame=number)
        yield _moved(plane, (rows, columns), plane.position, plane.orientation)


def _siemens_tiles(instance: Instance, dataset: Any) -> Iterator[Plane]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nicom warns at import that it is experimental
        from nibabel.nicom import dicomwrappers

        wrapper = dicomwrappers.wrapper_from_data(dataset)
    if not wrapper.is_mosaic:
        raise VolumeError(
            "A mosaic came whose private header, which says how many slices it holds, is missing.",
            remedy="Take the series from before it was anonymised, or keep the Siemens CSA header when anonymising.",
        )
    volume = cache(partial(_mosaic, instance))
    affine = np.asarray(wrapper.affine, dtype=np.float64)
    rows, columns, slices = wrapper.image_shape
    unit = affine[:3, :2] / np.linalg.norm(affine[:3, :2], axis=0)
    orientation = np.stack([unit[:, 1], unit[:, 0]])  # nicom's axes are (row index, column index)
    for number in range(slices):
        plane = _plane([dataset], instance, dataset, partial(_mosaic_slice, volume, number), frame=number)
        yield _moved(plane, (rows, columns), affine[:3, 3] + number * affine[:3, 2], orientation)


def _mosaic(instance: Instance) -> NDArray[Any]:
    from nibabel.nicom import dicomwrappers

    return np.asarray(dicomwrappers.wrapper_from_data(read_dataset(instance, pixels=True)).get_data())


def _mosaic_slice(volume: Callable[[], NDArray[Any]], number: int) -> NDArray[np.float32]:
    return np.asarray(volume()[..., number], dtype=np.float32)


def _moved(
    plane: Plane,
    shape: tuple[int, int],
    position: NDArray[np.float64] | None,
    orientation: NDArray[np.float64] | None,
) -> Plane:
    return replace(plane, shape=shape, position=position, orientation=orientation)


def _first(levels: list[Any], *keywords: str) -> Any:
    """The first value that is there and not empty: all levels for the first keyword, then the next keyword."""
    for keyword in keywords:
        for level in levels:
            value = level.get(keyword)
            if value is not None and value != "":
                return value
    return None


def _numbers(levels: list[Any], keyword: str, count: int) -> NDArray[np.float64] | None:
    value = _first(levels, keyword)
    if value is None:
        return None
    try:
        numbers = np.atleast_1d(np.asarray(value, dtype=np.float64))
    except (TypeError, ValueError):
        return None
    return numbers if numbers.shape == (count,) and np.isfinite(numbers).all() else None
