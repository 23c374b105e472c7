"""The health of a channel's vectors, beside what random vectors of the same number and length give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.hubness import Hubness, hubness
from retrieval.audit.near_pairs import equal_rows
from retrieval.audit.neighbours import nearest_rows, sample_rows
from retrieval.audit.progress import Listener, silent
from retrieval.audit.spectrum import effective_rank, first_component, mean_cosine
from retrieval.exact import gather

UNIT_TOLERANCE = 1e-3
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured of a set of vectors.

    Attributes:
        effective_rank: from 1 to the smaller of their number and length.
        first_component: share of the variance in the first principal component.
        mean_cosine: of random pairs.
        hubness: of the k nearest, the vector itself left out.
        near: share of vectors whose nearest is at or above the near-duplicate threshold.
    """

    effective_rank: float
    first_component: float
    mean_cosine: float
    hubness: Hubness
    near: float


@dataclass(frozen=True, slots=True)
class Health:
    """The vectors of one channel.

    Attributes:
        channel: image, card or report.
        vectors: how many.
        dimension: their length.
        not_finite: rows with a value that is not finite; nothing below counts them.
        not_unit: rows whose length is not 1.
        equal: rows that equal another row in every value.
        sampled: how many rows the figures are of.
        k: of the hubness.
        figures: as measured; None where fewer than k + 2 rows are finite.
        isotropic: the same of as many random unit vectors of that length.
    """

    channel: str
    vectors: int
    dimension: int
    not_finite: int
    not_unit: int
    equal: int
    sampled: int
    k: int
    figures: Figures | None
    isotropic: Figures | None


def measure_health(
    channel: str,
    vectors: NDArray[np.float32],
    *,
    k: int,
    near: float,
    sample: int,
    seed: int = 0,
    listener: Listener = silent,
) -> Health:
    """The health of vectors of shape (n, d), C-contiguous; figures of at most `sample` of them.

    Hubness and near-duplicates of a sample are those within the sample: fewer of both than in all of them, and the
    random vectors beside them are as many.

    Args:
        channel: their name.
        vectors: the vectors.
        k: neighbours that count for hubness.
        near: cosine from which two are near-duplicates.
        sample: most rows for what grows with the square of their number.
        seed: of the sample and of the random vectors.
        listener: is told how far it is.
    """
    lengths = _lengths(vectors)
    finite = np.flatnonzero(np.isfinite(lengths))
    generator = np.random.default_rng(seed)
    chosen = gather(vectors, finite[sample_rows(len(finite), sample, generator)])
    # Figures are of directions: a row of another length, counted below, must not become everybody's nearest.
    chosen /= np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    enough = len(chosen) >= k + 2
    random = isotropic_vectors(len(chosen), vectors.shape[1], generator)
    step = f"health of {channel} vectors"
    return Health(
        channel=channel,
        vectors=len(vectors),
        dimension=vectors.shape[1],
        not_finite=len(vectors) - len(finite),
        not_unit=int((np.abs(lengths[finite] - 1) > UNIT_TOLERANCE).sum()),
        equal=_equal(vectors),
        sampled=len(chosen),
        k=k,
        figures=_figures(chosen, k, near, step, listener) if enough else None,
        isotropic=_figures(random, k, near, f"{step}, random ones", listener) if enough else None,
    )


def isotropic_vectors(count: int, dimension: int, generator: np.random.Generator) -> NDArray[np.float32]:
    """Random unit vectors, every direction alike: float32, shape (count, dimension)."""
    drawn = generator.standard_normal((count, dimension), dtype=np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def _figures(vectors: NDArray[np.float32], k: int, near: float, step: str, listener: Listener) -> Figures:
    rows = np.arange(len(vectors))
    found = nearest_rows(vectors, rows, k, rows, step=step, listener=listener)
    return Figures(
        effective_rank=effective_rank(vectors),
        first_component=first_component(vectors),
        mean_cosine=mean_cosine(vectors),
        hubness=hubness(found.rows, len(vectors)),
        near=float((found.scores[:, 0] >= near).mean()),
    )


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The length of each row, nan where a value is not finite."""
    lengths = np.empty(len(vectors))
    for start in range(0, len(vectors), _BLOCK):
        block = np.array(vectors[start : start + _BLOCK], np.float64)
        finite = np.isfinite(block).all(axis=1)
        block[~finite] = 0
        lengths[start : start + _BLOCK] = np.where(finite, np.linalg.norm(block, axis=1), np.nan)
    return lengths


def _equal(vectors: NDArray[np.float32]) -> int:
    numbers = equal_rows([vectors])[0]
    return int((np.bincount(numbers)[numbers] > 1).sum()) if len(numbers) else 0
