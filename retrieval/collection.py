"""A collection opened for asking: one snapshot, kept until it is closed, each part of it opened when first needed."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from common.errors import NotFoundError
from common.suggest import nearest
from indexer.layout import index_file
from indexer.manifest import Manifest
from indexer.open import open_snapshot
from indexer.records import Channel
from retrieval.query import Answer, Query
from retrieval.stored import StoredSeries
from retrieval.tables import DEFAULT_LIMITS, QueryLimits, Table, Tables
from retrieval.towers import Towers
from retrieval.vectors import ChannelVectors, open_vectors

if TYPE_CHECKING:
    from encoders.contract import DualEncoder
    from volumes.volume import Volume


class Collection:
    """An open collection. Publishing a new snapshot beside it changes nothing here: open it again to see the new one.

    Attributes:
        path: the collection's folder.
        snapshot: the folder of the snapshot that was in force at opening.
        manifest: what that snapshot holds.
        tables: its series and passages, for filters and metadata.
        stored: its series one by one.
        towers: the encoder that made it.
    """

    def __init__(
        self,
        path: Path,
        snapshot: Path,
        manifest: Manifest,
        limits: QueryLimits = DEFAULT_LIMITS,
        encoder: "str | DualEncoder | None" = None,
    ) -> None:
        """Use `Collection.open`, which checks the snapshot."""
        self.path = path
        self.snapshot = snapshot
        self.manifest = manifest
        self.tables = Tables(snapshot, limits)
        self.stored = StoredSeries(self.tables, self.vectors)
        self.towers = Towers(path, manifest, encoder)
        self._vectors: dict[Channel, ChannelVectors] = {}
        self._owners: dict[Channel, NDArray[np.int64]] = {}

    @classmethod
    def open(
        cls, path: Path, *, limits: QueryLimits = DEFAULT_LIMITS, encoder: "str | DualEncoder | None" = None
    ) -> Self:
        """The collection at `path`, its snapshot's files checked against the manifest.

        Args:
            path: the collection's folder.
            limits: what a filter may take.
            encoder: the encoder that made it, where it is one of Python functions; or its name or folder, where that
                is no longer the one that the manifest has.

        Raises:
            NotFoundError: there is none, or it has no snapshot yet.
            IntegrityError: its snapshot is damaged.
        """
        snapshot, manifest = open_snapshot(path)
        return cls(path, snapshot, manifest, limits, encoder)

    def search(self, query: Query, *, with_text: bool = False) -> Answer:
        """The hits for a query, and how they were found; `with_text` puts the text of passages into their metadata.

        Raises:
            UsageError: the query cannot be answered as asked (FilterError, NotFoundError for its parts).
            EncoderMismatchError: the encoder at hand is not the one that made the collection.
            VolumeError: a scan that is asked with cannot be decoded.
        """
        from retrieval.search import search

        return search(self, query, with_text=with_text)

    def vectors(self, channel: Channel) -> ChannelVectors:
        """All vectors of a channel with their row ids, memory-mapped.

        Raises:
            NotFoundError: the collection has no such channel.
        """
        if channel not in self._vectors:
            entry = self.manifest.channels.get(channel.value)
            if entry is None:
                known = ", ".join(sorted(self.manifest.channels)) or "none"
                raise NotFoundError(
                    f"This collection has no {channel.value} vectors; it has: {known}.",
                    remedy="Index the archive again with what the channel needs (reports for the report channel).",
                )
            file = self.snapshot / (entry.file or index_file(channel))
            self._vectors[channel] = open_vectors(file, rows=entry.rows, dimension=entry.dimension)
        return self._vectors[channel]

    def owners(self, channel: Channel) -> NDArray[np.int64]:
        """int64, shape (n,): where the row of each of a channel's vectors stands in its table."""
        if channel not in self._owners:
            table = Table.REPORTS if channel is Channel.REPORT else Table.SERIES
            self._owners[channel] = self.tables.positions(table, self.vectors(channel).row_ids)
        return self._owners[channel]

    def series_table(self, columns: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
        """Columns of the series table as NumPy arrays (masked where values are missing), rows in the order of series
        ids.

        Args:
            columns: which; all that answers show for an empty list.

        Raises:
            NotFoundError: an unknown column.
        """
        known = self.tables.columns(Table.SERIES)
        for name in columns:
            if name not in known:
                raise NotFoundError(f'There is no column "{name}".', remedy=nearest(name, known))
        names = ", ".join(f'"{name}"' for name in columns or self.tables.shown_columns(Table.SERIES))
        return self.tables.arrays(f"SELECT {names} FROM series")

    def load_volume(self, series_id: str) -> "Volume":
        """The volume that stands for a series, read again from the archive.

        Raises:
            NotFoundError: no such series, or its files are no longer where they were indexed.
            VolumeError: they cannot be decoded.
        """
        from retrieval.archive_files import find_indexed

        return find_indexed(self.stored.row(series_id), self.manifest.sources).load().chosen

    def find_files(self, series_id: str) -> Path | None:
        """The file or folder of a series in its archive; None where it is not there (any more).

        Raises:
            NotFoundError: no such series.
        """
        from retrieval.archive_files import indexed_path

        path = indexed_path(self.stored.row(series_id), self.manifest.sources)
        return path if path is not None and path.exists() else None

    def close(self) -> None:
        """Lets go of the snapshot's files. Vectors that were handed out stay valid."""
        self.tables.close()
        self._vectors.clear()
        self._owners.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
