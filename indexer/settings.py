"""collection.toml: what a collection is made with. Written once, when it is made, and never changed."""

import json
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.atomic import write_text
from common.errors import EncoderMismatchError, IntegrityError, UsageError
from common.pseudonym import Pseudonymizer
from indexer.layout import SCHEMA_VERSION, Layout
from indexer.open import no_collection

if TYPE_CHECKING:
    from encoders.contract import DualEncoder, TowerSpec


@dataclass(frozen=True, slots=True)
class TowerSettings:
    """One tower of the encoder, as `encoders.contract.TowerSpec`."""

    name: str
    fingerprint: str
    dimension: int
    space: str


@dataclass(frozen=True, slots=True)
class CollectionSettings:
    """What a collection is made with.

    Attributes:
        collection_id: random; names the collection's schema in a shared PostgreSQL database.
        encoder: what `open_encoder` opens its encoder by.
        catalog_url: "" for catalog.db in the collection.
    """

    collection_id: str
    patient_key_fingerprint: str
    encoder: str
    image: TowerSettings
    text: TowerSettings
    catalog_url: str = ""

    @property
    def encoder_name(self) -> str:
        """For people: both towers' names."""
        return f"{self.image.name}+{self.text.name}"

    @property
    def encoder_fingerprint(self) -> str:
        """Both towers' fingerprints, as `DualEncoder.fingerprint`."""
        return f"{self.image.fingerprint[:16]}{self.text.fingerprint[:16]}"

    @property
    def aligned(self) -> bool:
        """Whether texts can be compared with scans."""
        return self.image.space == self.text.space

    @property
    def catalog_schema(self) -> str:
        """The schema of this collection's tables in PostgreSQL."""
        return f"mrseek_{self.collection_id}"


def new_settings(encoder: "DualEncoder", key: Pseudonymizer, catalog_url: str) -> CollectionSettings:
    """The settings of a collection that is about to be made."""
    return CollectionSettings(
        collection_id=secrets.token_hex(8),
        patient_key_fingerprint=key.fingerprint,
        encoder=encoder.reference,
        image=_tower(encoder.image.spec),
        text=_tower(encoder.text.spec),
        catalog_url=catalog_url,
    )


def _tower(spec: "TowerSpec") -> TowerSettings:
    return TowerSettings(spec.name, spec.fingerprint, spec.dimension, spec.space)


def write_settings(layout: Layout, settings: CollectionSettings) -> None:
    """Writes collection.toml."""
    lines = [f"schema_version = {SCHEMA_VERSION}"]
    names = ("collection_id", "patient_key_fingerprint", "encoder", "catalog_url")
    lines += [f"{name} = {_quoted(getattr(settings, name))}" for name in names]
    for name, tower in (("image", settings.image), ("text", settings.text)):
        lines += ["", f"[{name}]", f"name = {_quoted(tower.name)}", f"fingerprint = {_quoted(tower.fingerprint)}"]
        lines += [f"dimension = {tower.dimension}", f"space = {_quoted(tower.space)}"]
    write_text(layout.settings, "\n".join(lines) + "\n")


def find_settings(layout: Layout) -> CollectionSettings | None:
    """The settings of the collection; None where there is no collection.

    Raises:
        IntegrityError: collection.toml cannot be read, or is of another schema version.
        UsageError: the folder holds something that is no collection.
    """
    try:
        raw = tomllib.loads(layout.settings.read_text())
    except (FileNotFoundError, NotADirectoryError):
        _refuse_foreign(layout.root)
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(layout.settings, type(error).__name__) from error
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise _unreadable(layout.settings, f"schema version {raw.get('schema_version')}, expected {SCHEMA_VERSION}")
    return _parse(layout.settings, raw)


def get_settings(layout: Layout) -> CollectionSettings:
    """The settings of the collection.

    Raises:
        NotFoundError: there is no collection.
        IntegrityError, UsageError: as `find_settings`.
    """
    settings = find_settings(layout)
    if settings is None:
        raise no_collection(layout)
    return settings


def check_key(settings: CollectionSettings, key: Pseudonymizer) -> None:
    """Refuses to go on under another patient key: the same patient would have two pseudonyms.

    Raises:
        UsageError: the key is another.
    """
    if settings.patient_key_fingerprint != key.fingerprint:
        raise UsageError(
            f"The collection is under patient key {settings.patient_key_fingerprint}; this one is {key.fingerprint}.",
            remedy="Set MRSEEK_PATIENT_KEY to the key file under which the collection was made.",
        )


def check_encoder(settings: CollectionSettings, encoder: "DualEncoder") -> None:
    """Refuses another encoder: its vectors cannot be compared with those of the collection.

    Raises:
        EncoderMismatchError: a tower has another fingerprint.
    """
    for name, ours, theirs in (
        ("image", settings.image, encoder.image.spec),
        ("text", settings.text, encoder.text.spec),
    ):
        if ours.fingerprint != theirs.fingerprint:
            raise EncoderMismatchError(
                f'The collection\'s {name} tower is "{ours.name}" ({ours.fingerprint[:16]}); '
                f'"{encoder.reference}" has "{theirs.name}" ({theirs.fingerprint[:16]}).',
                remedy=_way_back(settings, encoder),
            )


def _way_back(settings: CollectionSettings, encoder: "DualEncoder") -> str:
    """What to do where an encoder is not the collection's."""
    if encoder.reference == settings.encoder:  # the same name, other weights
        return (
            f'"{encoder.reference}" has changed since the collection was made: index into a new collection '
            "(--collection), or install the mrseek that made this one."
        )
    return f'Leave the encoder out or name "{settings.encoder}", or index into a new collection (--collection).'


def _refuse_foreign(root: Path) -> None:
    """A folder with other things in it is not taken for a collection by mistake; what we may have left there is."""
    ours = {
        "headers.db",
        "catalog.db",
        "catalog.db-wal",
        "catalog.db-shm",
        ".writers",
        "encoders",
        "vectors",
        "snapshots",
    }
    if not root.exists():
        return
    if not root.is_dir():
        raise UsageError(f"{root} is a file; a collection is a folder.", remedy="Name another with --collection.")
    if any(item.name not in ours and not item.name.endswith(".partial") for item in root.iterdir()):
        raise UsageError(
            f"{root} is no collection, and it is not empty.",
            remedy="Name an empty or new folder with --collection.",
        )


def _quoted(text: str) -> str:
    return json.dumps(text)  # JSON's strings are TOML's basic strings


def _parse(path: Path, raw: dict[str, Any]) -> CollectionSettings:
    try:
        return CollectionSettings(
            collection_id=raw["collection_id"],
            patient_key_fingerprint=raw["patient_key_fingerprint"],
            encoder=raw["encoder"],
            image=TowerSettings(**raw["image"]),
            text=TowerSettings(**raw["text"]),
            catalog_url=raw["catalog_url"],
        )
    except (KeyError, TypeError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> IntegrityError:
    return IntegrityError(
        f"{path} cannot be read as the settings of a collection ({why}).",
        remedy="Restore it from a backup, or index the archive again into a new collection.",
    )
