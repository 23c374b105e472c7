"""The text phase: a vector for every card and passage whose text has none yet. Equal texts share one vector."""

import time

import numpy as np

from encoders.contract import TextTower
from indexer.catalog.store import Catalog
from indexer.catalog.vectors import (
    MissingText,
    add_shard,
    count_texts_without_vector,
    texts_without_vector,
)
from indexer.image_batch import check_vectors
from indexer.progress import Phase, Progress, ProgressListener
from indexer.records import Channel
from indexer.session import Session
from indexer.shards import ShardRows, write_shard

_SHARD_TEXTS = 1024  # vectors a shard
_BATCH_TEXTS = 64  # texts a call of the tower
_PHASES = {Channel.CARD: Phase.CARDS, Channel.REPORT: Phase.REPORTS}


def texts_are_due(catalog: Catalog, fingerprint: str) -> bool:
    """Whether any text lacks its vector: only then is the text tower worth opening."""
    with catalog.read() as connection:
        return any(count_texts_without_vector(connection, fingerprint, channel) for channel in _PHASES)


def encode_texts(session: Session, tower: TextTower, channel: Channel, progress: ProgressListener) -> int:
    """Encodes what is missing, one shard a transaction; returns how many texts that were.

    Raises:
        StorageError: the disk is full or read-only; what was committed stays.
    """
    catalog, layout, writer = session.catalog, session.layout, session.writer
    fingerprint, began, done = tower.spec.fingerprint, time.monotonic(), 0
    with catalog.read() as connection:
        total = count_texts_without_vector(connection, fingerprint, channel)
    while True:
        with catalog.read() as connection:
            texts = texts_without_vector(connection, fingerprint, channel, most=_SHARD_TEXTS)
        if not texts:
            return done
        shard = write_shard(layout, fingerprint, channel, writer.name, _encode(tower, texts))
        with catalog.write() as connection:
            add_shard(connection, shard, [text.content_hash for text in texts])
        done += len(texts)
        progress(Progress(_PHASES[channel], done, total, rate=done / max(time.monotonic() - began, 1e-9)))


def _encode(tower: TextTower, texts: tuple[MissingText, ...]) -> ShardRows:
    parts = []
    for start in range(0, len(texts), _BATCH_TEXTS):
        batch = [text.text for text in texts[start : start + _BATCH_TEXTS]]
        vectors = tower.encode(batch)
        check_vectors(vectors, (len(batch), tower.spec.dimension))
        parts.append(vectors)
    return ShardRows(
        row_ids=np.array([text.row_id for text in texts], np.int64),
        contents=tuple(text.content_hash for text in texts),
        vectors=np.concatenate(parts),
    )
