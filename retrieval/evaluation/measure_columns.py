"""Which measures a task is scored by at once, and where each stands: those that were asked for, the curve, the rank."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.evaluation.metrics import Measure, MeasureKind

CURVE_KS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000)

_HEADLINE_K = 10


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a task's scores.

    Attributes:
        measures: of all columns.
        asked: those that were asked for.
        curve: hit and recall in turn, at each k of the curve.
        rank: the expected rank of the first relevant item.
        headline: the column, and its measure, that strata are told by.
    """

    measures: tuple[Measure, ...]
    asked: slice
    curve: slice
    rank: int
    headline: tuple[int, Measure]


def columns_of(measures: Sequence[Measure], gallery: int) -> Columns:
    """The columns for some measures over a gallery of some size."""
    ks = [k for k in CURVE_KS if k < gallery] + [gallery]
    curve = [Measure(kind, k) for k in ks[: len(CURVE_KS)] for kind in (MeasureKind.HIT, MeasureKind.RECALL)]
    every = (*measures, *curve, Measure(MeasureKind.MEAN_RANK))
    place = _headline(measures)
    return Columns(
        measures=every,
        asked=slice(0, len(measures)),
        curve=slice(len(measures), len(every) - 1),
        rank=len(every) - 1,
        headline=(place, measures[place]),
    )


def _headline(measures: Sequence[Measure]) -> int:
    """hit@10 if it is there, else the hit with the largest k up to 10, else the first share, else the first."""
    hits = [
        (one.cutoff or 0, place)
        for place, one in enumerate(measures)
        if one.kind is MeasureKind.HIT and (one.cutoff or 0) <= _HEADLINE_K
    ]
    if hits:
        return max(hits)[1]
    return next((place for place, one in enumerate(measures) if not one.is_rank), 0)
