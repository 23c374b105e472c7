"""How every row of a table scores for one query in one channel: quickly for all of them, exactly for the few that
matter.

A *unit* is a row of the table that is ranked: a series, or a passage of a report. Positions are those of `tables.py`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.exact import exact_scores, fast_scores, product_error
from retrieval.vectors import ChannelVectors

_NONE = np.float32(-np.inf)


class Scores(Protocol):
    """The scores of one query over all units."""

    @property
    def fast(self) -> NDArray[np.float32]:
        """Shape (units,): each within `margin` of exact; -inf for a unit that may not answer or has no vector."""
        ...

    @property
    def margin(self) -> float:
        """The largest difference between a fast and an exact score."""
        ...

    @property
    def compared(self) -> int:
        """How many vectors were compared."""
        ...

    def exact(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """Shape (m,): the exact scores of some units; -inf where `fast` is."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class OwnScores:
    """Scores of units that have one vector each: series by image or card, passages by report."""

    vectors: NDArray[np.float32]
    query: NDArray[np.float32]
    row_of: NDArray[np.int64]  # (units,), row of the unit's vector, -1 for none
    fast: NDArray[np.float32]
    compared: int

    @property
    def margin(self) -> float:
        """The rounding error of a float32 product."""
        return product_error(len(self.query))

    def exact(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `Scores.exact`."""
        found = np.full(len(units), -np.inf)
        present = self.fast[units] > _NONE
        found[present] = exact_scores(self.vectors, self.query, self.row_of[units[present]])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class StudyCodes:
    """Which study each row belongs to: one number a study, from 0, the same in both tables.

    Attributes:
        passages: int64, shape (passages,), -1 for a study without series.
        series: int64, shape (series,).
    """

    passages: NDArray[np.int64]
    series: NDArray[np.int64]

    def best(self, passages: NDArray[np.int64], scores: NDArray[Any]) -> NDArray[Any]:
        """The highest score of each study among some passages; -inf for a study without."""
        best = np.full(int(self.series.max(initial=-1)) + 1, -np.inf, scores.dtype)
        np.maximum.at(best, self.passages[passages], scores)
        return best


@dataclass(frozen=True, slots=True, eq=False)
class StudyScores:
    """Scores of series by the best passage of their study's reports."""

    passages: OwnScores
    studies: StudyCodes
    fast: NDArray[np.float32]

    @property
    def margin(self) -> float:
        """That of the passages: a maximum is no further off than its terms."""
        return self.passages.margin

    @property
    def compared(self) -> int:
        """Passages compared."""
        return self.passages.compared

    def exact(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """As `Scores.exact`."""
        present = self.fast[units] > _NONE
        studies = self.studies.series[units[present]]
        chosen = np.flatnonzero(np.isin(self.studies.passages, studies))
        found = np.full(len(units), -np.inf)
        found[present] = self.studies.best(chosen, self.passages.exact(chosen))[studies]
        return found


def score_own(
    channel: ChannelVectors,
    owners: NDArray[np.int64],
    query: NDArray[np.float32],
    units: int,
    eligible: NDArray[np.int64] | None,
) -> OwnScores:
    """Scores of a channel whose vectors belong to units.

    Args:
        channel: n vectors.
        owners: int64, shape (n,): the unit that each belongs to, all different.
        query: unit vector.
        units: how many there are.
        eligible: the units that may answer, sorted; None for all.
    """
    row_of = np.full(units, -1, np.int64)
    row_of[owners] = np.arange(len(owners))
    rows = None
    if eligible is not None:
        # In the order of the file, so that a mapped file is read forwards.
        rows = np.sort(row_of[eligible[row_of[eligible] >= 0]])
    answering = owners if rows is None else owners[rows]
    fast = np.full(units, _NONE)
    fast[answering] = fast_scores(channel.vectors, query[np.newaxis], rows)[0]
    return OwnScores(channel.vectors, query, row_of, fast, len(answering))


def score_by_study(
    channel: ChannelVectors,
    owners: NDArray[np.int64],
    query: NDArray[np.float32],
    studies: StudyCodes,
    eligible: NDArray[np.int64] | None,
) -> StudyScores:
    """Scores of series through the report channel; arguments as in `score_own`, `eligible` being series."""
    series = np.arange(len(studies.series)) if eligible is None else eligible
    asked = np.flatnonzero(np.isin(studies.passages, studies.series[series]) & (studies.passages >= 0))
    passages = score_own(channel, owners, query, len(studies.passages), asked)
    fast = np.full(len(studies.series), _NONE)
    fast[series] = studies.best(asked, passages.fast[asked])[studies.series[series]]
    return StudyScores(passages, studies, fast)
