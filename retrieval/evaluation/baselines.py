"""What knows nothing, sent through the same code: every number is read against these.

| baseline | ranks by | its number says |
|---|---|---|
| random | random vectors | what chance gets; if it is not at chance, the harness leaks and the run stops |
| permuted | the task's own vectors, each query with another patient's | what habits get: hubs, common labels |
| header | how many of scanner, sequence and region agree | what a table gets without any image or report |
| length | likeness in amount: characters of a report, series of a study | what a long report gives away |
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError
from retrieval.evaluation.facts import HEADER_SHORTCUT
from retrieval.evaluation.metrics import Measure
from retrieval.evaluation.ranking_task import RankingTask, TaskScores, join_scores, score_task
from retrieval.evaluation.score_sources import ScoreSource, random_scores
from retrieval.evaluation.shortcuts import header_scores, size_scores
from retrieval.evaluation.tasks import BuiltTask


class Baseline(StrEnum):
    """Rankings that know nothing of the content."""

    RANDOM = "random"
    PERMUTED = "permuted"
    HEADER = "header"
    LENGTH = "length"


# Enough to see a leak of a few percent. A small collection asks its queries several times, with new vectors each time.
_QUERIES = 2000
_MOST_ROUNDS = 20
_FALSE_ALARM = 1e-6  # a measure, a run: the check must not cry wolf


def run_baselines(
    built: BuiltTask,
    measures: Sequence[Measure],
    generator: Callable[[int], np.random.Generator],
    *,
    block_bytes: int,
) -> Mapping[Baseline, TaskScores]:
    """The task by each baseline that applies: about 2,000 queries each, a small task in several rounds.

    Args:
        built: the task.
        measures: what is measured.
        generator: random numbers for a purpose; purposes 1 to 3 are used here.
        block_bytes: memory for one block of scores.

    Raises:
        IntegrityError: random vectors do not score at chance: something leaks, and no number of this run can be
            trusted.
    """
    task = built.ranking
    asking = _sampled(len(task), generator(1))
    rounds = min(_MOST_ROUNDS, math.ceil(_QUERIES / len(asking)))

    def scored(tasks: Iterator[RankingTask]) -> TaskScores:
        return join_scores([score_task(one, measures, block_bytes=block_bytes) for one in tasks])

    found = {Baseline.RANDOM: scored(_random(task, asking, rounds, generator(2)))}
    check_null(found[Baseline.RANDOM], measures, rounds=rounds, gallery=task.scores.gallery)
    if len(np.unique(task.clusters[asking])) > 1:
        found[Baseline.PERMUTED] = scored(_permuted(task, asking, rounds, generator(3)))
    for name, scores in _shortcuts(built).items():
        found[name] = scored(iter([task.scored_by(scores).only(asking)]))
    return found


def _sampled(queries: int, generator: np.random.Generator) -> NDArray[np.int64]:
    if queries <= _QUERIES:
        return np.arange(queries)
    return np.sort(generator.choice(queries, _QUERIES, replace=False)).astype(np.int64)


def _random(
    task: RankingTask, asking: NDArray[np.int64], rounds: int, generator: np.random.Generator
) -> Iterator[RankingTask]:
    for _ in range(rounds):
        scores = random_scores(len(task), task.scores.gallery, generator, same=task.same)
        yield task.scored_by(scores).only(asking)


def _permuted(
    task: RankingTask, asking: NDArray[np.int64], rounds: int, generator: np.random.Generator
) -> Iterator[RankingTask]:
    here = task.only(asking)
    for _ in range(rounds):
        yield here.scored_by(here.scores.only(other_patients(here.clusters, generator)))


def other_patients(clusters: NDArray[np.int64], generator: np.random.Generator) -> NDArray[np.int64]:
    """For each query another one, of another patient, each of them once; int64, shape (queries,).

    Patients stand in random order, their queries side by side, and all move on by the longest of these rows. Only where
    one patient has more than half of all queries must some of them get one of their own.

    >>> other_patients(np.array([0, 0, 1, 1]), np.random.default_rng(0)).tolist() in ([2, 3, 0, 1], [3, 2, 1, 0])
    True
    """
    shuffled = generator.permutation(len(clusters))
    places = generator.permutation(int(clusters.max()) + 1)
    row = shuffled[np.argsort(places[clusters[shuffled]], kind="stable")]
    partner = np.empty(len(clusters), np.int64)
    partner[row] = np.roll(row, -int(np.bincount(clusters).max()))
    return partner


def _shortcuts(built: BuiltTask) -> dict[Baseline, ScoreSource]:
    found: dict[Baseline, ScoreSource | None] = {
        Baseline.HEADER: header_scores(built.queries, built.gallery, HEADER_SHORTCUT),
        Baseline.LENGTH: size_scores(built.queries, built.gallery),
    }
    return {name: scores for name, scores in found.items() if scores is not None}


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
