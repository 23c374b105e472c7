"""Vectors from NumPy: `numpy.savez(file, ids=..., vectors=..., patient=...)`. Nothing in it is ever unpickled."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.brought.raw_table import ID, RawTable, check_ids, column_names, plain_number
from retrieval.evaluation.facts import interned, plain_value

IDS, VECTORS = "ids", "vectors"
_HOW = "Write it with `numpy.savez(file, ids=..., vectors=...)`; text as `numpy.array(..., dtype=str)`."
_UNREADABLE = (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)


def read_npz_table(file: Path) -> RawTable:
    """`ids`, shape (rows,), `vectors`, shape (rows, dimension), and further arrays of shape (rows,) as columns.

    Raises:
        UsageError: it is no NPZ file, is damaged, or holds Python objects; an array of another shape or kind.
    """
    arrays = _arrays(file)
    if IDS not in arrays:
        raise UsageError(f"{file.name} has no array `{IDS}`.", remedy=_HOW)
    vectors = arrays.pop(VECTORS, None)
    rows = len(arrays[IDS]) if arrays[IDS].ndim else 0
    for name, array in arrays.items():
        if array.shape != (rows,) or array.dtype.kind not in ("iuUS" if name == IDS else "biufUS"):
            raise UsageError(
                f"The array `{name}` of {file.name} is {array.dtype} of shape {array.shape}; expected ({rows},) of "
                f"{'text or whole numbers' if name == IDS else 'text or numbers'}.",
                remedy=_HOW,
            )
    if vectors is not None and (vectors.ndim != 2 or len(vectors) != rows or vectors.dtype.kind not in "fiu"):
        raise UsageError(
            f"The array `{VECTORS}` of {file.name} is {vectors.dtype} of shape {vectors.shape}; expected numbers of "
            f"shape ({rows}, dimension).",
            remedy=_HOW,
        )
    ids = [str(_plain(one)) for one in arrays.pop(IDS).tolist()]
    check_ids(file.name, ids)
    called = column_names(file.name, [ID, *arrays])
    return RawTable(
        name=file.name,
        ids=ids,
        columns={
            called[name]: interned([plain_value(_plain(one)) for one in arrays[name].tolist()]) for name in arrays
        },
        vectors=vectors,
        with_vector=np.full(rows, vectors is not None),
    )


def _arrays(file: Path) -> dict[str, NDArray[Any]]:
    try:
        with file.open("rb") as stream:  # NumPy leaves a damaged file open, if it opens it itself
            opened = np.load(stream, allow_pickle=False)
            if not isinstance(opened, np.lib.npyio.NpzFile):
                raise UsageError(f"{file.name} holds a single array.", remedy=_HOW)
            with opened:
                return {name: opened[name] for name in opened.files}
    except _UNREADABLE as error:
        raise UsageError(
            f"{file.name} cannot be read as NPZ ({type(error).__name__}): it is damaged, cut short, or holds Python "
            "objects, which are never loaded.",
            remedy=_HOW,
        ) from error


def _plain(one: object) -> object:
    """Bytes are text in UTF-8."""
    return one.decode("utf-8", "replace") if isinstance(one, bytes) else plain_number(one)
