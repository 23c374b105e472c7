"""Opening the catalog, and its two kinds of transaction: `read` sees one consistent state, `write` is short and alone.

SQLite runs in WAL mode, so a writer never blocks readers; `write` begins with BEGIN IMMEDIATE, so two writers queue
instead of failing halfway. On PostgreSQL each collection has a schema of its own, and `read` runs as REPEATABLE READ.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from common.errors import IntegrityError, MissingExtraError, StorageError, UsageError
from indexer.catalog.models import Base, Meta
from indexer.layout import SCHEMA_VERSION

_BUSY_MS = 60_000  # how long a writer waits for another's transaction; ours last milliseconds
_WRITES = "mrseek_writes"
_VAGUE = ("disk I/O error", "unable to open database file", "attempt to write a readonly database")
_LEAST_FREE_BYTES = 1 << 18  # below this SQLite cannot even extend the index of its write-ahead log


@dataclass(frozen=True, slots=True)
class Catalog:
    """An open catalog."""

    engine: Engine
    place: str  # for messages: the file, or the URL without its password

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the catalog, whatever is written meanwhile."""
        with _catalog_errors(self.place), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that lands whole or not at all.

        Raises:
            StorageError: the disk is full or read-only, or another writer held the catalog too long.
        """
        with _catalog_errors(self.place), self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()


def open_catalog(url: str, *, place: str, schema: str = "", create: bool = True) -> Catalog:
    """The catalog at a database URL, with its tables made where it is new and `create` is set.

    Args:
        url: "sqlite:///<file>" or "postgresql+psycopg://...".
        place: how messages name it.
        schema: PostgreSQL only: the schema that holds this collection's tables.
        create: whether to make tables in an empty database.

    Raises:
        UsageError: the URL is of no known form.
        MissingExtraError: the driver for it is not installed.
        StorageError: the database cannot be reached or written to.
        IntegrityError: the catalog is damaged, or of another schema version.
    """
    parsed = parse_url(url)
    catalog = Catalog(_engine(parsed, schema), place)
    try:
        _ensure_schema(catalog, schema, create=create)
    except BaseException:
        catalog.close()
        raise
    return catalog


def parse_url(url: str) -> URL:
    """A catalog URL, checked: SQLite or PostgreSQL, without a password (it would be kept in collection.toml)."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError(
            "The catalog URL is neither of SQLite nor of PostgreSQL.",
            remedy="Write it as postgresql://user@host:5432/database, or leave it out for a file in the collection.",
        )
    if parsed.password:
        raise UsageError(
            "The catalog URL holds a password, which would be kept in the collection.",
            remedy="Leave it out of the URL, and put it into ~/.pgpass or PGPASSWORD.",
        )
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, whatever characters its path holds.

    A catalog on a read-only disk is opened as one that nobody writes to: SQLite could not place its lock files beside
    it. Not so where a write-ahead log was left, which has to be taken in first.
    """
    wal = path.with_name(f"{path.name}-wal")
    if path.exists() and not os.access(path.parent, os.W_OK) and not (wal.exists() and wal.stat().st_size):
        frozen = {"mode": "ro", "immutable": "1", "uri": "true"}
        return URL.create("sqlite", database=f"file:{quote(str(path))}", query=frozen).render_as_string()
    return URL.create("sqlite", database=str(path)).render_as_string()


def _engine(url: URL, schema: str) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000}, hide_parameters=True)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        options = {"options": f"-csearch_path={schema}"} if schema else {}
        return create_engine(url, connect_args=options, hide_parameters=True)  # values identify patients
    except ImportError as error:
        raise MissingExtraError(
            "The driver for PostgreSQL is not installed.", remedy='Install it: pip install "mrseek[postgres]"'
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver opens no transaction of its own: `_begin_sqlite` does
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _ensure_schema(catalog: Catalog, schema: str, *, create: bool) -> None:
    with catalog.read() as connection:
        exists = inspect(connection).has_table(Meta.__tablename__)
    if not exists and not create:
        raise IntegrityError(
            f"The catalog {catalog.place} holds no collection.",
            remedy="Restore it from a backup, or index the archive again with `mrseek index`.",
        )
    if not exists:
        with catalog.write() as connection:
            _create_tables(connection, schema)
    with catalog.read() as connection:
        found = get_meta(connection, "schema_version")
    if found != str(SCHEMA_VERSION):
        raise IntegrityError(
            f"The catalog {catalog.place} has schema version {found}; this mrseek reads version {SCHEMA_VERSION}.",
            remedy="Use the mrseek that made the collection, or index again into a new one.",
        )


def _create_tables(connection: Connection, schema: str) -> None:
    """Makes the tables and stamps them, unless another process was quicker."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('mrseek'))"))
        if schema:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    if inspect(connection).has_table(Meta.__tablename__):
        return
    Base.metadata.create_all(connection)
    facts = {"schema_version": str(SCHEMA_VERSION), "catalog_id": secrets.token_hex(8), "revision": "0"}
    connection.execute(insert(Meta), [{"key": key, "value": value} for key, value in facts.items()])


