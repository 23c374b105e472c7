"""How well a set of scores names classes: top 1, top 3, balanced, each with its interval, and who is taken for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.measured import Measured, measured_mean, numbered, resampled
from retrieval.evaluation.intervals import interval_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """What came of one task.

    Attributes:
        names: that could be given.
        top1, top3: the share of items whose right name is the first, or among the first three.
        balanced: the mean over the classes that occur of their top 1.
        commonest: the share of the commonest class: what one gets who always says it.
        confusion: int64 (classes, classes), rows: truth, columns: the first name.
        missed: the items whose first name is wrong: index, right name, that name.
    """

    names: tuple[str, ...]
    top1: Measured
    top3: Measured
    balanced: Measured
    commonest: float
    confusion: NDArray[np.int64]
    missed: tuple[tuple[int, str, str], ...]


def name_scores(scores: Floats, truth: Sequence[str], names: tuple[str, ...], patients: Sequence[str]) -> Naming:
    """Scores against the truth; items without a truth ("") are not asked about.

    Args:
        scores: (n, classes), higher is likelier; -inf for a name that is never given.
        truth: the right name of each item.
        names: of the classes.
        patients: whose each item is.
    """
    known = np.array([bool(name) for name in truth])
    right = np.array([names.index(name) for name in truth if name], np.int64)
    scores, clusters = scores[known], numbered(np.array(patients)[known])
    first, third = hits(scores, right, 1), hits(scores, right, 3)
    guess = scores.argmax(axis=1)
    confusion = np.zeros((len(names), len(names)), np.int64)
    np.add.at(confusion, (right, guess), 1)
    places = np.flatnonzero(known)
    return Naming(
        names=names,
        top1=measured_mean(first, clusters, 1 / len(names)),
        top3=measured_mean(third, clusters, min(1.0, 3 / len(names))),
        balanced=measured_balanced(first, right, clusters, 1 / len(names)),
        commonest=float(np.bincount(right).max() / len(right)),
        confusion=confusion,
        missed=tuple((int(places[row]), names[right[row]], names[guess[row]]) for row in np.flatnonzero(first < 1)),
    )


def hits(scores: Floats, right: NDArray[np.int64], k: int) -> Floats:
    """The probability that the right name is among the first k, ties broken by lot: float64 (n,).

    Breaking ties in favour of the truth would let a constant score be right always.

    >>> hits(np.array([[3.0, 2.0, 1.0], [1.0, 1.0, 1.0]]), np.array([1, 1]), 1).round(3).tolist()
    [0.0, 0.333]
    """
    own = scores[np.arange(len(right)), right][:, None]
    above, tied = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
    chances: Floats = np.clip((k - above) / tied, 0.0, 1.0)
    return chances


def measured_balanced(first: Floats, right: NDArray[np.int64], clusters: NDArray[np.int64], chance: float) -> Measured:
    """The mean over classes of the mean of `first` within each; a draw without a class leaves it out.

    >>> measured_balanced(np.array([1.0, 1.0, 1.0, 0.0]), np.array([0, 0, 0, 1]), np.arange(4), 0.5).value
    0.5
    """
    resamples, classes = resampled(clusters), np.unique(right)
    with np.errstate(invalid="ignore"):
        shares = np.stack(
            [resamples.sums(first * (right == one)) / resamples.sums(1.0 * (right == one)) for one in classes]
        )
    value = float(np.mean([first[right == one].mean() for one in classes]))
    return Measured(value, interval_of(np.nanmean(shares, axis=0)), chance, len(first), len(np.unique(clusters)))
