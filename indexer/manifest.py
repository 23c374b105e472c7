"""A snapshot's manifest: what it holds, by which encoder, with the sha256 of every file.

Light to import: readers open it first.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from common.errors import IntegrityError
from indexer.layout import MANIFEST_FILE, SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a snapshot."""

    sha256: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """One channel of a snapshot: its FAISS file and the tower that made its vectors."""

    file: str
    rows: int
    dimension: int
    tower: str  # name
    fingerprint: str
    space: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One indexed archive: its name in answers and its root on this machine."""

    name: str
    root: str
    kind: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in the snapshot, and how much is not."""

    series: int  # indexed
    failed: int  # in the ledger
    skipped: int  # files that are no MRI series
    studies: int
    patients: int
    reports: int
    passages: int


@dataclass(frozen=True, slots=True)
class EncoderEntry:
    """The dual encoder that made the collection, and how to open it again."""

    reference: str
    name: str
    fingerprint: str
    aligned: bool
    text_tower: str  # relative folder that holds the text tower, "encoders/<fp>"; "" where it cannot be carried


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a reader needs to know before it opens a snapshot's files."""

    version: int
    snapshot: int
    created_at: str  # ISO, UTC
    code_version: str
    encoder: EncoderEntry
    counts: Counts
    sources: tuple[SourceEntry, ...]
    channels: Mapping[str, ChannelEntry]
    files: Mapping[str, FileEntry]
    patient_key_fingerprint: str
    configuration: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, Any]:
        """Plain types, as manifest.json holds them."""
        plain = {
            name: getattr(self, name)
            for name in ("version", "snapshot", "created_at", "code_version", "patient_key_fingerprint")
        }
        return plain | {
            "encoder": asdict(self.encoder),
            "counts": asdict(self.counts),
            "sources": [asdict(source) for source in self.sources],
            "channels": {name: asdict(entry) for name, entry in self.channels.items()},
            "files": {name: asdict(entry) for name, entry in self.files.items()},
            "configuration": dict(self.configuration),
        }


def read_manifest(snapshot: Path) -> Manifest:
    """The manifest of the snapshot in a folder.

    Raises:
        IntegrityError: it is missing, not JSON, of another schema version, or lacks a key.
    """
    path = snapshot / MANIFEST_FILE
    try:
        raw = json.loads(path.read_text())
        if raw["version"] != SCHEMA_VERSION:
            raise IntegrityError(
                f"{path} has schema version {raw['version']}; this mrseek reads version {SCHEMA_VERSION}.",
                remedy="Use the mrseek that made the collection, or index again into a new one.",
            )
        return Manifest(
            version=raw["version"],
            snapshot=raw["snapshot"],
            created_at=raw["created_at"],
            code_version=raw["code_version"],
            encoder=EncoderEntry(**raw["encoder"]),
            counts=Counts(**raw["counts"]),
            sources=tuple(SourceEntry(**source) for source in raw["sources"]),
            channels={name: ChannelEntry(**entry) for name, entry in raw["channels"].items()},
            files={name: FileEntry(**entry) for name, entry in raw["files"].items()},
            patient_key_fingerprint=raw["patient_key_fingerprint"],
            configuration=raw["configuration"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntegrityError(
            f"{path} cannot be read as a manifest ({type(error).__name__}).",
            remedy="Run `mrseek verify`, then restore the folder from a backup or run `mrseek index` again.",
        ) from error
