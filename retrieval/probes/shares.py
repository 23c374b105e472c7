"""From scores of true and of false sentences to a share of right answers with its interval."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.intervals import Interval, draw_patients, interval_of
from retrieval.probes.results import Share

# Two scores that are this near are the same: float32 vectors of one text, compared in two places, differ by 1e-7.
TIE = 1e-6


def answers(true: NDArray[np.float64], false: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where the true one scores higher, 0 where the false one does, one half for a tie; any one shape.

    >>> answers(np.array([0.9, 0.2, 0.5]), np.array([0.1, 0.3, 0.5])).tolist()
    [1.0, 0.0, 0.5]
    """
    ahead = true - false
    return np.where(np.abs(ahead) <= TIE, 0.5, (ahead > 0).astype(np.float64))


def shares_by(directions: Sequence[str], right: NDArray[np.float64]) -> tuple[Share, ...]:
    """The share of right answers in each direction, by name; `right` has shape (questions,)."""
    names = np.array(directions)
    chosen = {name: right[names == name] for name in sorted(set(directions))}
    return tuple(Share(name, len(values), float(values.mean())) for name, values in chosen.items())


def even_share(directions: Sequence[str], right: NDArray[np.float64]) -> float:
    """The mean over directions of the share of right answers.

    >>> even_share(["denied", "denied", "denied", "stated"], np.array([1.0, 1.0, 1.0, 0.0]))
    0.5
    """
    return float(np.mean([share.value for share in shares_by(directions, right)]))


def even_interval(
    directions: Sequence[str],
    right: NDArray[np.float64],
    clusters: NDArray[np.int64],
    draws: int,
    generator: np.random.Generator,
) -> Interval | None:
    """The 95 % interval of `even_share` over resampled clusters; None for a single cluster, which bounds nothing.

    A draw that lacks a direction is averaged over those that it has.

    Args:
        directions: of each question.
        right: shape (questions,).
        clusters: shape (questions,): the patient of each question, any numbers.
        draws: number of resamples.
        generator: what draws.
    """
    if draws < 1 or len(set(clusters.tolist())) < 2:
        return None
    resamples = draw_patients(clusters, draws, generator)
    names = np.array(directions)
    sums = []
    for name in sorted(set(directions)):
        asked = (names == name).astype(np.float64)
        count = resamples.sums(asked)
        sums.append(np.where(count > 0, resamples.sums(asked * right) / np.maximum(count, 1.0), np.nan))
    return interval_of(np.nanmean(sums, axis=0))
