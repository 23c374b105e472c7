"""A scan that is asked with: its volume, and the card that its header gives, read as indexing would read it."""

from dataclasses import dataclass
from pathlib import Path

from common.errors import NotFoundError, UsageError, VolumeError
from indexer.records import FoundSeries
from volumes.volume import SeriesVolumes


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """One series outside the collection: where its files are, and what an inventory says of it."""

    base: Path
    found: FoundSeries

    def load(self) -> SeriesVolumes:
        """Its volumes.

        Raises:
            VolumeError: they cannot be decoded; the message names the first file.
        """
        from volumes.load import load_series

        files = [self.base / stat.path for stat in self.found.files]
        try:
            return load_series(files, entities=self.found.entities)
        except VolumeError as error:
            raise VolumeError(f"{files[0]}: {error.message}", remedy=error.remedy) from error

    def card(self, volumes: SeriesVolumes) -> str:
        """One line of plain words about it, from its header alone."""
        from indexer.decode import reading_of
        from indexer.header.card import card_text
        from indexer.header.normalise import normalise_header

        reading = reading_of(volumes)
        return card_text(normalise_header(self.found, reading.sidecar, reading.geometry))


def find_scan(path: Path) -> Scan:
    """The one series at `path`: a NIfTI file, a DICOM file, or the folder of one DICOM series.

    Raises:
        NotFoundError: there is nothing at `path`.
        UsageError: it holds no series, or more than one.
    """
    if not path.exists():
        raise NotFoundError(f"There is no file or folder {path}.", remedy="Check the path.")
    from indexer.sources.inventory import take_inventory

    words = f'To ask with words, write "text:{path}".'
    try:
        inventory = take_inventory(path)
    except UsageError as error:  # a word of the question may happen to name a folder
        raise UsageError(error.message, remedy=f"{error.remedy} {words}".strip()) from error
    if len(inventory.series) != 1:
        raise UsageError(
            f"{path} holds {len(inventory.series)} series; a query takes one.",
            remedy=f"Name one file of the series that you mean, or a folder that holds it alone. {words}",
        )
    return Scan(path if path.is_dir() else path.parent, inventory.series[0])
