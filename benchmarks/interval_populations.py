"""Made populations of patients whose queries score as retrieval scores: yes or no, skewed, heavy-tailed, alike within a
patient, and for some as many queries as for fifty others.
"""

import functools
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POOL = 5000
_ALIKE = 0.8  # sd between patients, where it is 1 within: an intraclass correlation of 0.39
_HIT_ALIKE = 0.3  # intraclass correlation of the hits
_BATCH = 250_000  # patients behind a true value, at a time


class Shape(StrEnum):
    """How many queries patients have."""

    EVEN = "1 to 10"
    UNEVEN = "1 to 60, uneven"  # Pareto: half have one, one in sixty has 60
    TELLING = "1 to 10, more where harder"


class Score(StrEnum):
    """What a query scores."""

    HIT_05 = "hit .05"
    HIT_50 = "hit .5"
    HIT_90 = "hit .9"
    RECALL = "recall"
    MRR = "mrr"
    NDCG = "ndcg"
    MEAN_RANK = "mean_rank"
    MEDIAN_RANK = "median_rank"

    @property
    def is_rank(self) -> bool:
        return self in {Score.MEAN_RANK, Score.MEDIAN_RANK}


@dataclass(frozen=True, slots=True)
class Queries:
    """Queries of some patients, one after the other.

    Attributes:
        values: what each scored, shape (queries,).
        sizes: queries of each patient, shape (patients,).
    """

    values: Floats
    sizes: Ints


@dataclass(frozen=True, slots=True)
class Population:
    """Patients without end."""

    score: Score
    shape: Shape

    def __str__(self) -> str:
        return f"{self.score} | {self.shape}"

    def draw(self, patients: int, generator: np.random.Generator) -> Queries:
        """So many patients, with all of their queries."""
        ease = generator.normal(0.0, 1.0, patients)
        sizes = _sizes(self.shape, ease, generator)
        return Queries(_values(self.score, np.repeat(ease, sizes), generator), sizes)


@functools.cache
def true_value(population: Population, batches: int = 16) -> float:
    """The mean, or the median, over all queries of the population: of 4 million patients, unless told otherwise."""
    generator = np.random.default_rng(99)
    total, queries, seen = 0.0, 0, np.zeros(POOL + 2, np.int64)
    for _ in range(batches):
        batch = population.draw(_BATCH, generator)
        total, queries = total + float(batch.values.sum()), queries + len(batch.values)
        if population.score.is_rank:
            seen += np.bincount(batch.values.astype(np.int64), minlength=POOL + 2)
    return (
        float(np.searchsorted(seen.cumsum(), queries / 2)) if population.score is Score.MEDIAN_RANK else total / queries
    )


def _sizes(shape: Shape, ease: Floats, generator: np.random.Generator) -> Ints:
    match shape:
        case Shape.EVEN:
            return generator.integers(1, 11, len(ease))
        case Shape.UNEVEN:
            return np.minimum(generator.pareto(1.0, len(ease)) + 1.0, 60.0).astype(np.int64)
        case Shape.TELLING:
            return np.where(ease > 0, generator.integers(1, 6, len(ease)), generator.integers(4, 11, len(ease)))


def _values(score: Score, ease: Floats, generator: np.random.Generator) -> Floats:
    """`ease` is standard normal, the same for all queries of a patient."""
    mixed = _ALIKE * ease + generator.normal(0.0, 1.0, len(ease))
    match score:
        case Score.HIT_05 | Score.HIT_50 | Score.HIT_90:
            return _hits(float(score.removeprefix("hit ")), ease, generator)
        case Score.RECALL:
            relevant = generator.integers(1, 6, len(ease))
            return generator.binomial(relevant, 1.0 / (1.0 + np.exp(0.5 - 1.2 * mixed))) / relevant
        case Score.MRR:
            return 1.0 / _ranks(mixed)
        case Score.NDCG:
            gain = 1.0 / (1.0 + np.exp(-0.5 - 1.2 * mixed))
            return np.where(gain < 0.35, 0.0, gain)
        case Score.MEAN_RANK | Score.MEDIAN_RANK:
            return _ranks(mixed)


def _hits(share: float, ease: Floats, generator: np.random.Generator) -> Floats:
    """A query hits where its own ease passes a mark: probit with a share of its variance the patient's."""
    mark = -NormalDist().inv_cdf(share)
    own = np.sqrt(_HIT_ALIKE) * ease + np.sqrt(1.0 - _HIT_ALIKE) * generator.normal(0.0, 1.0, len(ease))
    return (own > mark).astype(np.float64)


def _ranks(mixed: Floats) -> Floats:
    """Log-normal, with a median of about 8."""
    return np.minimum(np.ceil(np.exp(np.maximum(2.0 - 1.2 * mixed, 0.0))), POOL + 1.0)
