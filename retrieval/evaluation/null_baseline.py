"""The check that the harness itself does not flatter: random vectors, sent the same way, must score at chance."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError
from retrieval.evaluation.metrics import Measure
from retrieval.evaluation.ranking_task import RankingTask, TaskScores, join_scores, score_task
from retrieval.evaluation.relevance import SharedKeys

# Enough to see a leak of a few percent. A small collection asks its queries several times, with new vectors each time.
_QUERIES = 2000
_MOST_ROUNDS = 20
_FALSE_ALARM = 1e-6  # a measure, a run: the check must not cry wolf


def run_null(
    task: RankingTask, measures: Sequence[Measure], generator: np.random.Generator, *, block_bytes: int
) -> TaskScores:
    """The task between random vectors: about 2,000 queries, in as many rounds as that takes.

    Raises:
        IntegrityError: they do not score at chance: something leaks, and no number of this run can be trusted.
    """
    asking = np.arange(len(task.queries))
    if len(asking) > _QUERIES:
        asking = np.sort(generator.choice(asking, _QUERIES, replace=False))
    rounds = min(_MOST_ROUNDS, math.ceil(_QUERIES / len(asking)))
    tasks = (_only(task.with_random_vectors(generator), asking) for _ in range(rounds))
    scores = join_scores([score_task(one, measures, block_bytes=block_bytes) for one in tasks])
    check_null(scores, measures, rounds=rounds, gallery=len(task.gallery))
    return scores


def check_null(scores: TaskScores, measures: Sequence[Measure], *, rounds: int, gallery: int) -> None:
    """Refuses scores of random vectors that are further from chance than luck allows.

    Only shares (0 to 1) are checked: the bound needs nothing else, so it holds for every measure.

    Args:
        scores: of all rounds, one after the other.
        measures: the columns of its values.
        rounds: how often new vectors were drawn.
        gallery: number of items that each round drew anew.

    Raises:
        IntegrityError: a measure is off.
    """
    scored = scores.relevant > 0
    for column, measure in enumerate(measures):
        reached, chance = scores.reached.values[scored, column], scores.chance.values[scored, column]
        if measure.is_rank or not len(chance):
            continue
        off = abs(float(reached.mean() - chance.mean()))
        allowed = tolerance(chance, rounds=rounds, gallery=gallery)
        if off > allowed:
            raise IntegrityError(
                f"Random vectors score {measure} = {reached.mean():.4f}, chance is {chance.mean():.4f} +- {allowed:.4f}"
                f" over {len(chance)} queries: the evaluation leaks, and none of its numbers can be trusted.",
                remedy="Report this as a defect of mrseek, with the settings of the run.",
            )


def tolerance(chance: NDArray[np.float64], *, rounds: int, gallery: int) -> float:
    """How far the mean of shares may lie from its expectation, but for a probability of 2e-6.

    A share with mean m has a variance of at most m (1 - m), whatever its distribution; Bernstein's inequality does the
    rest. Queries of one round are not quite independent: two series that ask for each other share a score, and all
    queries share the gallery, of which some items lie nearer to everybody. So a query counts as half a query, and a
    round as no more than its gallery has items.

    Source: Bhatia and Davis, Amer. Math. Monthly 2000; Boucheron, Lugosi and Massart, "Concentration Inequalities"
    2013, theorem 2.10.

    Args:
        chance: the expectation of each query, shape (queries of all rounds,), at least one.
        rounds: how often new vectors were drawn.
        gallery: number of items that each round drew anew.
    """
    independent = 1.0 / (2.0 / len(chance) + 1.0 / (rounds * gallery))
    surprise = -math.log(_FALSE_ALARM)
    share = np.clip(chance, 0.0, 1.0)  # sums of probabilities may end at 1 + 1e-16
    variance = float(np.mean(share * (1.0 - share)))
    return math.sqrt(2.0 * variance * surprise / independent) + surprise / (3.0 * independent)


def _only(task: RankingTask, asking: NDArray[np.int64]) -> RankingTask:
    """The task with some of its queries."""
    return replace(
        task,
        queries=task.queries.take(asking),
        relevant=_rows(task.relevant, asking),
        excluded=_rows(task.excluded, asking),
        clusters=task.clusters[asking],
    )


def _rows(keys: SharedKeys, asking: NDArray[np.int64]) -> SharedKeys:
    return SharedKeys([keys.queries[query] for query in asking], keys.postings)
