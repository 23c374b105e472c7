"""The vectors of one channel, mapped from its FAISS file, with the row id of each. The one place that reads FAISS."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError

_DAMAGED = "Run `mrseek verify`; restore the snapshot from a backup, or run `mrseek index` to publish a new one."


@dataclass(frozen=True, slots=True, eq=False)
class ChannelVectors:
    """All vectors of a channel, in the order of its file; `row_ids` alone say what belongs to what, never the position.

    Attributes:
        row_ids: int64, shape (n,): rows of series.parquet, or of reports.parquet for the report channel.
        vectors: float32, shape (n, dimension), unit rows, C-contiguous; a read-only view of the mapped file, valid for
            as long as it is held. It begins where FAISS's header ends, so it is not aligned to 4 bytes: NumPy copies
            what it computes with, and `np.take` would copy all of it. Take slices, or gather rows with
            `retrieval.exact.gather`.
    """

    row_ids: NDArray[np.int64]
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row_ids)


def open_vectors(file: Path, *, rows: int, dimension: int) -> ChannelVectors:
    """The vectors in a FAISS file: flat, float32, inner product, under an id map (IndexIDMap or IndexIDMap2).

    Args:
        file: the channel's file in a snapshot.
        rows: number of vectors that the manifest promises.
        dimension: their length by the manifest.

    Raises:
        IntegrityError: the file cannot be read, is no flat index with ids, or disagrees with the manifest.
    """
    import faiss

    # Opening 100,000 x 384 (150 MB): 10 ms mapped by IFC, 105 ms read; mapping touches only what is compared (2 cores,
    # 2026-11).
    flags = getattr(faiss, "IO_FLAG_MMAP_IFC", 0)
    try:
        index = faiss.read_index(str(file), flags)
    except RuntimeError as error:
        raise IntegrityError(f"{file} cannot be read as a FAISS index.", remedy=_DAMAGED) from error
    if (index.ntotal, index.d) != (rows, dimension):
        raise IntegrityError(
            f"{file} holds {index.ntotal} vectors of length {index.d}; its manifest says {rows} of length {dimension}.",
            remedy=_DAMAGED,
        )
    return _view(index, file)


def _view(index: Any, file: Path) -> ChannelVectors:
    """The arrays inside an id-mapped flat index, without copying the vectors."""
    import faiss

    flat = faiss.downcast_index(index.index) if hasattr(index, "id_map") else None
    if not isinstance(flat, faiss.IndexFlat):
        raise IntegrityError(
            f"{file} holds a {type(index).__name__}; expected flat vectors under an IndexIDMap2.", remedy=_DAMAGED
        )
    if not index.ntotal:
        return ChannelVectors(np.empty(0, np.int64), np.empty((0, index.d), np.float32))
    row_ids = np.array(faiss.vector_to_array(index.id_map), dtype=np.int64)
    looked_at = faiss.rev_swig_ptr(flat.get_xb(), index.ntotal * index.d)
    vectors = np.asarray(_Memory(index, looked_at.ctypes.data, (index.ntotal, index.d)))
    return ChannelVectors(row_ids, vectors)


class _Memory:
    """Memory that a FAISS index owns, as an array that keeps the index alive for as long as anything looks at it."""

    def __init__(self, index: Any, address: int, shape: tuple[int, int]) -> None:
        self._index = index
        self.__array_interface__ = {"data": (address, True), "shape": shape, "typestr": "<f4", "version": 3}
