"""Series in the catalog: what is known of them, and carrying out a plan."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from indexer.catalog.models import Base, Patient, Series, Source, Study, Work
from indexer.catalog.sources import KnownSource
from indexer.catalog.store import bump_revision
from indexer.catalog.work import WorkState
from indexer.changes import Change, KnownSeries, SourceChanges
from indexer.identity import Natural
from indexer.records import FileStat, FoundSeries, SourceKind
from indexer.schema import row_id_of

_PAGE = 1000


def insert_new(connection: Connection, table: type[Base]) -> Insert:
    """An INSERT that leaves rows alone whose key is there already, in either dialect."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement: Insert = dialect.insert(table).on_conflict_do_nothing()
    return statement


def list_known(connection: Connection, source: KnownSource) -> tuple[KnownSeries, ...]:
    """Every series that the source has or had."""
    query = (
        select(Series.__table__, Work.state)
        .join(Work, Work.series == Series.id, isouter=True)
        .where(Series.source_id == source.id)
        .order_by(Series.key)
    )
    settled = (WorkState.DONE, WorkState.FAILED)
    return tuple(
        KnownSeries(
            id=row.id,
            series_id=row.series_id,
            key=row.key,
            path=row.path,
            kind=row.kind,
            stat_token=row.stat_token,
            metadata_token=row.metadata_token,
            content_hash=row.content_hash,
            size_bytes=row.size_bytes,
            present=row.present,
            indexed=row.state in settled,
        )
        for row in connection.execute(query)
    )


def list_elsewhere(connection: Connection, source: KnownSource) -> dict[str, str]:
    """The source's name of every series id that is present in another source."""
    query = (
        select(Series.series_id, Source.name)
        .join(Source, Source.id == Series.source_id)
        .where(Series.source_id != source.id, Series.present)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def apply_changes(connection: Connection, source: KnownSource, plan: SourceChanges, fingerprint: str) -> None:
    """Writes a plan: identities, series, and work items for the encoder with that fingerprint."""
    touched = [change for change in plan.changes if change.touches]
    _insert_people(connection, touched)
    for start in range(0, len(touched), _PAGE):
        _write_series(connection, source, touched[start : start + _PAGE])
    _queue(connection, [change for change in plan.changes if change.queue], fingerprint)
    removed = [series.id for series in plan.removed]
    for start in range(0, len(removed), _PAGE):
        page = removed[start : start + _PAGE]
        connection.execute(update(Series).where(Series.id.in_(page)).values(present=False))
    if removed or any(change.redescribe or not (change.known and change.known.present) for change in touched):
        bump_revision(connection)


def list_found(connection: Connection) -> Iterator[tuple[FoundSeries, str, str]]:
    """Every present series as its inventory found it, with its study's and patient's pseudonyms, by series id."""
    rows = connection.execute(select(Series.__table__).where(Series.present).order_by(Series.series_id))
    for row in rows:
        yield found_of(row), row.study_id, row.patient_id


def found_of(row: Any) -> FoundSeries:
    """A series row as its inventory found it."""
    return FoundSeries(
        kind=SourceKind(row.kind),
        key=row.key,
        path=row.path,
        files=tuple(FileStat(path, size, mtime) for path, size, mtime in row.files),
        patient_key=row.patient_key,
        study_key=row.study_key,
        accession=row.accession,
        tags=row.tags,
        entities=row.entities,
        extra=row.extra,
    )


def _insert_people(connection: Connection, changes: Iterable[Change]) -> None:
    patients: dict[str, Natural] = {}
    studies: dict[str, tuple[str, Natural]] = {}
    for change in changes:
        who = change.seen.identity
        patients[who.patient_id] = who.patient
        studies[who.study_id] = (who.patient_id, who.study)
    if patients:
        rows = [{"patient_id": key, "natural": json.dumps(natural)} for key, natural in patients.items()]
        connection.execute(insert_new(connection, Patient), rows)
        rows = [
            {"study_id": key, "patient_id": patient, "natural": json.dumps(natural)}
            for key, (patient, natural) in studies.items()
        ]
        connection.execute(insert_new(connection, Study), rows)


def _write_series(connection: Connection, source: KnownSource, changes: Sequence[Change]) -> None:
    """Updates the rows of known series, and of those that another source lost; inserts all others at once."""
    ids = [change.seen.identity.series_id for change in changes]
    there = set(connection.execute(select(Series.series_id).where(Series.series_id.in_(ids))).scalars())
    fresh = []
    for change, series_id in zip(changes, ids, strict=True):
        facts = _facts(source, change)
        if series_id in there:
            connection.execute(update(Series).where(Series.series_id == series_id).values(**facts))
        else:
            fresh.append({"series_id": series_id, "row_id": row_id_of("series", series_id), **facts})
    if fresh:
        connection.execute(insert(Series), fresh)


def _facts(source: KnownSource, change: Change) -> dict[str, Any]:
    found, who = change.seen.found, change.seen.identity
    return {
        "source_id": source.id,
        "study_id": who.study_id,
        "patient_id": who.patient_id,
        "kind": found.kind.value,
        "key": found.key,
        "path": found.path,
        "patient_key": found.patient_key,
        "study_key": found.study_key,
        "accession": found.accession,
        "files": [(file.path, file.size_bytes, file.mtime_ns) for file in found.files],
        "tags": _text_map(found.tags),
        "entities": _text_map(found.entities),
        "extra": dict(found.extra),
        "size_bytes": change.seen.size_bytes,
        "stat_token": change.seen.stat_token,
        "metadata_token": change.seen.metadata_token,
        "present": True,
    } | ({"described_from": ""} if change.redescribe else {})


def _text_map(mapping: Mapping[str, str]) -> dict[str, str]:
    """Without the NUL characters that pad some headers and that PostgreSQL refuses."""
    return {key: value.replace("\0", "") for key, value in mapping.items()}


def _queue(connection: Connection, changes: Iterable[Change], fingerprint: str) -> None:
    """Puts series up for work, with a clean slate."""
    ids = [change.seen.identity.series_id for change in changes]
    clean = {"state": WorkState.PENDING, "attempts": 0, "owner": "", "leased_until": 0.0, "fingerprint": fingerprint}
    blank = dict.fromkeys(("stage", "error_class", "reason", "remedy"), "")
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        keys = connection.execute(select(Series.id).where(Series.series_id.in_(page))).scalars().all()
        connection.execute(update(Work).where(Work.series.in_(keys)).values(**clean, **blank))
        connection.execute(insert_new(connection, Work), [{"series": key, **clean, **blank} for key in keys])
