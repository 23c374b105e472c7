"""Which held-out series a model is looked at with, and its vectors of them."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from training.draws import unit_interval
from training.pool import Pool

_BATCH = 32

Grids = NDArray[np.uint8]
Vectors = NDArray[np.float32]
VectorsOf = Callable[[Grids, Vectors], Vectors]


def chosen_rows(patients: Sequence[str], most: int) -> list[int]:
    """Rows of whole patients, in the order of a hash of their names, while they fit into `most`; in order of rows."""
    rows: dict[str, list[int]] = {}
    for row, patient in enumerate(patients):
        rows.setdefault(patient, []).append(row)
    chosen: list[int] = []
    for patient in sorted(rows, key=lambda name: unit_interval("validation", name)):
        if len(chosen) + len(rows[patient]) <= most:
            chosen += rows[patient]
    return sorted(chosen)


def vectors_in_batches(pool: Pool, vectors_of: VectorsOf) -> Vectors:
    """The vectors of all series of a pool, some at a time."""
    parts = []
    for start in range(0, len(pool), _BATCH):
        samples = range(start, min(start + _BATCH, len(pool)))
        parts.append(vectors_of(pool.grids(samples), pool.scales(samples)))
    return np.concatenate(parts)
