"""What an inventory changes: a pure comparison of what is found with what is known, so that a dry run is free.

- same key, same files: unchanged; same key, other files: changed (the worker that looks again may find the content
  unchanged);
- unknown key, but the content of a series whose old place is empty: moved, with the same identity;
- a DICOM series under another folder keeps its key: moved, once its content was found to be the same;
- known, but not found: removed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from common.pseudonym import IdKind, Pseudonymizer
from indexer.identity import Identity, series_of
from indexer.records import FoundSeries, SkippedFile, SourceKind


class ChangeKind(StrEnum):
    """What happened to a series since it was last seen."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """A series as the catalog has it. `indexed`: its present content has its vector, or is known to have none."""

    id: int
    series_id: str
    key: str
    path: str
    kind: str
    stat_token: str
    metadata_token: str
    content_hash: str
    size_bytes: int
    present: bool
    indexed: bool


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """A series as an inventory has it."""

    found: FoundSeries
    identity: Identity
    stat_token: str
    metadata_token: str

    @property
    def size_bytes(self) -> int:
        """Bytes in its files."""
        return sum(file.size_bytes for file in self.found.files)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done for one found series: with `queue`, its voxels are to be looked at (again)."""

    kind: ChangeKind
    seen: SeenSeries
    known: KnownSeries | None
    queue: bool

    @property
    def redescribe(self) -> bool:
        """Whether the inventory says anything new beside files and times."""
        return self.known is None or self.known.metadata_token != self.seen.metadata_token

    @property
    def touches(self) -> bool:
        """Whether the catalog's row is to be written."""
        if self.known is None or not self.known.present:
            return True
        return self.redescribe or self.known.stat_token != self.seen.stat_token


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """The plan for one source."""

    changes: tuple[Change, ...]
    removed: tuple[KnownSeries, ...]
    elsewhere: tuple[SkippedFile, ...] = ()  # series that another source already brought

    def count(self, kind: ChangeKind) -> int:
        """How many found series changed in this way."""
        return sum(change.kind is kind for change in self.changes)


def move_candidates(known: Sequence[KnownSeries], seen: Sequence[SeenSeries]) -> tuple[SeenSeries, ...]:
    """The found files that may be moved ones, by their size: only these are worth hashing before the plan."""
    keys = {series.found.key for series in seen}
    sizes = {series.size_bytes for series in known if series.key not in keys and series.content_hash}
    old = {series.key for series in known}
    return tuple(
        series
        for series in seen
        if series.found.kind is not SourceKind.DICOM and series.found.key not in old and series.size_bytes in sizes
    )


def plan_changes(
    known: Sequence[KnownSeries],
    seen: Sequence[SeenSeries],
    hashes: Mapping[str, str],
    *,
    source: str,
    elsewhere: Mapping[str, str],
    pseudonymize: Pseudonymizer,
) -> SourceChanges:
    """The plan for a source.

    Args:
        known: its series in the catalog, present or removed.
        seen: its series in the archive.
        hashes: content hash by key, for `move_candidates`.
        source: its name.
        elsewhere: the source of each series id that is present in another source.
        pseudonymize: gives an id to a file at a place whose own id went along with a moved file.
    """
    by_key = {series.key: series for series in known}
    moved = _moved_from(known, seen, hashes)
    taken = {series.series_id for series in known}
    changes, twice = [], []
    for series in seen:
        before = by_key.get(series.found.key) or moved.get(series.found.key)
        if before is None and series.identity.series_id in elsewhere:
            reason = f'the same series is in source "{elsewhere[series.identity.series_id]}"'
            twice.append(SkippedFile(series.found.path, reason))
        elif before is None:
            fresh = _with_free_id(series, source, taken, pseudonymize)
            changes.append(Change(ChangeKind.NEW, fresh, None, queue=True))
        else:
            changes.append(_change_of(before, _with_id(series, before.series_id)))
    kept = {change.known.id for change in changes if change.known is not None}
    removed = tuple(series for series in known if series.present and series.id not in kept)
    return SourceChanges(tuple(changes), removed, tuple(twice))


def _moved_from(
    known: Sequence[KnownSeries], seen: Sequence[SeenSeries], hashes: Mapping[str, str]
) -> dict[str, KnownSeries]:
    """Which known series each new place holds now; several of one content are paired in the order of their places."""
    keys = {series.found.key for series in seen}
    unplaced: dict[str, list[KnownSeries]] = defaultdict(list)
    for series in sorted(known, key=lambda item: (item.present, item.key), reverse=True):
        if series.key not in keys and series.content_hash and series.kind != SourceKind.DICOM:
            unplaced[series.content_hash].append(series)
    moved = {}
    for key in sorted(hashes):
        if candidates := unplaced.get(hashes[key]):
            moved[key] = candidates.pop(0)
    return moved


def _change_of(before: KnownSeries, series: SeenSeries) -> Change:
    if before.key != series.found.key:  # found by content
        kind = ChangeKind.MOVED if before.present else ChangeKind.NEW
        return Change(kind, series, before, queue=not before.indexed)
    same = before.stat_token == series.stat_token
    if not before.present:
        return Change(ChangeKind.NEW, series, before, queue=not (same and before.indexed))
    if same and before.indexed:
        return Change(ChangeKind.UNCHANGED, series, before, queue=False)
    if same:  # an earlier run was cut short, or another one has it in hand
        return Change(ChangeKind.CHANGED if before.content_hash else ChangeKind.NEW, series, before, queue=False)
    elsewhere = before.path != series.found.path and before.size_bytes == series.size_bytes
    return Change(ChangeKind.MOVED if elsewhere else ChangeKind.CHANGED, series, before, queue=True)


def _with_id(series: SeenSeries, series_id: str) -> SeenSeries:
    return replace(series, identity=replace(series.identity, series_id=series_id))


def _with_free_id(series: SeenSeries, source: str, taken: set[str], pseudonymize: Pseudonymizer) -> SeenSeries:
    natural, turn, series_id = series_of(series.found, source), 1, series.identity.series_id
    while series_id in taken:
        turn += 1
        series_id = pseudonymize(IdKind.SERIES, *natural, str(turn))
    taken.add(series_id)
    return _with_id(series, series_id)