def check_database(catalog: Catalog) -> None:
    """Has SQLite read every page of the catalog; PostgreSQL does that by itself.

    Raises:
        IntegrityError: the catalog is damaged.
    """
    if catalog.engine.dialect.name != "sqlite":
        return
    with catalog.read() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().first()
    if found != "ok":
        raise _damaged(catalog.place, str(found))


def get_meta(connection: Connection, key: str) -> str:
    """A fact about the catalog; "" where it is not stated."""
    value: str | None = connection.execute(select(Meta.value).where(Meta.key == key)).scalar()
    return value or ""


def set_meta(connection: Connection, key: str, value: str) -> None:
    """States a fact about the catalog."""
    if not connection.execute(update(Meta).where(Meta.key == key).values(value=value)).rowcount:
        connection.execute(insert(Meta).values(key=key, value=value))


def get_revision(connection: Connection) -> int:
    """How many changes a snapshot would have shown so far."""
    return int(get_meta(connection, "revision"))


def bump_revision(connection: Connection) -> None:
    """Notes that the next snapshot would differ from the last."""
    set_meta(connection, "revision", str(get_revision(connection) + 1))


@contextmanager
def _catalog_errors(place: str) -> Iterator[None]:
    """Turns the database's errors into ours, without the SQL and its values, which may identify a patient."""
    try:
        yield
    except OperationalError as error:
        raise _unusable(place, str(error.orig).splitlines()[0] if error.orig else "it does not answer") from None
    except DatabaseError as error:
        if not any(words in str(error.orig) for words in ("malformed", "not a database")):
            raise
        raise _damaged(place, str(error.orig)) from None
    except sqlite3.OperationalError as error:  # from the pragmas, which run below SQLAlchemy
        raise _unusable(place, str(error)) from None
    except sqlite3.DatabaseError as error:
        raise _damaged(place, str(error)) from None


def _damaged(place: str, what: str) -> IntegrityError:
    return IntegrityError(
        f"The catalog {place} is damaged: {what}.",
        remedy="Restore it from a backup, or index into a new collection; the last snapshot can still be searched.",
    )


def _unusable(place: str, what: str) -> StorageError:
    state = _disk_state(Path(place).parent) if what in _VAGUE else what
    return StorageError(f"Cannot use the catalog {place}: {state}.", remedy=_remedy(state))


def _disk_state(folder: Path) -> str:
    """What SQLite means by its vague errors, from the file system itself."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return "the folder cannot be reached"
    if status.f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    if status.f_bavail * status.f_frsize < _LEAST_FREE_BYTES:
        return "the disk is full"
    return "the file cannot be opened"


def _remedy(what: str) -> str:
    if "full" in what:
        return "Free some space and run the same command again: finished work is kept."
    if "locked" in what:
        return "Another mrseek is writing to this collection: wait for it, and run the same command again."
    if any(words in what for words in ("read-only", "readonly", "opened", "reached")):
        return "Check who owns the folder, or choose another on a writable disk with --collection."
    return "Check that the database runs and can be reached, and run the same command again."
