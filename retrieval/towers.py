"""The two towers of a collection, opened when a query first needs them and only if they made its vectors."""

from functools import cached_property
from pathlib import Path

from common.errors import EncoderMismatchError
from encoders.contract import DualEncoder, ImageTower, TextTower, TowerSpec
from indexer.manifest import Manifest
from indexer.records import Channel


class Towers:
    """The encoder side of a collection.

    The text tower comes from the collection's own folder, without torch; the image tower from the encoder that the
    manifest names.
    """

    def __init__(self, root: Path, manifest: Manifest) -> None:
        """Opens nothing yet; `root` is the collection's folder."""
        self._root = root
        self._manifest = manifest

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
        from encoders.open import open_encoder

        return open_encoder(self._manifest.encoder.reference)

    def _check(self, spec: TowerSpec, channel: Channel) -> None:
        entry = self._manifest.channels.get(channel.value)
        if entry is None or entry.fingerprint == spec.fingerprint:
            return
        raise EncoderMismatchError(
            f'The {channel.value} vectors were made by "{entry.tower}" ({entry.fingerprint[:16]}); "{spec.name}" '
            f"({spec.fingerprint[:16]}) came, and vectors of two encoders cannot be compared.",
            remedy="Install the encoder that made the collection, or index again with this one.",
        )
