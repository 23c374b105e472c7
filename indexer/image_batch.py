"""One batch of prepared series through the image tower and into a shard: what the encoder thread does."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import MrseekError
from encoders.contract import ImageTower, Vectors
from indexer.catalog.vectors import ShardEntry
from indexer.decode import Decoded, FailedSeries
from indexer.layout import Layout
from indexer.records import Channel, Stage
from indexer.shards import ShardRows, write_shard

_REMEDY = "Run `mrseek retry` after the encoder was mended, or index with another one."


@dataclass(frozen=True, slots=True, eq=False)
class EncodedBatch:
    """A batch after the encoder.

    Attributes:
        series: those that have a vector now.
        refused: those on which the encoder failed.
        shard: the file of the new vectors, None where all were known.
        contents: what each row of the shard stands for.
    """

    series: tuple[Decoded, ...]
    refused: tuple[FailedSeries, ...]
    shard: ShardEntry | None
    contents: tuple[str, ...]


def encode_batch(
    layout: Layout,
    writer: str,
    tower: ImageTower,
    batch: Sequence[Decoded],
    known: Collection[str],
) -> EncodedBatch:
    """Encodes what of a batch has no vector yet, each content once, and writes the shard.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to.
    """
    fresh = list({series.image_hash: series for series in reversed(batch) if series.image_hash not in known}.values())
    vectors, errors = _encode_each(tower, fresh)
    refused = tuple(
        FailedSeries(series.ticket, Stage.ENCODE, *errors[series.image_hash])
        for series in batch
        if series.image_hash in errors
    )
    shard = None
    if vectors:
        owners = {series.image_hash: series.row_id for series in fresh}
        rows = ShardRows(
            row_ids=np.array([owners[content] for content in vectors], np.int64),
            contents=tuple(vectors),
            vectors=np.stack(list(vectors.values())),
        )
        shard = write_shard(layout, tower.spec.fingerprint, Channel.IMAGE, writer, rows)
    good = tuple(series for series in batch if series.image_hash not in errors)
    return EncodedBatch(good, refused, shard, tuple(vectors))


def _encode_each(
    tower: ImageTower, batch: Sequence[Decoded]
) -> tuple[dict[str, Vectors], dict[str, tuple[str, str, str]]]:
    """Vectors by content, and error class, reason and remedy by content for what the tower refuses.

    The whole batch at first; where that fails, one by one, so that only the culprit is lost.
    """
    if not batch:
        return {}, {}
    try:
        vectors = tower.encode(np.stack([series.prepared for series in batch]))
        check_vectors(vectors, (len(batch), tower.spec.dimension))
    except Exception as error:  # noqa: BLE001 - whatever the encoder raises costs one series at most
        if len(batch) > 1:
            return _encode_alone(tower, batch)
        return {}, {batch[0].image_hash: _explained(error)}
    return {series.image_hash: vector for series, vector in zip(batch, vectors, strict=True)}, {}


def _encode_alone(
    tower: ImageTower, batch: Sequence[Decoded]
) -> tuple[dict[str, Vectors], dict[str, tuple[str, str, str]]]:
    vectors: dict[str, Vectors] = {}
    errors: dict[str, tuple[str, str, str]] = {}
    for series in batch:
        good, bad = _encode_each(tower, [series])
        vectors |= good
        errors |= bad
    return vectors, errors


def check_vectors(vectors: Vectors, shape: tuple[int, int]) -> None:
    """Refuses what breaks the contract of a tower.

    Raises:
        MrseekError: a wrong shape, or rows that are not finite or not of length 1.
    """
    lengths = np.linalg.norm(vectors, axis=-1) if vectors.shape == shape else np.zeros(1)
    if vectors.shape != shape or not np.allclose(lengths, 1.0, atol=1e-4):
        raise MrseekError(
            f"The encoder gave vectors of shape {vectors.shape}, of length {lengths.min():.3g} to {lengths.max():.3g}; "
            f"expected {shape}, each of length 1.",
            remedy=_REMEDY,
        )


def _explained(error: Exception) -> tuple[str, str, str]:
    name = type(error).__name__
    if isinstance(error, MrseekError):
        return name, error.message, error.remedy or _REMEDY
    return name, f"The encoder raised an unexpected {name}.", _REMEDY
