"""DICOM headers that were read before, so that only new files are opened again: `headers.db` in the collection.

A cache: it can be removed at any time, and whatever goes wrong with it only costs time. It holds identifiers, as the
catalog does, and so stands beside it; a collection whose catalog is elsewhere has none.
"""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Mapping
from pathlib import Path

from common.atomic import make_private
from indexer.layout import Layout
from indexer.records import FileStat
from indexer.rules import inventory_rules

FILE = "headers.db"
_TABLE = """CREATE TABLE IF NOT EXISTS headers (
    root TEXT, path TEXT, size INTEGER, mtime INTEGER, rules TEXT, header BLOB,
    PRIMARY KEY (root, path)) WITHOUT ROWID"""


_MOST_NEW = 500_000  # held in memory until `keep`, about 0.3 kB each; what is beyond is read again next time


class StoredHeaders:
    """A `HeaderCache` over a SQLite file, for the archive at one root. New headers are kept by `keep` alone.

    Args:
        layout: of the collection, which need not be there yet.
        root: what the archive's paths are relative to.
    """

    def __init__(self, layout: Layout, root: Path) -> None:
        self._path = layout.root / FILE
        self._root = str(root)
        self._new: dict[FileStat, bytes] = {}
        self._connection = self._open() if self._path.exists() else None

    def get(self, stat: FileStat) -> dict[str, str] | None:
        """The header that was put for exactly this file, or None."""
        if self._connection is None:
            return None
        query = "SELECT header FROM headers WHERE (root, path, size, mtime, rules) = (?, ?, ?, ?, ?)"
        key = (self._root, stat.path, stat.size_bytes, stat.mtime_ns, inventory_rules())
        try:
            row = self._connection.execute(query, key).fetchone()
            return None if row is None else dict(json.loads(zlib.decompress(row[0])))
        except (sqlite3.Error, ValueError, zlib.error):
            return None

    def put(self, stat: FileStat, header: Mapping[str, str]) -> None:
        """Remember the header of this file."""
        if len(self._new) < _MOST_NEW:
            self._new[stat] = zlib.compress(json.dumps(dict(header)).encode(), 1)

    def keep(self) -> None:
        """Writes what is new, in one transaction; the collection must be there."""
        rows = [
            (self._root, stat.path, stat.size_bytes, stat.mtime_ns, inventory_rules(), header)
            for stat, header in self._new.items()
        ]
        if rows and (connection := self._connection or self._open()) is not None:
            with contextlib.suppress(sqlite3.Error), connection:
                connection.executemany("INSERT OR REPLACE INTO headers VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.close()
        elif self._connection is not None:
            self._connection.close()

    def _open(self) -> sqlite3.Connection | None:
        make_private(self._path)
        try:
            connection = sqlite3.connect(self._path, timeout=10)
            connection.execute(_TABLE)
        except sqlite3.Error:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)  # the next run begins a new one
            return None
        return connection
