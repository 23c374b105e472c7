"""What random hits would show: the share of a pool that has a value, one's own patient left out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PoolShares:
    """Counts of a gallery by patient, part and value.

    Attributes:
        patients: int64, shape (items,).
        parts: int64, shape (items,): the part of the gallery that a random hit is drawn from; all zero for the whole.
        values: int64, shape (items,): -1 where it is not known; such an item is in no pool.
    """

    patients: Codes
    parts: Codes
    values: Codes

    def of(self, patients: Codes, parts: Codes, values: Codes) -> NDArray[np.float64]:
        """The share of `values` among the items of the same part and of other patients; nan for an empty pool.

        The three broadcast against each other.
        """
        patients, parts, values = np.broadcast_arrays(patients, parts, values)
        same = self._count(parts, values) - self._count(parts, values, patients)
        pool = self.sizes(patients, parts)
        shares: NDArray[np.float64] = np.divide(same, pool, out=np.full(pool.shape, np.nan), where=pool > 0)
        return shares

    def sizes(self, patients: Codes, parts: Codes) -> Codes:
        """How many items of known value and other patients each part has."""
        patients, parts = np.broadcast_arrays(patients, parts)
        nobody = np.zeros_like(parts)
        return self._count(parts, nobody, of_value=False) - self._count(parts, nobody, patients, of_value=False)

    def _count(self, parts: Codes, values: Codes, patients: Codes | None = None, *, of_value: bool = True) -> Codes:
        known = self.values >= 0
        own = [self.parts[known], self.values[known] if of_value else np.zeros(int(known.sum()), np.int64)]
        asked = [parts, values]
        if patients is not None:
            own.append(self.patients[known])
            asked.append(patients)
        keys, counts = np.unique(_one_number(own, own), return_counts=True)
        wanted = _one_number(asked, own)
        if not len(keys):
            return np.zeros(wanted.shape, np.int64)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[places] == wanted, counts[places], 0)


def _one_number(columns: list[Codes], own: list[Codes]) -> Codes:
    """Several codes as one number; -1 where a code is beyond those that the pool has."""
    number, beyond = np.zeros_like(columns[0]), np.zeros(columns[0].shape, np.bool_)
    for column, values in zip(columns, own, strict=True):
        size = int(values.max(initial=-1)) + 1
        beyond |= (column < 0) | (column >= size)
        number = number * size + column
    return np.where(beyond, -1, number)
