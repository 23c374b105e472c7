"""What can be measured, by name. Light to import: the command line offers these before anything else is needed."""

from enum import StrEnum

from indexer.records import Channel


class Task(StrEnum):
    """Which modality asks for which."""

    TEXT_TO_IMAGE = "text-to-image"
    IMAGE_TO_TEXT = "image-to-text"
    IMAGE_TO_IMAGE = "image-to-image"
    TEXT_TO_TEXT = "text-to-text"

    @property
    def asked_by_text(self) -> bool:
        """Whether the queries are reports."""
        return self in {Task.TEXT_TO_IMAGE, Task.TEXT_TO_TEXT}

    @property
    def answered_by_text(self) -> bool:
        """Whether the gallery holds reports."""
        return self in {Task.IMAGE_TO_TEXT, Task.TEXT_TO_TEXT}

    @property
    def within_modality(self) -> bool:
        """Whether queries and gallery are of one modality, so that a query could find itself."""
        return self.asked_by_text == self.answered_by_text


class Level(StrEnum):
    """What asks and what is ranked: each series (or report) alone, or all of a study or patient as one item."""

    SERIES = "series"
    STUDY = "study"
    PATIENT = "patient"


class Aggregate(StrEnum):
    """How an item with several vectors is compared: by its best one, as search does, or by their mean direction."""

    BEST = "best"
    MEAN = "mean"


class Exclusion(StrEnum):
    """Who leaves the ranking of a query of the same modality: all that shares this with it. The query itself always
    does. Any other column of the tables can be named in its place.
    """

    PATIENT = "patient"
    STUDY = "study"
    SERIES = "series"


SERIES_CHANNELS = (Channel.IMAGE, Channel.CARD)

DEFAULT_SIMILARITY = 0.9
"""Reports at least this alike are one text: of 60 words, one may differ (`near_duplicates.py`)."""
