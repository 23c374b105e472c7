"""One task, ready to be scored: who asks, who is ranked, who is relevant, who is left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.chance import at_best, at_random
from retrieval.evaluation.metrics import Measure, per_query
from retrieval.evaluation.rank_lists import FirstRelevant, RankLists, rank_lists
from retrieval.evaluation.relevance import Relevance, SharedKeys
from retrieval.evaluation.score_sources import ScoreSource
from retrieval.evaluation.top_hits import TopHits, joined_hits, top_hits


@dataclass(frozen=True, slots=True, eq=False)
class RankingTask:
    """Queries against a gallery. Nothing in it says which modalities they are, or whether they are vectors at all.

    Attributes:
        scores: how every query scores every item.
        relevant: by query, the relevant gallery positions and their gains.
        excluded: by query, the gallery positions that leave the ranking before the top k.
        clusters: int64, shape (queries,): queries of one patient share a number.
        same: whether those who ask are those who are ranked, position by position.
    """

    scores: ScoreSource
    relevant: Relevance
    excluded: SharedKeys
    clusters: NDArray[np.int64]
    same: bool = False

    def __len__(self) -> int:
        return len(self.clusters)

    def only(self, asking: NDArray[np.int64]) -> "RankingTask":
        """The task with some of its queries, in that order; a query may be named twice."""
        return RankingTask(
            scores=self.scores.only(asking),
            relevant=self.relevant.only(asking),
            excluded=self.excluded.only(asking),
            clusters=self.clusters[asking],
        )

    def scored_by(self, scores: ScoreSource) -> "RankingTask":
        """The same questions, answered by something else."""
        return replace(self, scores=scores)


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

    def of_measures(self, columns: slice) -> "QueryScores":
        """Some columns of the values."""
        return QueryScores(self.values[:, columns], self.first)


@dataclass(frozen=True, slots=True, eq=False)
class TaskScores:
    """The scores of a task, beside what chance and an oracle would have got.

    Attributes:
        reached: what the vectors got.
        chance: what a random order gets on average.
        ceiling: what the best order gets.
        pool: int64, shape (queries,): gallery items left after the exclusions.
        relevant: int64, shape (queries,): relevant items among them.
        hits: the first items of each ranking; None where nobody wants them.
    """

    reached: QueryScores
    chance: QueryScores
    ceiling: QueryScores
    pool: NDArray[np.int64]
    relevant: NDArray[np.int64]
    hits: TopHits | None = None

    def where(self, kept: NDArray[np.bool_]) -> "TaskScores":
        """The queries that `kept` marks, without their hits."""
        return TaskScores(
            self.reached.where(kept),
            self.chance.where(kept),
            self.ceiling.where(kept),
            self.pool[kept],
            self.relevant[kept],
        )

    def of_measures(self, columns: slice) -> "TaskScores":
        """Some columns of the values."""
        return replace(
            self,
            reached=self.reached.of_measures(columns),
            chance=self.chance.of_measures(columns),
            ceiling=self.ceiling.of_measures(columns),
        )


def score_task(
    task: RankingTask,
    measures: Sequence[Measure],
    *,
    block_bytes: int,
    depth: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TaskScores:
    """Scores all queries, some at a time; no more than a block of scores is ever in memory.

    Args:
        task: who asks whom.
        measures: the columns of the values.
        block_bytes: memory for a block of scores.
        depth: how many of the first items of each ranking to keep.
        progress: told how many queries of how many are done.
    """
    blocks: list[TaskScores] = []
    for chosen, scores in task.scores.blocks(block_bytes=block_bytes):
        asking = range(chosen.start, chosen.stop)
        judged = [task.relevant.judged(query) for query in asking]
        excluded = [task.excluded.of(query) for query in asking]
        hits = top_hits(scores, excluded, depth) if depth else None  # before rank_lists sorts the rows
        lists = rank_lists(scores, [one.positions for one in judged], excluded, [one.gains for one in judged])
        blocks.append(replace(_scores(lists, measures), hits=hits))
        if progress is not None:
            progress(chosen.stop, len(task))
    return join_scores(blocks)


def join_scores(parts: Sequence[TaskScores]) -> TaskScores:
    """The queries of all parts, one after the other."""
    hits = [part.hits for part in parts if part.hits is not None]
    return TaskScores(
        reached=_joined([part.reached for part in parts]),
        chance=_joined([part.chance for part in parts]),
        ceiling=_joined([part.ceiling for part in parts]),
        pool=np.concatenate([part.pool for part in parts]),
        relevant=np.concatenate([part.relevant for part in parts]),
        hits=joined_hits(hits) if len(hits) == len(parts) else None,
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
