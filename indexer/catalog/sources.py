"""Sources in the catalog: the archives, and what of them could not be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from indexer.catalog.models import ReportFile, Skipped, Source, Unreadable
from indexer.catalog.store import bump_revision
from indexer.manifest import SourceEntry
from indexer.records import Failure, SkippedFile, SourceKind, Stage


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as the catalog has it; `table_path` is "" where the user gave no table."""

    id: int
    name: str
    root: Path
    kind: SourceKind
    table_path: str


def list_sources(connection: Connection) -> tuple[KnownSource, ...]:
    """Every source, by name."""
    rows = connection.execute(select(Source.__table__).order_by(Source.name))
    return tuple(KnownSource(row.id, row.name, Path(row.root), SourceKind(row.kind), row.table_path) for row in rows)


def source_entries(connection: Connection) -> tuple[SourceEntry, ...]:
    """Every source, as a manifest lists it."""
    return tuple(SourceEntry(s.name, str(s.root), s.kind.value) for s in list_sources(connection))


def name_for(root: Path, named: Sequence[tuple[str, Path]]) -> str:
    """The name under which a root is known, or a free one: its folder's name, with a number where that is taken.

    A root that is gone from this machine and has the same folder name was moved: it keeps its name, and its series
    keep their ids.
    """
    for name, path in named:
        if path == root:
            return name
    taken = dict(named)
    stem = root.name or "archive"
    name, turn = stem, 1
    while name in taken and taken[name].exists():
        turn += 1
        name = f"{stem}-{turn}"
    return name


def register_source(connection: Connection, name: str, root: Path, kind: SourceKind, table_path: str) -> KnownSource:
    """The source of that name, made or brought up to date."""
    known = {source.name: source for source in list_sources(connection)}
    facts = {"root": str(root), "kind": kind.value, "table_path": table_path}
    if name not in known:
        connection.execute(insert(Source).values(name=name, **facts))
        bump_revision(connection)
    elif (str(known[name].root), known[name].kind.value, known[name].table_path) != tuple(facts.values()):
        connection.execute(update(Source).where(Source.name == name).values(**facts))
        bump_revision(connection)
    return next(source for source in list_sources(connection) if source.name == name)


def register_report_file(connection: Connection, path: Path) -> tuple[int, str]:
    """The id and name of a report table or folder, made where it is new."""
    rows = connection.execute(select(ReportFile.__table__)).all()
    name = name_for(path, [(row.name, Path(row.path)) for row in rows])
    for row in rows:
        if row.name == name:
            connection.execute(update(ReportFile).where(ReportFile.id == row.id).values(path=str(path)))
            return row.id, name
    connection.execute(insert(ReportFile).values(name=name, path=str(path)))
    return connection.execute(select(ReportFile.id).where(ReportFile.name == name)).scalar_one(), name


def replace_findings(
    connection: Connection, source: KnownSource, skipped: Sequence[SkippedFile], unreadable: Sequence[Failure]
) -> None:
    """Replaces what a source's last inventory could not use."""
    if (sorted(skipped, key=_place), sorted(unreadable, key=_place)) == list_findings(connection, source):
        return
    connection.execute(delete(Skipped).where(Skipped.source_id == source.id))
    connection.execute(delete(Unreadable).where(Unreadable.source_id == source.id))
    if skipped:
        rows = [{"source_id": source.id, "path": item.path, "reason": item.reason} for item in skipped]
        connection.execute(insert(Skipped), rows)
    if unreadable:
        failures = [
            {"source_id": source.id, "path": f.path, "stage": f.stage.value, "reason": f.reason, "remedy": f.remedy}
            for f in unreadable
        ]
        connection.execute(insert(Unreadable), failures)
    bump_revision(connection)


def list_findings(connection: Connection, source: KnownSource) -> tuple[list[SkippedFile], list[Failure]]:
    """What a source's last inventory could not use, by place."""
    skips = connection.execute(select(Skipped.path, Skipped.reason).where(Skipped.source_id == source.id))
    rows = connection.execute(
        select(Unreadable.path, Unreadable.stage, Unreadable.reason, Unreadable.remedy).where(
            Unreadable.source_id == source.id
        )
    )
    return (
        sorted((SkippedFile(row.path, row.reason) for row in skips), key=_place),
        sorted((Failure(row.path, Stage(row.stage), row.reason, row.remedy) for row in rows), key=_place),
    )


def sources_with_unreadable(connection: Connection) -> tuple[KnownSource, ...]:
    """The sources that hold series whose headers could not be read."""
    affected = set(connection.execute(select(Unreadable.source_id).distinct()).scalars())
    return tuple(source for source in list_sources(connection) if source.id in affected)


def _place(item: SkippedFile | Failure) -> tuple[str, str]:
    return item.path, item.reason
