"""The items of a task as Parquet, and back: the same items, bit for bit."""

from pathlib import Path

import numpy as np

from common.errors import UsageError
from retrieval.brought.bundle_form import FrozenSide
from retrieval.brought.parquet_table import read_parquet_table
from retrieval.brought.raw_table import ID, SIZE, VECTOR
from retrieval.brought.table_items import frozen_items
from retrieval.evaluation.items import Items

_OWN = {ID, VECTOR, SIZE}


def write_items(file: Path, items: Items, *, with_vectors: bool) -> None:
    """Ids, columns (lists of words), sizes and perhaps vectors; an item with several vectors has several rows.

    Raises:
        UsageError: a column whose name means something else here.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if clash := sorted(_OWN & set(items.columns)):
        raise UsageError(
            f'A bundle cannot hold a column "{clash[0]}": the name has a meaning of its own there.',
            remedy="Give the column another name in the user's table, and index again.",
        )
    counts = np.diff(items.vectors.offsets)
    rows = np.repeat(np.arange(len(items)), np.maximum(counts, 1) if with_vectors else 1)
    words = pa.list_(pa.string())
    arrays = {ID: pa.array([items.ids[row] for row in rows.tolist()], pa.string())}
    for name, values in items.columns.items():
        arrays[name] = pa.array([values[row] for row in rows.tolist()], words)
    if len(items.sizes):
        arrays[SIZE] = pa.array(items.sizes[rows], pa.float64())
    if with_vectors:
        arrays[VECTOR] = _vectors(items, counts[rows] > 0)
    pq.write_table(pa.table(arrays), file, compression="zstd")


def _vectors(items: Items, present: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> object:
    import pyarrow as pa

    dimension = items.vectors.vectors.shape[1]
    filled = np.zeros((len(present), dimension), np.float32)
    filled[present] = items.vectors.vectors[items.vectors.offsets[0] : items.vectors.offsets[-1]]
    flat = pa.array(filled.reshape(-1), pa.float32())
    return pa.FixedSizeListArray.from_arrays(flat, dimension, mask=pa.array(~present))


def read_items(folder: Path, side: FrozenSide) -> Items:
    """What `write_items` wrote. The file's hash has been checked, so its contents are believed.

    Raises:
        UsageError: it cannot be read all the same: another version of Parquet, perhaps.
    """
    table = read_parquet_table(folder / side.file, renamed=False)
    vectors = None if table.vectors is None else np.ascontiguousarray(table.vectors, np.float32)
    return frozen_items(table, vectors, side.noun, side.space)
