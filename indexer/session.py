"""A collection opened for writing: its settings, key, catalog and encoder, checked against each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from common.atomic import make_private
from common.errors import IntegrityError
from common.pseudonym import Pseudonymizer, load_pseudonymizer
from indexer.catalog.store import Catalog, open_catalog, parse_url, sqlite_url
from indexer.layout import Layout
from indexer.open import no_collection
from indexer.settings import (
    CollectionSettings,
    check_encoder,
    check_key,
    find_settings,
    new_settings,
    write_settings,
)
from indexer.writers import Writer, join_writers

if TYPE_CHECKING:
    from encoders.contract import DualEncoder


@dataclass(slots=True, eq=False)
class EncoderOnDemand:
    """The collection's encoder, opened when it is needed: a run that changes nothing never loads a model."""

    wanted: "str | DualEncoder | None"
    settings: CollectionSettings | None
    _opened: "DualEncoder | None" = field(default=None)

    def check(self) -> None:
        """Notices at once where another encoder is asked for, or where the default one has become another.

        Raises:
            EncoderMismatchError: it is another than the collection's.
        """
        from encoders.open import DEFAULT

        if self.settings is None:
            return
        if self.settings.encoder == DEFAULT or self.wanted not in (None, self.settings.encoder):
            self.open()

    def open(self) -> "DualEncoder":
        """The encoder.

        Raises:
            NotFoundError: there is none of that name.
            EncoderMismatchError: it is another than the collection's.
        """
        if self._opened is None:
            self._opened = self._find()
        if self.settings is not None:
            check_encoder(self.settings, self._opened)
        return self._opened

    def _find(self) -> "DualEncoder":
        if self.wanted is not None and not isinstance(self.wanted, str):
            return self.wanted
        from encoders.open import default_reference, open_again, open_encoder

        if self.wanted is None and self.settings is not None:
            return open_again(self.settings.encoder, self.settings.encoder_fingerprint)
        return open_encoder(self.wanted or default_reference())


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """An open collection."""

    layout: Layout
    settings: CollectionSettings
    catalog: Catalog
    writer: Writer
    pseudonymize: Pseudonymizer
    encoder: EncoderOnDemand


def check_request(layout: Layout, encoder: "str | DualEncoder | None", catalog_url: str) -> "str | DualEncoder | None":
    """Refuses before a long scan what `open_for_writing` would refuse after it; returns the encoder, opened if it was.

    Raises:
        NotFoundError: there is no such encoder.
        UsageError: the collection was made under another patient key, or the URL names no database.
        EncoderMismatchError: the collection was made with another encoder.
    """
    settings = find_settings(layout)
    if settings is None:
        if catalog_url:
            parse_url(catalog_url)
        return EncoderOnDemand(encoder, None).open()
    check_key(settings, load_pseudonymizer(create=False))
    EncoderOnDemand(encoder, settings).check()
    return encoder


@contextmanager
def open_for_writing(
    layout: Layout, encoder: "str | DualEncoder | None", *, catalog_url: str = "", create: bool
) -> Iterator[Session]:
    """The collection, made where it is not there and `create` is set.

    Raises:
        NotFoundError: there is none, and `create` is not set.
        UsageError: it was made under another patient key, or the folder holds something else.
        EncoderMismatchError: it was made with another encoder.
        StorageError: it cannot be written to.
    """
    settings = find_settings(layout)
    if settings is None and not create:
        raise no_collection(layout)
    pseudonymize = load_pseudonymizer(create=settings is None)
    with join_writers(layout) as writer:
        with writer.exclusive():
            settings = find_settings(layout) or _make(layout, encoder, pseudonymize, catalog_url)
        check_key(settings, pseudonymize)
        on_demand = EncoderOnDemand(encoder, settings)
        on_demand.check()
        catalog = catalog_of(layout, settings)
        try:
            yield Session(layout, settings, catalog, writer, pseudonymize, on_demand)
        finally:
            catalog.close()


def catalog_of(layout: Layout, settings: CollectionSettings) -> Catalog:
    """The catalog of a collection.

    Raises:
        IntegrityError: it is damaged, or its file is gone.
    """
    if settings.catalog_url:
        place = parse_url(settings.catalog_url).render_as_string()
        return open_catalog(settings.catalog_url, place=place, schema=settings.catalog_schema)
    if not layout.catalog.exists() and layout.current.exists():
        raise IntegrityError(
            f"The catalog {layout.catalog} is missing.",
            remedy="Restore it from a backup, or index into a new collection; the last snapshot can still be searched.",
        )
    make_private(layout.catalog)
    return open_catalog(sqlite_url(layout.catalog), place=str(layout.catalog))


def _make(
    layout: Layout, wanted: "str | DualEncoder | None", pseudonymize: Pseudonymizer, catalog_url: str
) -> CollectionSettings:
    if catalog_url:
        parse_url(catalog_url)  # before the encoder is opened: it takes no time
    opened = EncoderOnDemand(wanted, None).open()
    settings = new_settings(opened, pseudonymize, catalog_url)
    if catalog_url:
        catalog_of(layout, settings).close()  # a database that cannot be reached leaves no collection behind
    write_settings(layout, settings)
    return settings


def carry_text_tower(session: Session) -> None:
    """Puts the text tower into the collection, where a tower of its kind can be carried: queries need nothing else."""
    folder = session.layout.tower(session.settings.text.fingerprint)
    if not folder.exists():
        from encoders.text_folder import save_text_tower

        save_text_tower(session.encoder.open().text, folder)


def layout_of(path: Path) -> Layout:
    """The layout of a collection, its root made absolute."""
    return Layout(path.expanduser().absolute())
