"""The series of simulated studies as one model sees them: what every question is ranked against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.phantom_truth import PoolStudy
from encoders.contract import Vectors
from retrieval.evaluation.item_vectors import ItemVectors, group_vectors


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Series, grouped by study.

    Attributes:
        vectors: unit rows, float32 (series, dimension).
        owner: the study of each series, int64 (series,).
        studies: by number.
    """

    vectors: Vectors
    owner: NDArray[np.int64]
    studies: tuple[PoolStudy, ...]

    @property
    def patients(self) -> NDArray[np.int64]:
        """The patient of each study, numbered: int64 (studies,)."""
        return np.unique([study.patient for study in self.studies], return_inverse=True)[1].astype(np.int64)

    @property
    def by_series(self) -> ItemVectors:
        """Each series an item."""
        return ItemVectors(self.vectors, np.arange(len(self.vectors) + 1))

    @property
    def by_study(self) -> ItemVectors:
        """Each study an item, as good as the best of its series."""
        return group_vectors(self.vectors, self.owner, len(self.studies))


def owners(studies: Sequence[PoolStudy]) -> NDArray[np.int64]:
    """The study of each series, where the series of all studies stand one after the other."""
    return np.repeat(np.arange(len(studies)), [len(study.samples) for study in studies])
