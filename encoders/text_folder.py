"""A text tower as a folder that a collection carries: opened without torch and without the package it came from.

    tower.json        format, version, kind, settings, fingerprint, and each file's sha256, size and time of last change
    text.onnx         for kind "onnx": the graph,
    text.onnx.data    its weights (or bert.safetensors with bert.json: the same in float16, as training opens them),
    tokenizer.json    and the tokenizer

Loading checks sizes always, and hashes only where a file's time of last change is not the one that was noted when it
was written (hashing 90 MB takes 0.1 s, a fifth of the time in which a query is to be answered). `verify_text_tower`
checks every byte.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from common.atomic import flush_file, flush_folder, sha256_of_file, storage_errors, write_json
from common.errors import IntegrityError
from encoders.contract import TextTower
from encoders.hashed_text import HashedTextTower
from encoders.onnx_text import OnnxTextTower, TextSettings

TOWER_FILE = "tower.json"
_FORMAT = "mrseek-text-tower"
_VERSION = 1
_REMEDY = "Run `mrseek verify`; restore the folder from a backup, or index again into a new collection."


@dataclass(frozen=True, slots=True)
class _File:
    """What tower.json knows about one of the folder's files."""

    sha256: str
    size_bytes: int
    changed_ns: int


def save_text_tower(tower: TextTower, folder: Path) -> bool:
    """Writes `tower` into `folder` and says True, or says False where a tower of this kind cannot be carried.

    The folder appears whole or not at all; one that is there already is left as it is (its name holds the
    fingerprint). Files are hard links where the file system allows, copies elsewhere.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to.
    """
    described = _describe(tower)
    if described is None:
        return False
    if not (folder / TOWER_FILE).exists():
        files = {name: tower.folder / name for name in tower.files} if isinstance(tower, OnnxTextTower) else {}
        _write_folder(folder, files, described)
    return True


def load_text_tower(folder: Path, *, threads: int = 1) -> TextTower:
    """The text tower in `folder`.

    Raises:
        IntegrityError: the folder is not one, a file is missing or changed, or the fingerprint does not fit the
            settings.
    """
    described = _read_description(folder)
    for name, entry in described["files"].items():
        _check_file(folder / name, _File(**entry), every_byte=False)
    return _tower_of(folder, described, threads)


def verify_text_tower(folder: Path) -> None:
    """Reads every byte of the text tower in `folder`.

    Raises:
        IntegrityError: as `load_text_tower`.
    """
    described = _read_description(folder)
    for name, entry in described["files"].items():
        _check_file(folder / name, _File(**entry), every_byte=True)
    _tower_of(folder, described, threads=1)


def _describe(tower: TextTower) -> dict[str, Any] | None:
    """tower.json without its files; None for a tower that cannot be carried."""
    if isinstance(tower, HashedTextTower):
        settings: dict[str, Any] = {"dimension": tower.spec.dimension}
    elif isinstance(tower, OnnxTextTower):
        settings = asdict(tower.settings) | {"sources": dict(tower.settings.sources)}
    else:
        return None
    head = {"format": _FORMAT, "version": _VERSION, "kind": tower.kind}
    return head | {"settings": settings, "fingerprint": tower.spec.fingerprint}


def _tower_of(folder: Path, described: Mapping[str, Any], threads: int) -> TextTower:
    """The tower that tower.json describes."""
    tower: HashedTextTower | OnnxTextTower
    if described["kind"] == HashedTextTower.kind:
        tower = HashedTextTower(**described["settings"])
    elif described["kind"] == OnnxTextTower.kind:
        tower = OnnxTextTower(folder, TextSettings(**described["settings"]), threads=threads)
    else:
        raise IntegrityError(
            f'{folder / TOWER_FILE} describes a text tower of the unknown kind "{described["kind"]}".',
            remedy="Use the mrseek that made the collection.",
        )
    if tower.spec.fingerprint != described["fingerprint"]:
        raise IntegrityError(f"{folder / TOWER_FILE}: the fingerprint does not fit the settings.", remedy=_REMEDY)
    return tower


def _write_folder(folder: Path, files: Mapping[str, Path], described: Mapping[str, Any]) -> None:
    """Makes the folder beside its place and renames it there; when two writers race, the first one wins."""
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
        try:
            partial.chmod(0o755)
            entries = {name: _place_file(source, partial / name) for name, source in files.items()}
            write_json(partial / TOWER_FILE, {**described, "files": {name: asdict(e) for name, e in entries.items()}})
            flush_folder(partial)
            publish_folder(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def publish_folder(partial: Path, folder: Path) -> None:
    """Renames `partial` to `folder`; where another process was first, its folder stays. An empty folder is replaced."""
    try:
        partial.rename(folder)
    except OSError:
        if not (folder / TOWER_FILE).exists():
            raise
    flush_folder(folder.parent)


def _place_file(source: Path, target: Path) -> _File:
    """Links or copies a file, and notes what it is."""
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copy2(source, target)
        flush_file(target)
    status = target.stat()
    return _File(sha256_of_file(target), status.st_size, status.st_mtime_ns)


def _read_description(folder: Path) -> dict[str, Any]:
    """tower.json of a folder, of the right format and version."""
    path = folder / TOWER_FILE
    try:
        described = json.loads(path.read_text())
        if (described["format"], described["version"]) != (_FORMAT, _VERSION):
            raise IntegrityError(
                f"{path} has format {described['format']} {described['version']}; expected {_FORMAT} {_VERSION}.",
                remedy="Use the mrseek that made the collection.",
            )
        for key in ("kind", "settings", "fingerprint", "files"):
            described[key]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"{path} cannot be read ({type(error).__name__}).", remedy=_REMEDY) from error
    return dict(described)


def _check_file(path: Path, entry: _File, *, every_byte: bool) -> None:
    """Refuses a file that is not the one that tower.json describes."""
    try:
        status = path.stat()
    except OSError as error:
        raise IntegrityError(f"{path} is missing.", remedy=_REMEDY) from error
    if status.st_size != entry.size_bytes:
        raise IntegrityError(f"{path} has {status.st_size} bytes; expected {entry.size_bytes}.", remedy=_REMEDY)
    if (every_byte or status.st_mtime_ns != entry.changed_ns) and sha256_of_file(path) != entry.sha256:
        raise IntegrityError(f"{path} has changed since it was written: its sha256 differs.", remedy=_REMEDY)
