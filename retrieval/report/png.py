"""A grey picture as PNG, written by hand: the report needs no imaging package for a thumbnail.

Source: PNG specification, third edition (W3C 2025): section 5 (chunks), 9 (filter 0), 11.2.1 (IHDR).
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY_8_BIT = (8, 0, 0, 0, 0)  # bits, colour type grey, deflate, filters, no interlace


def grey_png(pixels: NDArray[np.uint8]) -> bytes:
    """The bytes of a PNG file.

    Args:
        pixels: uint8, shape (rows, columns), 0 black, row 0 at the top.
    """
    rows, columns = pixels.shape
    unfiltered = np.zeros((rows, columns + 1), np.uint8)  # each row begins with its filter: 0, none
    unfiltered[:, 1:] = pixels
    header = struct.pack(">IIBBBBB", columns, rows, *_GREY_8_BIT)
    body = zlib.compress(unfiltered.tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
