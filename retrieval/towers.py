"""The two towers of a collection, opened when a query first needs them and only if they made its vectors."""

from functools import cached_property
from pathlib import Path

from common.errors import EncoderMismatchError, NotFoundError
from encoders.contract import DualEncoder, ImageTower, TextTower, TowerSpec
from indexer.manifest import Manifest
from indexer.records import Channel


class Towers:
    """The encoder side of a collection.

    The text tower comes from the collection's own folder, without torch; the image tower from the encoder that the
    manifest names.
    """

    def __init__(self, root: Path, manifest: Manifest, encoder: str | DualEncoder | None = None) -> None:
        """Opens nothing yet.

        Args:
            root: the collection's folder.
            manifest: of the snapshot that is asked.
            encoder: the encoder that made it, or where that is now; by default where the manifest says it was.
        """
        self._root = root
        self._manifest = manifest
        self._given = encoder

    @cached_property
    def text(self) -> TextTower:
        """The text tower that made the card and report vectors.

        Raises:
            EncoderMismatchError: it is another one.
        """
        folder = self._manifest.encoder.text_tower
        if folder:
            from encoders.text_folder import load_text_tower

            tower = load_text_tower(self._root / folder)
        else:
            tower = self._encoder.text
        self._check(tower.spec, Channel.CARD)
        self._check(tower.spec, Channel.REPORT)
        return tower

    @cached_property
    def image(self) -> ImageTower:
        """The image tower that made the image vectors.

        Raises:
            EncoderMismatchError: it is another one.
        """
        tower = self._encoder.image
        self._check(tower.spec, Channel.IMAGE)
        return tower

    @cached_property
    def _encoder(self) -> DualEncoder:
        if isinstance(self._given, DualEncoder):
            return self._given
        from encoders.open import open_again, open_encoder

        made_by = self._manifest.encoder
        try:
            return open_encoder(self._given) if self._given else open_again(made_by.reference, made_by.fingerprint)
        except NotFoundError as error:
            raise NotFoundError(
                f"The encoder that made this collection is needed for this query. {error.message}",
                remedy="Say where it is now: `--encoder`, or Collection.open(path, encoder=...).",
            ) from error

    def _check(self, spec: TowerSpec, channel: Channel) -> None:
        entry = self._manifest.channels.get(channel.value)
        if entry is None or entry.fingerprint == spec.fingerprint:
            return
        raise EncoderMismatchError(
            f'The {channel.value} vectors were made by "{entry.tower}" ({entry.fingerprint[:16]}); "{spec.name}" '
            f"({spec.fingerprint[:16]}) came, and vectors of two encoders cannot be compared.",
            remedy="Install the mrseek or the encoder that made the collection, or index again into a new collection "
            "(`mrseek index SOURCE --collection NEW`).",
        )
