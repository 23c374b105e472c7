"""What a text tower is measured by, on cards, reports, queries and everyday words that it was not trained on.

*Agreement* is the mean cosine with the teacher's vectors. *Precision at 5* asks for cards by queries of the grammar,
and counts whose facts are the case. *Told apart* takes a query that is true of a card, and one that differs in a single
thing and is not: which of the two does the card lie nearer to?
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from training.curves import CHANCE
from training.distil_corpus import CardItem, DistilTexts
from training.draws import generator
from training.query_grammar import Asked, Query, draw_query, near_miss

Vectors = NDArray[np.float32]
VectorsOf = Callable[[Sequence[str]], Vectors]
_FIRST = 5
_ASKED = {  # what the two queries of a pair name beside what differs
    "sequence": Asked(region=True, sequence=True),
    "side": Asked(region=True, side=True),
    "plane": Asked(region=True, sequence=True, plane=True),
    "region": Asked(region=True, sequence=True),
}


class DistilValidator:
    """Measures of a tower on held-out texts."""

    def __init__(self, held_out: DistilTexts, general: Sequence[str], teacher: VectorsOf, seed: int) -> None:
        self._cards = held_out.cards
        self._queries = [draw_query(generator(seed, "ask", n), item.series) for n, item in enumerate(self._cards)]
        self._pairs = {what: near_pairs(self._cards, what, seed) for what in _ASKED}
        sentences = held_out.sentences[: len(general)]
        self._kept: Mapping[str, Sequence[str]] = {"agreement_general": general, "agreement_reports": sentences}
        self._teacher = {name: teacher(texts) for name, texts in self._kept.items()}

    def __call__(self, vectors_of: VectorsOf) -> dict[str, float]:
        """All measures, chance beside those that have one."""
        found = {
            name: float((vectors_of(texts) * self._teacher[name]).sum(axis=1).mean())
            for name, texts in self._kept.items()
        }
        cards = vectors_of([item.card for item in self._cards])
        scores = vectors_of([query.text for query in self._queries]) @ cards.T
        truth = np.array([[query.needs <= item.facts for item in self._cards] for query in self._queries])
        found |= {"precision@5": precision_at(scores, truth, _FIRST), f"precision@5{CHANCE}": float(truth.mean())}
        for what, pairs in self._pairs.items():
            if pairs:
                found |= {f"told_apart_{what}": told_apart(pairs, vectors_of), f"told_apart_{what}{CHANCE}": 0.5}
        return found


def near_pairs(cards: Sequence[CardItem], what: str, seed: int) -> list[tuple[str, str, str]]:
    """A card, a query that is true of it, and one that differs in one thing and is not: for cards that say it."""
    pairs = []
    for number, item in enumerate(cards):
        if not getattr(item.series, what) or not (item.series.region and item.series.sequence):
            continue
        other = near_miss(generator(seed, "miss", what, number), item.series, what)
        right, wrong = (_plain(series, what, seed, number) for series in (item.series, other))
        if right.needs <= item.facts and not wrong.needs <= item.facts:
            pairs.append((item.card, right.text, wrong.text))
    return pairs


def _plain(series: object, what: str, seed: int, number: int) -> Query:
    """The same draw for both queries of a pair."""
    return draw_query(generator(seed, "pair", what, number), series, _ASKED[what], framed=False)  # type: ignore[arg-type]


def told_apart(pairs: Sequence[tuple[str, str, str]], vectors_of: VectorsOf) -> float:
    """The share of pairs in which the card lies nearer to what is true of it; ties count half."""
    cards, right, wrong = (vectors_of(texts) for texts in zip(*pairs, strict=True))
    difference = (cards * right).sum(axis=1) - (cards * wrong).sum(axis=1)
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def precision_at(scores: Vectors, truth: NDArray[np.bool_], first: int) -> float:
    """The mean over queries with an answer of the share of right ones among the first hits.

    Where fewer than `first` are right, as many hits are counted as are right.

    >>> precision_at(np.array([[0.9, 0.1, 0.5]], np.float32), np.array([[True, False, False]]), 2)
    1.0
    """
    shares = []
    for row, right in zip(scores, truth, strict=True):
        if count := min(first, int(right.sum())):
            shares.append(float(right[np.argsort(-row, kind="stable")[:count]].mean()))
    return float(np.mean(shares)) if shares else 0.0
