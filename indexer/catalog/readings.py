"""What decoding told of a series, and the card and columns made from it and from what its inventory said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from indexer.catalog.models import Series, Work
from indexer.catalog.series import found_of
from indexer.catalog.store import bump_revision
from indexer.catalog.work import WorkState
from indexer.records import FoundSeries

_PAGE = 500


@dataclass(frozen=True, slots=True)
class ContentState:
    """What a series' card depends on, in short."""

    series: int
    metadata_token: str
    content_hash: str
    image_hash: str
    described_from: str


@dataclass(frozen=True, slots=True)
class Description:
    """A series in words and columns; `columns` are those of `indexer.schema` that its header decides."""

    series: int
    described_from: str
    card: str
    card_hash: str
    columns: dict[str, Any]


def set_reading(connection: Connection, series: int, content: str, image: str, reading: dict[str, Any]) -> None:
    """Notes what decoding told; the card is to be made again where that is new."""
    before = connection.execute(
        select(Series.content_hash, Series.image_hash, Series.reading).where(Series.id == series)
    ).one()
    if tuple(before) == (content, image, reading):
        return
    facts = {"content_hash": content, "image_hash": image, "reading": reading, "described_from": ""}
    connection.execute(update(Series).where(Series.id == series).values(**facts))
    bump_revision(connection)


def list_content_states(connection: Connection) -> tuple[ContentState, ...]:
    """The state of every present series that is indexed."""
    query = (
        select(Series.id, Series.metadata_token, Series.content_hash, Series.image_hash, Series.described_from)
        .join(Work, Work.series == Series.id)
        .where(Series.present, Work.state == WorkState.DONE)
        .order_by(Series.series_id)
    )
    return tuple(ContentState(*row) for row in connection.execute(query))


def read_series(connection: Connection, series: Sequence[int]) -> tuple[tuple[int, FoundSeries, dict[str, Any]], ...]:
    """These series as found, with what decoding told."""
    rows = connection.execute(select(Series.__table__).where(Series.id.in_(series)).order_by(Series.series_id))
    return tuple((row.id, found_of(row), row.reading) for row in rows)


def set_description(connection: Connection, description: Description) -> None:
    """Notes a card and columns."""
    before = connection.execute(select(Series.card, Series.columns).where(Series.id == description.series)).one()
    connection.execute(
        update(Series)
        .where(Series.id == description.series)
        .values(
            described_from=description.described_from,
            card=description.card,
            card_hash=description.card_hash,
            columns=description.columns,
        )
    )
    if tuple(before) != (description.card, description.columns):
        bump_revision(connection)
