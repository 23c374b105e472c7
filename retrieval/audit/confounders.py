"""What besides anatomy and contrast may make two scans alike, read from the series table: scanner, site, year, ..."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.reading import as_texts
from retrieval.collection import Collection

# Each is the columns that make it; one that lacks a part is unknown.
STANDARD = {
    "scanner": ("manufacturer", "model"),
    "manufacturer": ("manufacturer",),
    "field strength": ("field_strength_t",),
    "site": ("site",),
    "source": ("source",),
    "study year": ("study_date",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A label for each series.

    Attributes:
        name: what it is.
        codes: int64, shape (series,): numbered from 0; -1 where it is not known.
    """

    name: str
    codes: NDArray[np.int64]


def read_confounders(collection: Collection, columns: Sequence[str] = ()) -> tuple[Labels, ...]:
    """The standard confounders, and one for each further column of the series table.

    Raises:
        NotFoundError: an unknown column.
    """
    wanted = STANDARD | {column: (column,) for column in columns}
    table = collection.series_table(sorted({part for parts in wanted.values() for part in parts}))
    texts = {column: as_texts(values) for column, values in table.items()}
    texts["study_date"] = texts["study_date"].astype("U4")  # the year
    texts["field_strength_t"] = _tesla(texts["field_strength_t"])
    return tuple(Labels(name, codes_of([texts[part] for part in parts])) for name, parts in wanted.items())


def read_strata(collection: Collection, columns: Sequence[str]) -> NDArray[np.int64]:
    """int64, shape (series,): one number for each combination of values; a missing value is a value of its own.

    Raises:
        NotFoundError: an unknown column.
    """
    table = collection.series_table(columns)
    parts = [as_texts(values) for values in table.values()]
    return codes_of(parts, missing_is_a_value=True)


def codes_of(parts: Sequence[NDArray[np.str_]], *, missing_is_a_value: bool = False) -> NDArray[np.int64]:
    """One number from 0 for each combination of texts; -1 where one of them is "".

    >>> codes_of([np.array(["GE", "GE", ""]), np.array(["A", "B", "A"])]).tolist()
    [0, 1, -1]
    """
    rows = np.stack(parts, axis=1)
    known = np.ones(len(rows), np.bool_) if missing_is_a_value else (rows != "").all(axis=1)
    codes = np.full(len(rows), -1)
    codes[known] = np.unique(rows[known], axis=0, return_inverse=True)[1].reshape(-1)
    return codes


def _tesla(texts: NDArray[np.str_]) -> NDArray[np.str_]:
    """To one decimal: headers give 1.494 T for the same magnet as 1.5 T."""
    return np.array([f"{float(text):.1f}" if text else "" for text in texts], np.str_)
