"""Looking at an archive: its inventory, who each series is, and what has changed since it was last looked at."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from common.errors import UsageError
from common.pseudonym import Pseudonymizer
from indexer.catalog.series import list_elsewhere, list_known
from indexer.catalog.snapshots import Connection
from indexer.catalog.sources import KnownSource, list_sources, name_for
from indexer.catalog.store import Catalog
from indexer.changes import KnownSeries, SeenSeries, SourceChanges, move_candidates, plan_changes
from indexer.content import content_hash, metadata_token, stat_token
from indexer.header_cache import StoredHeaders
from indexer.identity import identify
from indexer.layout import Layout
from indexer.progress import Phase, Progress, ProgressListener
from indexer.records import FoundSeries, Inventory, SourceKind

_SAMPLE = 5  # files of a renamed archive whose content is compared
_HASH_THREADS = 4  # hashing waits for the disk


@dataclass(frozen=True, slots=True)
class ScannedSource:
    """An archive as it was found, before it is compared with the catalog."""

    root: Path  # what paths are relative to: the folder, or the parent of a single file
    table: Path | None
    inventory: Inventory
    headers: StoredHeaders


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """An archive compared with the catalog; `name` is what its series are known under."""

    scanned: ScannedSource
    name: str
    changes: SourceChanges


def scan_source(
    source: Path, layout: Layout, *, kind: SourceKind | None, table: Path | None, progress: ProgressListener
) -> ScannedSource:
    """Takes the inventory of an archive, with what the collection remembers of its headers.

    Raises:
        UsageError: it is not there, or there is no MRI series in it.
        SourceError: it, or the table, cannot be read.
    """
    from indexer.sources.inventory import take_inventory

    root = root_of(source)
    headers = StoredHeaders(layout, root)
    inventory = take_inventory(
        source,
        kind=kind,
        table=table,
        headers=headers,
        progress=lambda files: progress(Progress(Phase.SCAN, files)),
    )
    return ScannedSource(root, table, inventory, headers)


def root_of(source: Path) -> Path:
    """What the paths of a source's series are relative to: itself, or the folder of a single file."""
    return (source if source.is_dir() else source.parent).resolve()


def plan_source(catalog: Catalog | None, scanned: ScannedSource, pseudonymize: Pseudonymizer) -> PlannedSource:
    """Compares an archive with the catalog; changes nothing. Without a catalog everything is new."""
    if catalog is None:
        name = name_for(scanned.root, ())
        seen = see(scanned.inventory.series, name, pseudonymize)
        changes = plan_changes((), seen, {}, source=name, elsewhere={}, pseudonymize=pseudonymize)
        return PlannedSource(scanned, name, changes)
    with catalog.read() as connection:
        sources = list_sources(connection)
        name = name_for(scanned.root, [(source.name, source.root) for source in sources])
        source = next((source for source in sources if source.name == name), None)
        source = source or _find_renamed(connection, sources, scanned) or _new_source(scanned, name)
        name = source.name
        known, elsewhere = list_known(connection, source), list_elsewhere(connection, source)
    seen = see(scanned.inventory.series, name, pseudonymize)
    hashes = _hashes(scanned.root, move_candidates(known, seen))
    changes = plan_changes(known, seen, hashes, source=name, elsewhere=elsewhere, pseudonymize=pseudonymize)
    return PlannedSource(scanned, name, changes)


def see(series: Iterable[FoundSeries], source: str, pseudonymize: Pseudonymizer) -> tuple[SeenSeries, ...]:
    """Found series with identity and tokens."""
    return tuple(
        SeenSeries(found, identify(found, source, pseudonymize), stat_token(found.files), metadata_token(found))
        for found in series
    )


def check_sources(sources: Sequence[Path], collection: Path) -> tuple[Path, ...]:
    """The sources, each once, none of them the collection itself.

    Raises:
        UsageError: none was given, or one is inside the collection.
    """
    if not sources:
        raise UsageError("No source came; expected at least one folder.", remedy="Name the archive to index.")
    places = {_place_of(source): source for source in sources}
    for place, source in places.items():
        if place.is_relative_to(collection.resolve()):
            raise UsageError(f"The source {source} is inside the collection.", remedy="Name the archive itself.")
    return tuple(places.values())


def _place_of(source: Path) -> Path:
    """Where a source really is."""
    try:
        source.is_dir()  # as `resolve` does not, it tells of names that are too long
        return source.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, up to Python 3.12
        raise UsageError(
            f"The source {str(source)[:200]} cannot be looked at ({type(error).__name__}).",
            remedy="Check the name, and that no link leads back to itself.",
        ) from error


def _new_source(scanned: ScannedSource, name: str) -> KnownSource:
    return KnownSource(0, name, scanned.root, scanned.inventory.kind, "")


def _find_renamed(connection: Connection, sources: Iterable[KnownSource], scanned: ScannedSource) -> KnownSource | None:
    """The source whose root is gone, and most of whose series are here now: its folder has another name."""
    here = {series.key: series for series in scanned.inventory.series}
    for source in sources:
        if source.root.exists():
            continue
        known = [series for series in list_known(connection, source) if series.present]
        met = [series for series in known if series.key in here]
        if 2 * len(met) > len(known) and all(_same(scanned.root, series, here) for series in met[:_SAMPLE]):
            return source
    return None


def _same(root: Path, known: KnownSeries, here: Mapping[str, FoundSeries]) -> bool:
    """Whether a series is the known one: by its UID, or, where the key is only a path, by its content."""
    found = here[known.key]
    if found.kind is SourceKind.DICOM:
        return True
    try:
        return content_hash([root / file.path for file in found.files]) == known.content_hash
    except OSError:
        return False


def _hashes(root: Path, candidates: Sequence[SeenSeries]) -> dict[str, str]:
    """The content hash of each candidate, by key; one that cannot be read now will fail later, as itself."""

    def hashed(series: SeenSeries) -> str:
        try:
            return content_hash([root / file.path for file in series.found.files])
        except OSError:
            return ""

    with ThreadPoolExecutor(_HASH_THREADS) as threads:
        found = zip(candidates, threads.map(hashed, candidates), strict=True)
        return {series.found.key: digest for series, digest in found if digest}
