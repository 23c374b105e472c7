"""What can be measured, by name. Light to import: the command line offers these before anything else is needed."""

from enum import StrEnum

from indexer.records import Channel


class Task(StrEnum):
    """Which modality asks for which."""

    TEXT_TO_IMAGE = "text-to-image"
    IMAGE_TO_TEXT = "image-to-text"
    IMAGE_TO_IMAGE = "image-to-image"


class Exclusion(StrEnum):
    """Who leaves the ranking of an image-to-image query: all that shares this with it. The query itself always does."""

    PATIENT = "patient"
    STUDY = "study"
    SERIES = "series"


SERIES_CHANNELS = (Channel.IMAGE, Channel.CARD)
