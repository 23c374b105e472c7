"""How an archive is laid out. Light to import: the command line offers the choice before anything else is needed."""

from enum import StrEnum


class ArchiveLayout(StrEnum):
    """How the images are laid out."""

    DICOM = "dicom"
    BIDS = "bids"
