"""Whether an uncompressed DICOM file holds all its pixel bytes, without parsing it where that can be helped."""

from pathlib import Path

_PIXEL_TAGS = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")  # (7FE0,0010), little and big endian
_ELEMENT_HEADERS = (12, 8)  # bytes before the value: explicit VR, implicit VR


def holds_pixels(path: Path, pixel_bytes: int) -> bool:
    """Whether the file has a pixel element with at least `pixel_bytes` bytes behind it.

    Pixels mostly end the file, so that the element's tag lies at a known distance from the end: one short read. Only
    where it does not, the header is parsed.
    """
    size = path.stat().st_size
    padded = pixel_bytes + pixel_bytes % 2
    with path.open("rb") as stream:
        for header in _ELEMENT_HEADERS:
            place = size - padded - header
            if place >= 0:
                stream.seek(place)
                if stream.read(4) in _PIXEL_TAGS:
                    return True
    return size - _offset_of_pixels(path) >= pixel_bytes + min(_ELEMENT_HEADERS)


def _offset_of_pixels(path: Path) -> int:
    """Where the pixel element begins, or the end of what can be parsed."""
    from pydicom import dcmread

    with path.open("rb") as stream:
        dcmread(stream, force=True, stop_before_pixels=True)
        return stream.tell()
