"""Which DICOM files of a series hold its image: no directories, reports, segmentations, raw data, copies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import VolumeError
from volumes.dicom_scan import Instance, scan
from volumes.pixel_bytes import holds_pixels
from volumes.slice_positions import even_repeats, position_defects
from volumes.volume import Defect, Severity

_NOT_IMAGES = {
    "1.2.840.10008.1.3.10": "a media directory",
    "1.2.840.10008.5.1.4.1.1.66": "raw data",
    "1.2.840.10008.5.1.4.1.1.66.1": "a spatial registration",
    "1.2.840.10008.5.1.4.1.1.66.4": "a segmentation",
    "1.2.840.10008.5.1.4.1.1.66.5": "a surface segmentation",
    "1.2.840.10008.5.1.4.1.1.4.2": "a spectrum",
    "1.2.840.10008.5.1.4.1.1.104.1": "an encapsulated document",
}
_NOT_IMAGE_FAMILIES = {
    "1.2.840.10008.5.1.4.1.1.88.": "a structured report",
    "1.2.840.10008.5.1.4.1.1.11.": "a presentation state",
    "1.2.840.10008.5.1.4.1.1.481.": "a radiotherapy object",
}
_KEY_OBJECT = "1.2.840.10008.5.1.4.1.1.88.59"


@dataclass(frozen=True, slots=True)
class Selection:
    """The files of one series that hold its image, and what was found on the way."""

    instances: tuple[Instance, ...]
    defects: tuple[Defect, ...]


def select_images(files: Sequence[Path]) -> Selection:
    """The files that hold the image of the one series in `files`.

    Raises:
        VolumeError: no file is DICOM, none holds pixels, all are torn, or they belong to several series.
    """
    found: list[Defect] = []
    instances = _readable(files, found)
    instances = _images(instances, found)
    _require_one_series(instances)
    instances = _one_encoding(instances, found)
    instances = _distinct(instances, found)
    repeats = even_repeats(_whole(instances, found))
    return Selection(repeats.kept, (*found, *repeats.defects, *position_defects(repeats.kept)))


def _readable(files: Sequence[Path], found: list[Defect]) -> tuple[Instance, ...]:
    instances = scan(files)
    torn = sum(_claims_dicom(path) for path in set(files) - {one.path for one in instances})
    if torn:
        found.append(_count("truncated-slices", Severity.ERROR, torn, "are damaged DICOM and were skipped"))
    if not instances and torn:
        raise VolumeError(
            f"None of {torn} DICOM files can be read: they are damaged or cut off.",
            remedy="Copy the series again from its source.",
        )
    if not instances:
        raise VolumeError(
            f"None of {len(files)} files is a DICOM or NIfTI file.",
            remedy="Name a .nii or .nii.gz file, or the DICOM files of one series.",
        )
    strange = len(files) - len(instances) - torn
    if strange:
        found.append(_count("not-dicom", Severity.INFO, strange, "are not DICOM and were skipped"))
    return instances


def _claims_dicom(path: Path) -> bool:
    """Whether a file begins as DICOM does: preamble and magic."""
    with path.open("rb") as stream:
        return stream.read(132)[128:] == b"DICM"


def _count(code: str, severity: Severity, count: int, what: str) -> Defect:
    return Defect(code, severity, f"{count} files {what}.")


def _images(instances: Sequence[Instance], found: list[Defect]) -> tuple[Instance, ...]:
    images = tuple(one for one in instances if not kind_of_other(one.sop_class) and one.rows and one.columns)
    if not images:
        kinds = sorted({kind_of_other(one.sop_class) or "a file without pixels" for one in instances})
        raise VolumeError(
            f"{len(instances)} DICOM files came, none with an image: {', '.join(kinds)}.",
            remedy="Name the series that holds the images; this one holds none.",
        )
    if len(images) < len(instances):
        what = "hold no image (reports, directories, raw data, segmentations) and were skipped"
        found.append(_count("not-an-image", Severity.INFO, len(instances) - len(images), what))
    return images


def kind_of_other(sop_class: str) -> str:
    """What a DICOM object is that holds no MR image, in words; "" for images.

    >>> kind_of_other("1.2.840.10008.5.1.4.1.1.66.4"), kind_of_other("1.2.840.10008.5.1.4.1.1.4")
    ('a segmentation', '')
    """
    if sop_class == _KEY_OBJECT:
        return "a key object selection"
    families = (name for prefix, name in _NOT_IMAGE_FAMILIES.items() if sop_class.startswith(prefix))
    return _NOT_IMAGES.get(sop_class) or next(families, "")


def _require_one_series(instances: Sequence[Instance]) -> None:
    series = {one.series_uid for one in instances}
    if len(series) > 1:
        raise VolumeError(
            f"The files belong to {len(series)} series; expected one.",
            remedy="Name the files of one series, or index the folder: that groups them.",
        )


def _one_encoding(instances: tuple[Instance, ...], found: list[Defect]) -> tuple[Instance, ...]:
    """Only the multi-frame files where an archive keeps the same series as single slices too."""
    enhanced = tuple(one for one in instances if one.is_enhanced)
    if not enhanced or len(enhanced) == len(instances):
        return instances
    what = "repeat a multi-frame image slice by slice and were skipped"
    found.append(_count("two-encodings", Severity.INFO, len(instances) - len(enhanced), what))
    return enhanced


def _distinct(instances: tuple[Instance, ...], found: list[Defect]) -> tuple[Instance, ...]:
    return _kept(instances, found, _first_of_each(), ("duplicate-slices", "are copies of another and were skipped"))


def _first_of_each() -> Callable[[Instance], bool]:
    seen: set[str] = set()

    def is_first(one: Instance) -> bool:
        if one.sop_uid and one.sop_uid in seen:
            return False
        seen.add(one.sop_uid)
        return True

    return is_first


def _whole(instances: tuple[Instance, ...], found: list[Defect]) -> tuple[Instance, ...]:
    """Without the files that are too short for their own pixels: one of them costs dcm2niix the whole series."""
    whole = _kept(instances, found, _is_whole, ("truncated-slices", "are cut off or lack pixels and were skipped"))
    if not whole:
        raise VolumeError(
            f"All {len(instances)} DICOM files are cut off or lack pixels.",
            remedy="Copy the series again from its source; headers alone hold no image.",
        )
    return whole


def _is_whole(one: Instance) -> bool:
    return one.pixel_bytes == 0 or holds_pixels(one.path, one.pixel_bytes)


def _kept(
    instances: tuple[Instance, ...], found: list[Defect], keep: Callable[[Instance], bool], why: tuple[str, str]
) -> tuple[Instance, ...]:
    kept = tuple(one for one in instances if keep(one))
    if len(kept) < len(instances):
        severity = Severity.ERROR if why[0] == "truncated-slices" else Severity.WARNING
        found.append(_count(why[0], severity, len(instances) - len(kept), why[1]))
    return kept
