"""What each file that dcm2niix wrote is: its name's suffixes and its JSON as a label, its frames as a stored image.

Suffixes come after the stem, joined by "_": e2 (echo), ph (phase), real, imaginary, fieldmaphz, ROI1 (drawn overlay),
i00004 (a stack of another orientation), Eq_1 (resampled to even slice distances), a trailing letter where two stacks
had one name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from volumes.dcm2niix import STEM
from volumes.frame_axis import frame_axis
from volumes.limits import DecodeLimits
from volumes.nifti import read_nifti
from volumes.sidecar import read_sidecar
from volumes.stored import Part, Reading, StackLabel, StoredImage
from volumes.volume import Defect, Severity

_PART_OF_SUFFIX = {
    "ph": Part.PHASE,
    "real": Part.REAL,
    "imaginary": Part.IMAGINARY,
    "fieldmaphz": Part.FIELDMAP,
}
_NO_MEANING = re.compile(r"i\d+|[a-z]|\d+|")  # instance numbers, letters of name clashes
_RESAMPLED = re.compile(r"_Eq(_\d+)?")


@dataclass(frozen=True, slots=True)
class _Output:
    """One image file with its meaning."""

    path: Path
    label: StackLabel
    resampled: bool
    sidecar: Mapping[str, object]


def read_outputs(paths: Sequence[Path], limits: DecodeLimits) -> Reading:
    """What dcm2niix wrote for one series, as stored images; the sidecar is that of the first image.

    Raises:
        VolumeError: an image is above the limits.
    """
    outputs, found = _without_uneven([_output(path) for path in paths])
    images, defects = [], list(found)
    for output in outputs:
        reading = read_nifti(output.path, limits)
        defects += reading.defects
        images.append(_labelled(reading.images[0], output))
    sidecar = next((output.sidecar for output in outputs if output.sidecar), {})
    return Reading(tuple(images), "dcm2niix", tuple(defects), sidecar)


def _output(path: Path) -> _Output:
    sidecar = read_sidecar(path.with_suffix(".json"))
    if not sidecar:  # a resampled or overlay image has no JSON of its own
        sidecar = read_sidecar(path.with_name(_RESAMPLED.sub("", path.stem)).with_suffix(".json"))
    return _Output(path, label_of(path.stem, sidecar), bool(_RESAMPLED.search(path.stem)), sidecar)


def label_of(stem: str, sidecar: Mapping[str, object]) -> StackLabel:
    """What an output is, from its name without extension and its JSON.

    >>> label_of("v_e2_ph", {}).echo, label_of("v_e2_ph", {}).part.value
    (2, 'phase')
    """
    label = StackLabel(part=_part_of_image_type(sidecar))
    variants = []
    for suffix in _RESAMPLED.sub("", stem).removeprefix(STEM).split("_"):
        if suffix in _PART_OF_SUFFIX:
            label = replace(label, part=_PART_OF_SUFFIX[suffix])
        elif suffix.startswith("ROI"):
            label = replace(label, part=Part.OVERLAY)
        elif echo := re.fullmatch(r"e(\d+)[a-z]?", suffix):
            label = replace(label, echo=int(echo[1]))
        elif not _NO_MEANING.fullmatch(suffix):
            variants.append(re.sub(r"[^a-z0-9]+", "", suffix.lower()))
    return replace(label, variant="-".join(variants))


def _part_of_image_type(sidecar: Mapping[str, object]) -> Part:
    """Phase where the image type says so and the name does not: a series of phase images alone may carry no suffix."""
    image_type = sidecar.get("ImageType")
    words = image_type if isinstance(image_type, list) else []
    return Part.PHASE if {"P", "PHASE"} & set(words[2:]) else Part.MAGNITUDE


def _without_uneven(outputs: Sequence[_Output]) -> tuple[list[_Output], tuple[Defect, ...]]:
    """Leaves out images of wrong geometry: where slices lie unevenly, dcm2niix adds one that it resampled ("_Eq")."""
    replaced = {_RESAMPLED.sub("", output.path.stem) for output in outputs if output.resampled}
    if not replaced:
        return list(outputs), ()
    kept = [output for output in outputs if output.resampled or output.path.stem not in replaced]
    message = "Slices lie unevenly; the image was interpolated to even distances along them."
    return kept, (Defect("slices-interpolated", Severity.WARNING, message),)


def _labelled(image: StoredImage, output: _Output) -> StoredImage:
    words = [word for text in _texts(output.sidecar) for word in re.split(r"[^a-z]+", text.lower())]
    repetition = output.sidecar.get("RepetitionTime")
    axis = frame_axis(words, image.frames, repetition if isinstance(repetition, float) else None)
    return replace(image, label=replace(output.label, axis=axis))


def _texts(sidecar: Mapping[str, object]) -> list[str]:
    """What may say what the frames are, the most telling first: dcm2niix's own guess, image type, description."""
    texts: list[str] = []
    for key in ("BidsGuess", "ImageType", "SeriesDescription", "ProtocolName"):
        value = sidecar.get(key)
        texts += [str(item) for item in value] if isinstance(value, list) else [str(value or "")]
    return texts
