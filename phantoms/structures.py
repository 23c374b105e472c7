"""What a label map names: the structures of one subject on a grid, found again by their names."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from phantoms.label_names import VERTEBRAE, tissue_of, vertebra_of
from phantoms.tissue_map import Labels, Mask
from phantoms.tissues import Tissue


@dataclass(frozen=True, eq=False)
class Structures:
    """Label numbers on a grid, and their names.

    Attributes:
        grid: uint16, shape (X, Y, Z); 0 is nothing.
        names: of the label numbers.
    """

    grid: NDArray[np.uint16]
    names: dict[int, str]

    @property
    def tissues(self) -> Labels:
        """The tissue of every voxel; structures without a known name are left for completion, as air."""
        return self._table({label: tissue_of(name) or Tissue.AIR for label, name in self.names.items()})[self.grid]

    @cached_property
    def vertebrae(self) -> Labels:
        """0, or the place of the voxel's vertebra in `VERTEBRAE` from 1."""
        found = {label: vertebra_of(name) for label, name in self.names.items()}
        return self._table({label: VERTEBRAE.index(name) + 1 for label, name in found.items() if name})[self.grid]

    def mask(self, pattern: str) -> Mask:
        """The voxels of the structures whose names match a regular expression."""
        found = {label: 1 for label, name in self.names.items() if re.search(pattern, name)}
        return self._table(found)[self.grid] > 0

    def on(self, grid: NDArray[np.uint16]) -> "Structures":
        """The same names on another grid."""
        return replace(self, grid=grid)

    def _table(self, numbers: dict[int, int]) -> Labels:
        table = np.zeros(max(self.names) + 2, dtype=np.uint8)
        for label, number in numbers.items():
            table[label] = number
        return table
