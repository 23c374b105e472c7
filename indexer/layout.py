"""Where everything lies in a collection. Paths only: nothing here reads or writes.

    archive.mrseek/
      collection.toml       schema version, encoder reference and fingerprints, patient-key fingerprint, catalog URL
      catalog.db            SQLite in WAL mode: sources, studies, series, reports, work items, failures, snapshots;
                            holds identifiers: mode 0600, as headers.db
      headers.db            DICOM headers that were read before; a cache, may be removed
      .writers/             a locked file for each process that writes, and one for whoever plans or publishes
      encoders/<fp>/        the text tower as the collection was made with it: tower.json, tokenizer.json, text.onnx,
                            text.onnx.data
      vectors/<fp>/<channel>/<shard>.parquet    immutable: row_id, owner id, content hash, vector
      snapshots/<n>/        series.parquet, reports.parquet, <channel>.faiss, manifest.json; .verified.json says
                            which bytes were hashed last
      CURRENT               the number of the snapshot in force, replaced atomically

<fp> is the first 16 hexadecimal digits of the tower's fingerprint.
"""

from dataclasses import dataclass
from pathlib import Path

from indexer.records import Channel

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of the collection at `root`."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "collection.toml"

    @property
    def catalog(self) -> Path:
        return self.root / "catalog.db"

    @property
    def current(self) -> Path:
        return self.root / "CURRENT"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    def snapshot(self, number: int) -> Path:
        return self.snapshots / str(number)

    def tower(self, fingerprint: str) -> Path:
        return self.root / "encoders" / fingerprint[:16]

    def shards(self, fingerprint: str, channel: Channel) -> Path:
        return self.root / "vectors" / fingerprint[:16] / channel.value


SERIES_FILE = "series.parquet"
REPORTS_FILE = "reports.parquet"
MANIFEST_FILE = "manifest.json"


def index_file(channel: Channel) -> str:
    """The name of a channel's FAISS file inside a snapshot."""
    return f"{channel.value}.faiss"
