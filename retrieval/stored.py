"""What a collection knows of one of its own series: whose it is, and its stored vectors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import NotFoundError
from indexer.records import Channel
from retrieval.tables import Tables
from retrieval.vectors import ChannelVectors


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One indexed series."""

    row_id: int
    series_id: str
    study_id: str
    patient_id: str
    source: str
    path: str
    format: str


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """The series of a snapshot, one at a time."""

    tables: Tables
    open_channel: Callable[[Channel], ChannelVectors]

    def row(self, series_id: str) -> SeriesRow:
        """The series with this pseudonym.

        Raises:
            NotFoundError: this snapshot does not hold it.
        """
        columns = SeriesRow.__dataclass_fields__
        rows = self.tables.rows(f"SELECT {', '.join(columns)} FROM series WHERE series_id = ?", [series_id])
        if rows:
            return SeriesRow(*rows[0])
        raise NotFoundError(
            f'There is no series "{series_id}" in this collection.',
            remedy="Series ids are pseudonyms (ser-...); every hit of `mrseek search` shows one.",
        )

    def vector(self, series_id: str, channel: Channel) -> NDArray[np.float32]:
        """Its vector in the image or card channel; float32, shape (dimension,).

        Raises:
            NotFoundError: no such series, or it has no vector in that channel.
        """
        opened = self.open_channel(channel)
        places = np.flatnonzero(opened.row_ids == self.row(series_id).row_id)
        if not len(places):
            raise NotFoundError(
                f"{series_id} has no {channel.value} vector in this collection.",
                remedy="Ask another channel, or run `mrseek index` again.",
            )
        vector: NDArray[np.float32] = opened.vectors[places[0]]
        return vector

    def dimension(self, channel: Channel) -> int:
        """The length of a channel's vectors."""
        return int(self.open_channel(channel).vectors.shape[1])
