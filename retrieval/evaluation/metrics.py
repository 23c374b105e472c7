"""Retrieval measures as values: `hit@10`, `recall@5`, `mrr`, `ndcg@10`, `median_rank` parse, print back the same, and
score rank lists.

| measure | of one query | averaged by |
|---|---|---|
| hit@k | 1 if a relevant item is among the first k | mean |
| recall@k | share of the relevant items among the first k | mean |
| precision@k | share of the first k that is relevant; k divides even where fewer can be returned | mean |
| r_precision | precision@r for r relevant items | mean |
| map | mean of the precision at each relevant item | mean |
| mrr, mrr@k | 1 / rank of the first relevant item | mean |
| ndcg, ndcg@k | discounted gain over that of the best order; gain linear, discount 1 / log2(1 + rank) | mean |
| mean_rank, median_rank | rank of the first relevant item, from 1; pool + 1 where none was returned | mean, median |

Tied scores are worth what they are worth on average over all orders inside the tie, exactly. Success on a task is never
called the same as the agreement of an approximate index with exact search: that is `ann_recall`, and is not a measure
of this module.

Source: definitions as in trec_eval (success_k, recall_k, P_k, Rprec, map, recip_rank, ndcg_cut_k); Järvelin and
Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", TOIS 2002, for nDCG; McSherry and Najork, ECIR 2008, for
ties.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from common.suggest import nearest
from retrieval.evaluation.rank_lists import NOT_FOUND, FirstRelevant, RankLists
from retrieval.evaluation.tie_expectations import miss_probability, reciprocal_of_first


class MeasureKind(StrEnum):
    """What is measured."""

    HIT = "hit"
    RECALL = "recall"
    PRECISION = "precision"
    R_PRECISION = "r_precision"
    MAP = "map"
    MRR = "mrr"
    NDCG = "ndcg"
    MEAN_RANK = "mean_rank"
    MEDIAN_RANK = "median_rank"


_NEEDS_CUTOFF = {MeasureKind.HIT, MeasureKind.RECALL, MeasureKind.PRECISION}
_MAY_HAVE_CUTOFF = _NEEDS_CUTOFF | {MeasureKind.MRR, MeasureKind.NDCG}
_FORM = re.compile(r"(?P<kind>[a-z_]+)(?:@(?P<cutoff>[1-9][0-9]{0,8}))?")


@dataclass(frozen=True, slots=True, order=True)
class Measure:
    """A measure; `str` prints what `parse_measure` reads.

    Attributes:
        kind: what is measured.
        cutoff: how many of the first items count; None for all.
    """

    kind: MeasureKind
    cutoff: int | None = None

    def __post_init__(self) -> None:
        if self.cutoff is None and self.kind in _NEEDS_CUTOFF:
            raise UsageError(f"The measure {self.kind} needs a cutoff.", remedy=f'Write "{self.kind}@10", for example.')
        if self.cutoff is not None and self.cutoff < 1:
            raise UsageError(f"The cutoff of {self.kind} is {self.cutoff}; expected 1 or more.")
        if self.cutoff is not None and self.kind not in _MAY_HAVE_CUTOFF:
            raise UsageError(f"The measure {self.kind} has no cutoff.", remedy=f'Write "{self.kind}".')

    def __str__(self) -> str:
        return self.kind.value if self.cutoff is None else f"{self.kind.value}@{self.cutoff}"

    @property
    def is_rank(self) -> bool:
        """Whether this is a rank (from 1, lower is better) rather than a share (0 to 1, higher is better)."""
        return self.kind in {MeasureKind.MEAN_RANK, MeasureKind.MEDIAN_RANK}


def parse_measure(text: str) -> Measure:
    """The measure that `text` names.

    >>> str(parse_measure("hit@10"))
    'hit@10'

    Raises:
        UsageError: no measure has this name, or it has a cutoff too many or too few.
    """
    form = _FORM.fullmatch(text)
    name = form["kind"] if form else text
    if name.split("@")[0] == "ann_recall":
        raise UsageError(
            f'"{text}" is no measure of a task: it says how far an approximate index agrees with exact search, and '
            "nothing of whether what is found is relevant.",
            remedy="Measure the index with retrieval.evaluation.ann_recall; for the task, write recall@10 or hit@10.",
        )
    if form is None or name not in set(MeasureKind):
        raise UsageError(f'"{text}" is no measure.', remedy=nearest(name.split("@")[0], MeasureKind))
    return Measure(MeasureKind(name), int(form["cutoff"]) if form["cutoff"] else None)


def default_measures(ks: tuple[int, ...]) -> tuple[Measure, ...]:
    """What a report shows: hit and recall at each k, nDCG at the largest, MRR, median rank.

    Raises:
        UsageError: no k, or one below 1.
    """
    if not ks:
        raise UsageError("No cutoff k was given; expected at least one.", remedy="Leave it out for 1, 5 and 10.")
    cut = [Measure(kind, k) for kind in (MeasureKind.HIT, MeasureKind.RECALL) for k in ks]
    rest = [Measure(MeasureKind.NDCG, max(ks)), Measure(MeasureKind.MRR), Measure(MeasureKind.MEDIAN_RANK)]
    return (*cut, *rest)


def per_query(measure: Measure, lists: RankLists) -> NDArray[np.float64]:
    """The measure of each query, float64, shape (queries,); NaN for a query without any relevant item.

    For the two ranks it is the expected rank of the first relevant item; `median_rank.py` takes the median of the ranks
    themselves.
    """
    with np.errstate(invalid="ignore"):  # 0 / 0 is the NaN that is promised
        values = _values(measure, lists)
    return np.where(lists.relevant > 0, values, np.nan)


def _values(measure: Measure, lists: RankLists) -> NDArray[np.float64]:
    cutoff = NOT_FOUND - 1 if measure.cutoff is None else measure.cutoff
    match measure.kind:
        case MeasureKind.HIT:
            values = hit_probability(lists.first(), cutoff)
        case MeasureKind.RECALL:
            values = _found(lists, np.full(len(lists.pool), cutoff)) / lists.relevant
        case MeasureKind.PRECISION:
            values = _found(lists, np.full(len(lists.pool), cutoff)) / cutoff
        case MeasureKind.R_PRECISION:
            values = _found(lists, lists.relevant) / lists.relevant
        case MeasureKind.MAP:
            values = _average_precision(lists)
        case MeasureKind.MRR:
            values = _reciprocal_rank(lists.first(), cutoff)
        case MeasureKind.NDCG:
            values = _discounted_gain(lists, cutoff) / _ideal_gain(lists, cutoff)
        case MeasureKind.MEAN_RANK | MeasureKind.MEDIAN_RANK:
            values = _expected_rank(lists)
    return values


def hit_probability(first: FirstRelevant, cutoff: int) -> NDArray[np.float64]:
    """The probability that a relevant item is among the first `cutoff`, float64, shape (queries,)."""
    within = np.clip(cutoff - first.above, 0, first.size)
    return np.where(first.above == NOT_FOUND, 0.0, 1.0 - miss_probability(first.size, first.relevant, within))


def _found(lists: RankLists, cutoff: NDArray[np.int64]) -> NDArray[np.float64]:
    """Expected number of relevant items among the first `cutoff`, shape (queries,)."""
    share = np.clip((cutoff[lists.owners] - lists.above) / lists.tied, 0.0, 1.0)
    return _sums(lists.owners, share, lists)


def _reciprocal_rank(first: FirstRelevant, cutoff: int) -> NDArray[np.float64]:
    values = np.where(first.above < cutoff, 1.0 / (first.above + 1.0), 0.0)
    for query in np.flatnonzero((first.size > 1) & (first.above < cutoff)):
        group = int(first.above[query]), int(first.size[query]), int(first.relevant[query])
        values[query] = reciprocal_of_first(*group, cutoff)
    return values


def _expected_rank(lists: RankLists) -> NDArray[np.float64]:
    """The lowest of m places drawn from n without replacement is (n + 1) / (m + 1) on average."""
    first = lists.first()
    return np.where(
        first.above == NOT_FOUND, lists.pool + 1.0, first.above + (first.size + 1.0) / (first.relevant + 1.0)
    )


def _discounted_gain(lists: RankLists, cutoff: int) -> NDArray[np.float64]:
    """DCG with ties: an item is worth the mean discount of the places that its tie group spans."""
    last = lists.above + lists.tied
    sums = _discount_sums(min(cutoff, int(last[lists.above < NOT_FOUND].max(initial=0))))
    top = len(sums) - 1
    discount = (sums[np.minimum(last, top)] - sums[np.minimum(lists.above, top)]) / lists.tied
    return _sums(lists.owners, lists.gains * discount, lists)


def _ideal_gain(lists: RankLists, cutoff: int) -> NDArray[np.float64]:
    sums = _discount_sums(min(cutoff, int(lists.relevant.max(initial=0))))
    discount = np.diff(sums, append=sums[-1])[np.minimum(lists.order, len(sums) - 1)]
    return _sums(lists.owners, lists.gains_best_first * discount, lists)


def _discount_sums(places: int) -> NDArray[np.float64]:
    """Sums of the discounts of the first 0, 1, ..., `places` places, shape (places + 1,)."""
    return np.concatenate(([0.0], np.cumsum(1.0 / np.log2(np.arange(2.0, places + 2.0)))))


def _average_precision(lists: RankLists) -> NDArray[np.float64]:
    """Average precision with ties: in a group of e items, m relevant, below g items of which b are relevant, place j
    adds (m / e) (b + 1 + (j - 1)(m - 1) / (e - 1)) / (g + j). Source: McSherry and Najork 2008, section 3.
    """
    owners, order = lists.owners, lists.order
    starts = (order == 0) | np.diff(lists.above, prepend=-1).astype(bool)
    relevant = np.diff(np.append(np.flatnonzero(starts), len(starts)))
    above, size, before, owner = (values[starts] for values in (lists.above, lists.tied, order, owners))
    found = above < NOT_FOUND
    above, size, before, owner, relevant = (values[found] for values in (above, size, before, owner, relevant))
    harmonic = np.concatenate(([0.0], np.cumsum(1.0 / np.arange(1.0, (above + size).max(initial=0) + 1.0))))
    inverse = harmonic[above + size] - harmonic[above]  # sum over j of 1 / (above + j)
    shifted = size - (above + 1) * inverse  # sum over j of (j - 1) / (above + j)
    rise = (relevant - 1) / np.maximum(size - 1, 1)
    gained = relevant / size * ((before + 1) * inverse + rise * shifted)
    return _sums(owner, gained, lists) / lists.relevant


def _sums(owners: NDArray[np.int64], values: NDArray[np.float64], lists: RankLists) -> NDArray[np.float64]:
    """The sum of the values that each query owns, shape (queries,)."""
    sums: NDArray[np.float64] = np.bincount(owners, values, minlength=len(lists.pool)).astype(np.float64)
    return sums
