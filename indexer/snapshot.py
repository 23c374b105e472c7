"""The files of a snapshot: two tables, an index for each channel, and the manifest, from catalog and shards."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from common.atomic import sha256_of_file, write_json
from common.errors import IntegrityError
from indexer.catalog.snapshots import (
    Connection,
    channel_row_ids,
    count_everything,
    extra_values,
    report_rows,
    rows_of_shard,
    series_rows,
)
from indexer.catalog.sources import source_entries
from indexer.catalog.vectors import list_shards
from indexer.faiss_file import FlatIndexWriter, flat_index_file
from indexer.layout import MANIFEST_FILE, REPORTS_FILE, SCHEMA_VERSION, SERIES_FILE, Layout, index_file
from indexer.manifest import ChannelEntry, EncoderEntry, FileEntry, Manifest
from indexer.progress import Phase, Progress, ProgressListener
from indexer.records import Channel
from indexer.rules import header_rules, passage_rules
from indexer.settings import CollectionSettings
from indexer.shards import ShardRows, read_shard
from indexer.tables import table_columns, write_reports, write_series


@dataclass(frozen=True, slots=True)
class SnapshotWriter:
    """Writes the files of one snapshot into a folder, all from one state of the catalog."""

    connection: Connection
    layout: Layout
    settings: CollectionSettings
    folder: Path

    def write(self, number: int, state: dict[str, Any], progress: ProgressListener) -> Manifest:
        """Writes every file, the manifest last.

        Args:
            number: of the snapshot.
            state: what it is made from, to be noted in the manifest's configuration.
            progress: is told after each file.

        Raises:
            IntegrityError: a shard is damaged, or lacks a vector.
        """
        channels: dict[str, ChannelEntry] = {}
        rows = {SERIES_FILE: self._write_series(), REPORTS_FILE: self._write_reports()}
        for step, channel in enumerate(Channel, start=1):
            progress(Progress(Phase.PUBLISH, step, len(Channel)))
            entry = self._write_channel(channel)
            if entry is not None:
                channels[channel.value], rows[entry.file] = entry, entry.rows
        manifest = self._manifest(number, channels, rows, state)
        write_json(self.folder / MANIFEST_FILE, manifest.as_json())
        return manifest

    def _write_series(self) -> int:
        added = table_columns(extra_values(self.connection))
        return write_series(self.folder / SERIES_FILE, series_rows(self.connection), added)

    def _write_reports(self) -> int:
        return write_reports(self.folder / REPORTS_FILE, report_rows(self.connection))

    def _write_channel(self, channel: Channel) -> ChannelEntry | None:
        """Writes a channel's index, shard by shard; None where the channel is empty."""
        tower = self.settings.image if channel is Channel.IMAGE else self.settings.text
        row_ids = channel_row_ids(self.connection, channel)
        if not len(row_ids):
            return None
        name = index_file(channel)
        with flat_index_file(self.folder / name, row_ids, tower.dimension) as index:
            for key, shard in list_shards(self.connection):
                if shard.channel is channel and shard.fingerprint == tower.fingerprint:
                    rows = rows_of_shard(self.connection, key, channel)
                    if rows:
                        _put_rows(index, rows, read_shard(self.layout, shard))
        if index.filled != len(row_ids):
            raise IntegrityError(
                f"The {channel.value} channel has {len(row_ids)} rows, but the shards hold vectors for {index.filled}.",
                remedy="Run `mrseek verify`, then `mrseek index` again.",
            )
        return ChannelEntry(name, len(row_ids), tower.dimension, tower.name, tower.fingerprint, tower.space)

    def _manifest(
        self, number: int, channels: dict[str, ChannelEntry], rows: dict[str, int], state: dict[str, Any]
    ) -> Manifest:
        return Manifest(
            version=SCHEMA_VERSION,
            snapshot=number,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            code_version=_code_version(),
            encoder=_encoder_entry(self.layout, self.settings),
            counts=count_everything(self.connection),
            sources=source_entries(self.connection),
            channels=channels,
            files={name: _file_entry(self.folder / name, count) for name, count in rows.items()},
            patient_key_fingerprint=self.settings.patient_key_fingerprint,
            configuration=state | _versions(),
        )


def _put_rows(index: FlatIndexWriter, rows: dict[str, list[int]], shard: ShardRows) -> None:
    """Puts each vector of a shard into the rows that share it."""
    for content, vector in zip(shard.contents, shard.vectors, strict=True):
        for row_id in rows.get(content, ()):
            index.put(row_id, vector)


def _encoder_entry(layout: Layout, settings: CollectionSettings) -> EncoderEntry:
    tower = layout.tower(settings.text.fingerprint)
    return EncoderEntry(
        reference=settings.encoder,
        name=settings.encoder_name,
        fingerprint=settings.encoder_fingerprint,
        aligned=settings.aligned,
        text_tower=tower.relative_to(layout.root).as_posix() if tower.is_dir() else "",
    )


def _file_entry(path: Path, rows: int) -> FileEntry:
    return FileEntry(sha256=sha256_of_file(path), size_bytes=path.stat().st_size, rows=rows)


def _versions() -> dict[str, Any]:
    """What else decided how the files came out."""
    import numpy as np
    import pyarrow as pa

    return {
        "header_rules": header_rules(),
        "passage_rules": passage_rules(),
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "pyarrow": pa.__version__,
    }


def _code_version() -> str:
    try:
        return version("mrseek")
    except PackageNotFoundError:
        return "unknown"
