"""A flat FAISS index with its row ids inside, written straight to disk.

Byte for byte what `faiss.write_index` makes of an `IndexIDMap2` over an `IndexFlatIP`, which any FAISS opens.

Written by hand for three reasons: vectors arrive shard by shard and go to their places without ever being in memory
together; a full disk is an OSError that says so, where FAISS gives up with a RuntimeError; and publishing needs no
FAISS. The parity test compares every byte.

Source: FAISS, faiss/impl/index_write.cpp (write_index, write_index_header), unchanged in this part since 2017.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_INNER_PRODUCT = 0
_UNUSED = 1 << 20  # two fields of the header that FAISS kept for compatibility
_FLOAT_BYTES = 4


@dataclass(slots=True, eq=False)
class FlatIndexWriter:
    """A file that is being filled.

    Attributes:
        row_ids: int64 (n,), sorted and distinct: the index's order.
        filled: how many of them have their vector.
    """

    descriptor: int
    row_ids: NDArray[np.int64]
    dimension: int
    start: int  # of the first vector in the file
    filled: int = field(default=0)

    def put(self, row_id: int, vector: NDArray[np.float32]) -> None:
        """Puts the vector (dimension,) of a row into its place; the row id must be one of ours."""
        place = int(np.searchsorted(self.row_ids, row_id))
        content = np.ascontiguousarray(vector, "<f4").tobytes()
        _write_all(self.descriptor, content, self.start + place * self.dimension * _FLOAT_BYTES)
        self.filled += 1


@contextmanager
def flat_index_file(path: Path, row_ids: NDArray[np.int64], dimension: int) -> Iterator[FlatIndexWriter]:
    """A new index file of these rows; its vectors are put in within the block.

    Args:
        path: where it is written.
        row_ids: int64 (n,), sorted and distinct.
        dimension: length of the vectors.

    Raises:
        OSError: the disk is full, or the folder cannot be written to.
    """
    rows = len(row_ids)
    inner = b"IxFI" + _header(dimension, rows) + struct.pack("<Q", rows * dimension)
    head = b"IxM2" + _header(dimension, rows) + inner
    tail = struct.pack("<Q", rows) + row_ids.astype("<i8").tobytes()
    end = len(head) + rows * dimension * _FLOAT_BYTES
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.posix_fallocate(descriptor, 0, end + len(tail))  # a full disk is found now
        _write_all(descriptor, head, 0)
        _write_all(descriptor, tail, end)
        yield FlatIndexWriter(descriptor, row_ids, dimension, len(head))
    finally:
        os.close(descriptor)


def _header(dimension: int, rows: int) -> bytes:
    """dimension, rows, two unused fields, is_trained, metric."""
    return struct.pack("<iqqq?i", dimension, rows, _UNUSED, _UNUSED, True, _INNER_PRODUCT)


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
