"""What DICOM fields say of a plane: part of the complex signal, echo time, b-value, rescaling; vendor fields too."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from volumes.stored import Part

_PART_OF_WORD = {
    "P": Part.PHASE,
    "PHASE": Part.PHASE,
    "PHASE MAP": Part.PHASE,
    "R": Part.REAL,
    "REAL": Part.REAL,
    "I": Part.IMAGINARY,
    "IMAGINARY": Part.IMAGINARY,
}
# The vendors' own b-value fields, for series that lack the standard one.
_B_VALUE_TAGS = ((0x0019, 0x100C), (0x2001, 0x1003), (0x0043, 0x1039), (0x0065, 0x1009))
_GE_OFFSET = 10**9  # GE adds it to the b-value as a flag


def part_of(image_type: Sequence[str], component: str = "") -> Part:
    """The part of the complex signal, from ComplexImageComponent or from the words of ImageType after the first two.

    >>> part_of(["ORIGINAL", "PRIMARY", "P", "ND"]).value, part_of(["ORIGINAL", "PRIMARY", "M_FFE", "M"]).value
    ('phase', 'magnitude')
    """
    if component in _PART_OF_WORD:
        return _PART_OF_WORD[component]
    return next((_PART_OF_WORD[word] for word in image_type[2:] if word in _PART_OF_WORD), Part.MAGNITUDE)


def echo_time_of(levels: Sequence[Any]) -> float | None:
    """Echo time in ms."""
    for keyword in ("EffectiveEchoTime", "EchoTime"):
        for level in levels:
            value = number_of(level.get(keyword))
            if value is not None:
                return value
    return None


def b_value_of(levels: Sequence[Any]) -> float | None:
    """Diffusion b-value in s/mm2: the standard field, then those of Siemens, Philips, GE, UIH."""
    for level in levels:
        value = number_of(level.get("DiffusionBValue"))
        if value is not None:
            return value
    for level in levels:
        for tag in _B_VALUE_TAGS:
            element = level.get(tag)
            value = number_of(getattr(element, "value", None))
            if value is not None:
                return value % _GE_OFFSET
    return None


def rescale_of(levels: Sequence[Any]) -> tuple[float, float]:
    """Slope and intercept from stored to displayed values; (1, 0) where none are stated or they are unusable."""
    for level in levels:
        slope, inter = number_of(level.get("RescaleSlope")), number_of(level.get("RescaleIntercept"))
        if slope:
            return slope, inter or 0.0
    return 1.0, 0.0


def number_of(value: Any) -> float | None:
    """A finite number from a DICOM value, of several the first; None where it is none."""
    if isinstance(value, bytes | bytearray):
        value = bytes(value).decode("ascii", errors="replace").strip(" \0")
    if isinstance(value, str):
        value = value.partition("\\")[0]
    elif isinstance(value, Sequence):
        value = value[0] if value else None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
