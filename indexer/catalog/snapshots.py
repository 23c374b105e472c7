"""What a snapshot is made from: the rows that are ready to be published, and the log of what was."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, exists, func, insert, select

from indexer.catalog.models import Passage, Series, Skipped, Snapshot, Source, Unreadable, Vector, Work
from indexer.catalog.reports import count_reports, passage_rows
from indexer.catalog.work import WorkState, count_states
from indexer.manifest import Counts
from indexer.records import Channel

__all__ = ["Connection"]  # for those who pass one on and may not import SQLAlchemy
_PAGE = 1000


def published() -> Any:
    """The condition for being in a snapshot: the series is there, its voxels have a vector, its header a card."""
    done = exists().where(Work.series == Series.id, Work.state == WorkState.DONE)
    return Series.present & (Series.described_from != "") & done


def series_rows(connection: Connection) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every series as a row of `series.parquet`, and the columns of the user's table beside it, by series id."""
    query = (
        select(Series.__table__, Source.name.label("source"))
        .join(Source, Source.id == Series.source_id)
        .where(published())
        .order_by(Series.series_id)
        .execution_options(yield_per=_PAGE)
    )
    own = ("row_id", "series_id", "study_id", "patient_id", "source", "path", "content_hash", "card")
    for row in connection.execute(query):
        yield {**row.columns, **{name: getattr(row, name) for name in own}, "format": row.kind}, row.extra


def extra_values(connection: Connection) -> Iterator[dict[str, Any]]:
    """The columns of the user's table, series by series."""
    query = select(Series.extra).where(published()).execution_options(yield_per=_PAGE)
    yield from connection.execute(query).scalars()


def report_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every passage as a row of `reports.parquet`, by report id and ordinal."""
    return passage_rows(connection, published())


def channel_row_ids(connection: Connection, channel: Channel) -> NDArray[np.int64]:
    """The row ids of a channel, int64 (n,), sorted."""
    query = select(_owner(channel)).order_by(_owner(channel)).execution_options(yield_per=_PAGE)
    if channel is not Channel.REPORT:
        query = query.where(published())
    return np.fromiter(connection.execute(query).scalars(), np.int64)


def rows_of_shard(connection: Connection, shard: int, channel: Channel) -> dict[str, list[int]]:
    """The row ids that share each content of a shard."""
    owner, key = _owner(channel), _content(channel)
    query = select(key, owner).join(Vector, Vector.content_hash == key).where(Vector.shard_id == shard)
    if channel is not Channel.REPORT:
        query = query.where(published())
    rows: dict[str, list[int]] = {}
    for content, row_id in connection.execute(query):
        rows.setdefault(content, []).append(row_id)
    return rows


def count_everything(connection: Connection) -> Counts:
    """What the next snapshot would hold."""
    reports = count_reports(connection)
    unreadable = connection.execute(select(func.count()).select_from(Unreadable)).scalar_one()
    ready = select(
        func.count(), func.count(Series.study_id.distinct()), func.count(Series.patient_id.distinct())
    ).where(published())
    series, studies, patients = connection.execute(ready).one()
    return Counts(
        series=series,
        failed=count_states(connection).get(WorkState.FAILED, 0) + unreadable,
        skipped=connection.execute(select(func.count()).select_from(Skipped)).scalar_one(),
        studies=studies,
        patients=patients,
        reports=reports.reports,
        passages=reports.passages,
    )


def log_snapshot(connection: Connection, number: int, revision: int, created_at: str, manifest_sha256: str) -> None:
    """Notes that a snapshot was published, unless that is noted."""
    if connection.execute(select(Snapshot.number).where(Snapshot.number == number)).scalar() is None:
        facts = {"number": number, "revision": revision, "created_at": created_at, "manifest_sha256": manifest_sha256}
        connection.execute(insert(Snapshot).values(**facts))


def manifest_hash(connection: Connection, number: int) -> str:
    """The sha256 of a snapshot's manifest; "" where the log does not know it."""
    query = select(Snapshot.manifest_sha256).where(Snapshot.number == number)
    return connection.execute(query).scalar() or ""


def _owner(channel: Channel) -> Any:
    return Passage.row_id if channel is Channel.REPORT else Series.row_id


def _content(channel: Channel) -> Any:
    match channel:
        case Channel.IMAGE:
            return Series.image_hash
        case Channel.CARD:
            return Series.card_hash
        case Channel.REPORT:
            return Passage.text_hash
