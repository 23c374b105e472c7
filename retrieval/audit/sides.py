"""What two sides of a split hold: series, reports and vectors as plain arrays, no collection behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class SideSeries:
    """The series of a side, one entry each.

    Attributes:
        ids, studies, patients: pseudonyms; "" where there is none.
        patient_known: whether the archive says whose it is.
        namespaces: within what the names of patients and studies are known: "dicom", or "source" and its name. Only
            pseudonyms of one namespace can agree (`indexer/identity.py`).
        contents: sha256 of the series' files.
    """

    ids: NDArray[np.str_]
    studies: NDArray[np.str_]
    patients: NDArray[np.str_]
    patient_known: NDArray[np.bool_]
    namespaces: NDArray[np.str_]
    contents: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class SideReports:
    """The reports of a side, one entry each.

    Attributes:
        ids: pseudonyms.
        contents: sha256 of the whole text, whitespace and case folded.
        texts: the passages of each, joined; never shown.
    """

    ids: NDArray[np.str_]
    contents: NDArray[np.str_]
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class SideVectors:
    """The vectors of a side in one channel, one an item.

    Attributes:
        vectors: float32, shape (n, d), unit rows; all of them finite.
        items: int64, shape (n,): the series or report of each.
        fingerprint: of the tower that made them: vectors of two towers never meet.
    """

    vectors: NDArray[np.float32]
    items: NDArray[np.int64]
    fingerprint: str


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a split.

    Attributes:
        name: as it is shown: a value of the split's column, or the collection's folder.
        series: its series.
        reports: its reports; a report whose study lies on both sides is on both.
        images: its image vectors; None where it has none.
        report_vectors: the mean vector of each report's passages, of unit length; None where there are none.
        key: the fingerprint of the patient key that its pseudonyms were made under.
    """

    name: str
    series: SideSeries
    reports: SideReports
    images: SideVectors | None
    report_vectors: SideVectors | None
    key: str
