"""Work items: claiming by lease, and what became of each.

A lease ends when its owner commits, when its owner is found dead, or when its time is up. Doing an item twice is
wasteful but harmless: vectors are stored by content, and a commit for an item that is settled changes nothing.
"""

import time
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, or_, select, update

from indexer.catalog.models import Series, Source, Work
from indexer.catalog.store import bump_revision


class WorkState(StrEnum):
    """Where an item stands."""

    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One series whose voxels are to be looked at; `content_hash` is the content that it had when last indexed."""

    series: int
    row_id: int
    root: str
    path: str
    files: tuple[str, ...]
    entities: dict[str, str]
    content_hash: str


@dataclass(frozen=True, slots=True)
class FailureNote:
    """Why an item failed, redacted."""

    stage: str
    error_class: str
    reason: str
    remedy: str


def claim(connection: Connection, owner: str, *, most: int, seconds: float) -> tuple[WorkItem, ...]:
    """Takes up to `most` open items for `owner`, for `seconds` from now."""
    query = (
        select(Series.id, Series.row_id, Source.root, Series.path, Series.files, Series.entities, Series.content_hash)
        .join(Work, Work.series == Series.id)
        .join(Source, Source.id == Series.source_id)
        .where(Work.state == WorkState.PENDING, Series.present)
        .order_by(Work.series)  # as the index has them: claiming stays quick however many there are
        .limit(most)
        .with_for_update(skip_locked=True, of=Work)
    )
    items = tuple(
        WorkItem(
            row.id, row.row_id, row.root, row.path, tuple(file[0] for file in row.files), row.entities, row.content_hash
        )
        for row in connection.execute(query)
    )
    if items:
        connection.execute(
            update(Work)
            .where(Work.series.in_([item.series for item in items]))
            .values(state=WorkState.LEASED, owner=owner, leased_until=time.time() + seconds, attempts=Work.attempts + 1)
        )
    return items


def renew(connection: Connection, owner: str, *, seconds: float) -> None:
    """Prolongs every lease of an owner."""
    connection.execute(
        update(Work)
        .where(Work.owner == owner, Work.state == WorkState.LEASED)
        .values(leased_until=time.time() + seconds)
    )


def lease_owners(connection: Connection) -> set[str]:
    """Everybody who holds a lease on a present series."""
    query = (
        select(Work.owner)
        .join(Series, Series.id == Work.series)
        .where(Work.state == WorkState.LEASED, Series.present)
        .distinct()
    )
    return set(connection.execute(query).scalars())


def release(connection: Connection, owners: Collection[str]) -> None:
    """Puts items up again: those of owners who are gone, and those whose lease ran out."""
    ended = or_(Work.owner.in_(owners), Work.leased_until < time.time())
    connection.execute(
        update(Work)
        .where(Work.state == WorkState.LEASED, ended)
        .values(state=WorkState.PENDING, owner="", leased_until=0.0)
    )


def still_held(connection: Connection, owner: str, series: Collection[int]) -> set[int]:
    """Which of these items `owner` still has: one whose series changed meanwhile was put up again."""
    query = select(Work.series).where(Work.owner == owner, Work.state == WorkState.LEASED, Work.series.in_(series))
    return set(connection.execute(query.with_for_update()).scalars())


def settle(connection: Connection, series: Collection[int]) -> None:
    """Marks items as done."""
    had_failed = select(func.count()).where(Work.series.in_(series), Work.stage != "")
    if connection.execute(had_failed).scalar():
        bump_revision(connection)
    connection.execute(
        update(Work)
        .where(Work.series.in_(series))
        .values(state=WorkState.DONE, owner="", stage="", error_class="", reason="", remedy="")
    )


def fail(connection: Connection, series: int, note: FailureNote) -> None:
    """Puts an item into the ledger."""
    before = connection.execute(select(Work.stage, Work.reason).where(Work.series == series)).one()
    if tuple(before) != (note.stage, note.reason):
        bump_revision(connection)
    connection.execute(
        update(Work).where(Work.series == series).values(state=WorkState.FAILED, owner="", **asdict(note))
    )


def reopen_failures(connection: Connection) -> int:
    """Puts every failed item up again; returns how many."""
    failed = update(Work).where(Work.state == WorkState.FAILED).values(state=WorkState.PENDING, attempts=0)
    return connection.execute(failed).rowcount


def count_states(connection: Connection) -> dict[str, int]:
    """How many present series stand where."""
    query = (
        select(Work.state, func.count())
        .join(Series, Series.id == Work.series)
        .where(Series.present)
        .group_by(Work.state)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def count_open(connection: Connection) -> int:
    """How many present series are waiting or in somebody's hands."""
    states = count_states(connection)
    return states.get(WorkState.PENDING, 0) + states.get(WorkState.LEASED, 0)


def list_failed(connection: Connection) -> Iterator[tuple[str, str, str, FailureNote, int]]:
    """Source, path, pseudonym, note and attempts of every failed series."""
    query = (
        select(Source.name, Series.path, Series.series_id, Work.__table__)
        .join(Series, Series.id == Work.series)
        .join(Source, Source.id == Series.source_id)
        .where(Work.state == WorkState.FAILED, Series.present)
        .order_by(Source.name, Series.path, Series.series_id)
    )
    for row in connection.execute(query):
        note = FailureNote(row.stage, row.error_class, row.reason, row.remedy)
        yield row.name, row.path, row.series_id, note, row.attempts
