"""One task on one channel, ready to be scored: who asks, who is ranked, who is relevant, who is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.chance import at_best, at_random
from retrieval.evaluation.item_vectors import ItemVectors, score_blocks
from retrieval.evaluation.metrics import Measure, per_query
from retrieval.evaluation.rank_lists import FirstRelevant, RankLists, rank_lists
from retrieval.evaluation.relevance import SharedKeys

NULL_DIMENSION = 64  # enough for two random vectors to be nearly orthogonal, and cheap


@dataclass(frozen=True, slots=True, eq=False)
class RankingTask:
    """Queries against a gallery. Nothing in it says which of the two modalities they are.

    Attributes:
        queries: vectors of those who ask.
        gallery: vectors of those who are ranked.
        relevant: by query, the relevant gallery positions.
        excluded: by query, the gallery positions that leave the ranking before the top k.
        clusters: int64, shape (queries,): queries of one patient share a number.
    """

    queries: ItemVectors
    gallery: ItemVectors
    relevant: SharedKeys
    excluded: SharedKeys
    clusters: NDArray[np.int64]

    def with_random_vectors(self, generator: np.random.Generator) -> "RankingTask":
        """The same task between vectors that know nothing: one random direction an item.

        All passages of a report get the same vector: with one each, a long report would have more chances than a short
        one. Where queries and gallery are the same vectors, they still are.
        """
        gallery = _random(len(self.gallery), generator)
        same = self.queries is self.gallery
        return replace(self, gallery=gallery, queries=gallery if same else _random(len(self.queries), generator))


@dataclass(frozen=True, slots=True, eq=False)
class QueryScores:
    """What one set of rankings is worth, query by query.

    Attributes:
        values: float64, shape (queries, measures); NaN for a query without any relevant item.
        first: where the best relevant item of each query stands.
    """

    values: NDArray[np.float64]
    first: FirstRelevant

    def where(self, kept: NDArray[np.bool_]) -> "QueryScores":
        """The queries that `kept` marks."""
        return QueryScores(self.values[kept], self.first.where(kept))


@dataclass(frozen=True, slots=True, eq=False)
class TaskScores:
    """The scores of a task, beside what chance and an oracle would have got.

    Attributes:
        reached: what the vectors got.
        chance: what a random order gets on average.
        ceiling: what the best order gets.
        pool: int64, shape (queries,): gallery items left after the exclusions.
        relevant: int64, shape (queries,): relevant items among them.
    """

    reached: QueryScores
    chance: QueryScores
    ceiling: QueryScores
    pool: NDArray[np.int64]
    relevant: NDArray[np.int64]


def score_task(task: RankingTask, measures: Sequence[Measure], *, block_bytes: int) -> TaskScores:
    """Scores all queries, some at a time; no more than a block of scores is ever in memory."""
    blocks: list[TaskScores] = []
    for chosen, scores in score_blocks(task.queries, task.gallery, block_bytes=block_bytes):
        asking = range(chosen.start, chosen.stop)
        lists = rank_lists(scores, [task.relevant.of(q) for q in asking], [task.excluded.of(q) for q in asking])
        blocks.append(_scores(lists, measures))
    return join_scores(blocks)


def join_scores(parts: Sequence[TaskScores]) -> TaskScores:
    """The queries of all parts, one after the other."""
    return TaskScores(
        reached=_joined([part.reached for part in parts]),
        chance=_joined([part.chance for part in parts]),
        ceiling=_joined([part.ceiling for part in parts]),
        pool=np.concatenate([part.pool for part in parts]),
        relevant=np.concatenate([part.relevant for part in parts]),
    )


def _scores(lists: RankLists, measures: Sequence[Measure]) -> TaskScores:
    reached, chance, ceiling = (_query_scores(these, measures) for these in (lists, at_random(lists), at_best(lists)))
    return TaskScores(reached, chance, ceiling, lists.pool, lists.relevant)


def _query_scores(lists: RankLists, measures: Sequence[Measure]) -> QueryScores:
    return QueryScores(np.stack([per_query(measure, lists) for measure in measures], axis=1), lists.first())


def _joined(parts: Sequence[QueryScores]) -> QueryScores:
    first = FirstRelevant(
        above=np.concatenate([part.first.above for part in parts]),
        size=np.concatenate([part.first.size for part in parts]),
        relevant=np.concatenate([part.first.relevant for part in parts]),
    )
    return QueryScores(np.concatenate([part.values for part in parts]), first)


def _random(items: int, generator: np.random.Generator) -> ItemVectors:
    vectors = generator.standard_normal((items, NULL_DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return ItemVectors(vectors, np.arange(items + 1))
