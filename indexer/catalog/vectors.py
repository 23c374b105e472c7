"""Which shard holds the vector of which content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from indexer.catalog.models import Passage, Series, Shard, Vector, Work
from indexer.catalog.series import insert_new
from indexer.catalog.store import bump_revision
from indexer.catalog.work import WorkState
from indexer.records import Channel

_PAGE = 500


@dataclass(frozen=True, slots=True)
class ShardEntry:
    """A shard as the catalog has it; `path` is relative to the collection."""

    path: str
    channel: Channel
    fingerprint: str
    sha256: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class MissingText:
    """A text without a vector: its hash, the row id of one of its owners, and itself."""

    content_hash: str
    row_id: int
    text: str


def add_shard(connection: Connection, shard: ShardEntry, contents: Iterable[str]) -> None:
    """Notes a shard that has landed, with the contents whose vectors it holds."""
    facts = {name: getattr(shard, name) for name in ("path", "fingerprint", "sha256", "size_bytes", "rows")}
    connection.execute(insert(Shard).values(channel=shard.channel.value, **facts))
    key = connection.execute(select(Shard.id).where(Shard.path == shard.path)).scalar_one()
    rows = [
        {"fingerprint": shard.fingerprint, "channel": shard.channel.value, "content_hash": content, "shard_id": key}
        for content in contents
    ]
    connection.execute(insert_new(connection, Vector), rows)


def list_shards(connection: Connection) -> tuple[tuple[int, ShardEntry], ...]:
    """Every shard with its key, in the order of their paths."""
    rows = connection.execute(select(Shard.__table__).order_by(Shard.path))
    return tuple(
        (row.id, ShardEntry(row.path, Channel(row.channel), row.fingerprint, row.sha256, row.size_bytes, row.rows))
        for row in rows
    )


def forget_shards(connection: Connection, keys: Sequence[int]) -> None:
    """Drops shards whose files are lost; series without a vector are put up for work again."""
    connection.execute(delete(Vector).where(Vector.shard_id.in_(keys)))
    connection.execute(delete(Shard).where(Shard.id.in_(keys)))
    has_vector = select(Vector.content_hash).where(
        Vector.channel == Channel.IMAGE.value, Vector.content_hash == Series.image_hash
    )
    orphans = connection.execute(select(Series.id).where(~has_vector.exists(), Series.image_hash != "")).scalars().all()
    for start in range(0, len(orphans), _PAGE):
        page = orphans[start : start + _PAGE]
        connection.execute(update(Series).where(Series.id.in_(page)).values(content_hash="", image_hash=""))
        connection.execute(
            update(Work)
            .where(Work.state == WorkState.DONE, Work.series.in_(page))
            .values(state=WorkState.PENDING, attempts=0)
        )
    bump_revision(connection)


def has_vectors(connection: Connection, fingerprint: str, channel: Channel, contents: Sequence[str]) -> set[str]:
    """Which of these contents have a vector of that tower already."""
    found: set[str] = set()
    for start in range(0, len(contents), _PAGE):
        query = select(Vector.content_hash).where(
            Vector.fingerprint == fingerprint,
            Vector.channel == channel.value,
            Vector.content_hash.in_(contents[start : start + _PAGE]),
        )
        found.update(connection.execute(query).scalars())
    return found


def texts_without_vector(
    connection: Connection, fingerprint: str, channel: Channel, *, most: int
) -> tuple[MissingText, ...]:
    """Up to `most` texts of cards or passages that have no vector yet, each once, by hash."""
    owner, text, key = _text_columns(channel)
    query = (
        select(key, func.min(owner), func.min(text))
        .where(_lacks_vector(fingerprint, channel, key), key != "")
        .group_by(key)
        .order_by(key)
        .limit(most)
    )
    if channel is Channel.CARD:
        query = query.where(Series.present)
    return tuple(MissingText(*row) for row in connection.execute(query))


def count_texts_without_vector(connection: Connection, fingerprint: str, channel: Channel) -> int:
    """How many texts have no vector yet."""
    _, _, key = _text_columns(channel)
    query = select(func.count(key.distinct())).where(_lacks_vector(fingerprint, channel, key), key != "")
    if channel is Channel.CARD:
        query = query.where(Series.present)
    return int(connection.execute(query).scalar_one())


def _text_columns(channel: Channel) -> tuple[Any, Any, Any]:
    if channel is Channel.CARD:
        return Series.row_id, Series.card, Series.card_hash
    return Passage.row_id, Passage.text, Passage.text_hash


def _lacks_vector(fingerprint: str, channel: Channel, key: Any) -> Any:
    vector = select(Vector.content_hash).where(
        Vector.fingerprint == fingerprint, Vector.channel == channel.value, Vector.content_hash == key
    )
    return ~vector.exists()
