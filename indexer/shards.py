"""Shards: immutable Parquet files of vectors, each written whole by one batch of one writer."""

import io
import secrets
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.atomic import sha256_of_file, storage_errors, write_bytes
from common.errors import IntegrityError
from indexer.catalog.vectors import ShardEntry
from indexer.layout import Layout
from indexer.records import Channel


@dataclass(frozen=True, slots=True, eq=False)
class ShardRows:
    """The rows of a shard.

    Attributes:
        row_ids: int64 (n,), each vector's first owner; other rows may share the vector by its content.
        contents: sha256 of what was encoded, n strings.
        vectors: float32 (n, dimension), unit rows.
    """

    row_ids: NDArray[np.int64]
    contents: tuple[str, ...]
    vectors: NDArray[np.float32]


def write_shard(layout: Layout, fingerprint: str, channel: Channel, writer: str, rows: ShardRows) -> ShardEntry:
    """Writes a shard under a name that nobody else uses, and says what was written.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to.
    """
    content = _parquet_bytes(rows)
    path = layout.shards(fingerprint, channel) / f"{writer}-{secrets.token_hex(8)}.parquet"
    write_bytes(path, content)
    return ShardEntry(
        path=path.relative_to(layout.root).as_posix(),
        channel=channel,
        fingerprint=fingerprint,
        sha256=sha256_of_file(path),
        size_bytes=len(content),
        rows=len(rows.contents),
    )


def read_shard(layout: Layout, shard: ShardEntry) -> ShardRows:
    """The rows of a shard, its bytes checked.

    Raises:
        IntegrityError: the file is missing, or not what was written.
    """
    import pyarrow.parquet as pq

    check_shard(layout, shard)
    with storage_errors(layout.root / shard.path):
        table = pq.ParquetFile(layout.root / shard.path).read()
    flat = table.column("vector").combine_chunks().flatten().to_numpy()
    return ShardRows(
        row_ids=table.column("row_id").to_numpy(),
        contents=tuple(table.column("content_hash").to_pylist()),
        vectors=flat.reshape(shard.rows, -1),
    )


def check_shard(layout: Layout, shard: ShardEntry) -> None:
    """Reads every byte of a shard.

    Raises:
        IntegrityError: the file is missing, or not what was written.
    """
    path = layout.root / shard.path
    remedy = f"Remove {path} and run `mrseek index` again: only its vectors are computed anew."
    try:
        found = sha256_of_file(path)
    except OSError as error:
        raise IntegrityError(f"The shard {path} cannot be read ({type(error).__name__}).", remedy=remedy) from error
    if found != shard.sha256:
        raise IntegrityError(f"The shard {path} is damaged: its sha256 is not the one that was noted.", remedy=remedy)


def _parquet_bytes(rows: ShardRows) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = pa.array(np.ascontiguousarray(rows.vectors, dtype=np.float32).reshape(-1))
    table = pa.table(
        {
            "row_id": pa.array(rows.row_ids, pa.int64()),
            "content_hash": pa.array(rows.contents, pa.string()),
            "vector": pa.FixedSizeListArray.from_arrays(flat, rows.vectors.shape[1]),
        }
    )
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="none")  # float32 vectors do not compress
    return stream.getvalue()
