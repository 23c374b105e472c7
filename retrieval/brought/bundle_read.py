"""A bundle opened: every byte of it is checked before anything is believed."""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from common.atomic import sha256_of_file
from common.errors import IntegrityError, NotFoundError, UsageError
from retrieval.brought.bundle_form import KIND, MANIFEST, VERSION, BundleManifest, FrozenSide, FrozenTask, from_json
from retrieval.brought.bundle_seal import SEAL, seal_of
from retrieval.brought.bundle_tables import read_items
from retrieval.evaluation.items import Items
from retrieval.evaluation.settings import Settings, read_settings

_AGAIN = "Fetch the bundle again from where it was published."


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle whose every file is as it was written.

    Attributes:
        folder: where it is.
        manifest: what it says.
    """

    folder: Path
    manifest: BundleManifest

    @property
    def settings(self) -> Settings:
        """By which it was made."""
        return read_settings(self.manifest.configuration)

    def sides(self, task: FrozenTask) -> tuple[Items, Items]:
        """Who asks and who is ranked; one object where they are the same."""
        gallery = read_items(self.folder, task.gallery)
        return gallery if task.queries == task.gallery else read_items(self.folder, task.queries), gallery


def open_bundle(folder: Path) -> Bundle:
    """The bundle in a folder.

    Raises:
        NotFoundError: there is none.
        UsageError: another version's.
        IntegrityError: a file is missing, or is not as it was written.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise NotFoundError(f"There is no bundle at {folder}: it has no {MANIFEST}.", remedy="Check the path.")
    document = _document(file)
    try:
        manifest = from_json({name: one for name, one in document.items() if name not in {"kind", "version", SEAL}})
        for task in manifest.tasks:
            _check_side(manifest, task.queries)
            _check_side(manifest, task.gallery)
            _ = task.spec
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityError(f"{file} is no manifest of a bundle ({type(error).__name__}).", remedy=_AGAIN) from error
    for name, entry in manifest.files.items():
        _check_file(folder, name, entry.sha256, entry.bytes)
    return Bundle(folder, manifest)


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise IntegrityError(f"{file} cannot be read ({type(error).__name__}).", remedy=_AGAIN) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise IntegrityError(f"{file} is no manifest of a bundle.", remedy=_AGAIN)
    if document.get("version") != VERSION:
        raise UsageError(
            f"{file} is a bundle in version {document.get('version')}; this mrseek reads version {VERSION}.",
            remedy="Use the mrseek that made it: `made_by` in the file says which.",
        )
    if document.get(SEAL) != seal_of(document):
        raise IntegrityError(f"{file} is not as it was written: its seal does not fit.", remedy=_AGAIN)
    return document


def _check_file(folder: Path, name: str, sha256: str, size: int) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise IntegrityError("The manifest of the bundle names a file outside of it.", remedy=_AGAIN)
    file = folder / path
    if not file.is_file():
        raise IntegrityError(f"The bundle lacks {name}.", remedy=_AGAIN)
    if file.stat().st_size != size or sha256_of_file(file) != sha256:
        raise IntegrityError(f"{name} of the bundle is not as it was written: its sha256 differs.", remedy=_AGAIN)


def _check_side(manifest: BundleManifest, side: FrozenSide) -> None:
    if side.file not in manifest.files:
        raise IntegrityError("A task of the bundle names a file that the manifest does not list.", remedy=_AGAIN)
