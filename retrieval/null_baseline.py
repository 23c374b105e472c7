"""The check that the harness itself does not flatter: random vectors, sent the same way, must score at chance."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError
from retrieval.contest import Contest, Outcome, run_contest
from retrieval.metrics import Measure
from retrieval.relevance import SharedKeys

_MOST_QUERIES = 2000  # enough to see a leak of a few percent
_FALSE_ALARM = 1e-6  # a measure, a run: the check must not cry wolf
# Two series that ask for each other share a score, so their successes go together: at most, each counts as half a
# query.
_PAIRING = 2.0


def run_null(
    contest: Contest, measures: Sequence[Measure], generator: np.random.Generator, *, block_bytes: int
) -> Outcome:
    """The contest between random vectors, on at most 2,000 of its queries.

    Raises:
        IntegrityError: they do not score at chance: something leaks, and no number of this run can be trusted.
    """
    asking = np.arange(len(contest.queries))
    if len(asking) > _MOST_QUERIES:
        asking = np.sort(generator.choice(asking, _MOST_QUERIES, replace=False))
    random = contest.with_random_vectors(generator)
    outcome = run_contest(_only(random, asking), measures, block_bytes=block_bytes)
    check_null(outcome, measures)
    return outcome


def check_null(outcome: Outcome, measures: Sequence[Measure]) -> None:
    """Refuses an outcome of random vectors that is further from chance than luck allows.

    Only shares (0 to 1) are checked: the bound needs nothing else, so it holds for every measure and every number of
    queries.

    Raises:
        IntegrityError: a measure is off.
    """
    scored = outcome.relevant > 0
    for column, measure in enumerate(measures):
        reached, chance = outcome.reached.values[scored, column], outcome.chance.values[scored, column]
        if measure.is_rank or not len(chance):
            continue
        off, allowed = abs(float(reached.mean() - chance.mean())), tolerance(chance)
        if off > allowed:
            raise IntegrityError(
                f"Random vectors score {measure} = {reached.mean():.4f}, chance is {chance.mean():.4f} +- {allowed:.4f}"
                f" over {len(chance)} queries: the evaluation leaks, and none of its numbers can be trusted.",
                remedy="Report this as a defect of mrseek, with the settings of the run.",
            )


def tolerance(chance: NDArray[np.float64]) -> float:
    """How far the mean of shares may lie from its expectation, but for a probability of 2e-6.

    A share with mean m has a variance of at most m (1 - m), whatever its distribution; Bernstein's inequality does the
    rest.
    Source: Bhatia and Davis, Amer. Math. Monthly 2000; Boucheron, Lugosi and Massart, "Concentration Inequalities"
    2013, theorem 2.10.

    Args:
        chance: the expectation of each query, shape (queries,), at least one.
    """
    independent = len(chance) / _PAIRING
    surprise = -math.log(_FALSE_ALARM)
    variance = float(np.mean(chance * (1.0 - chance)))
    return math.sqrt(2.0 * variance * surprise / independent) + surprise / (3.0 * independent)


def _only(contest: Contest, asking: NDArray[np.int64]) -> Contest:
    """The contest with some of its queries."""
    return replace(
        contest,
        queries=contest.queries.take(asking),
        relevant=_rows(contest.relevant, asking),
        excluded=_rows(contest.excluded, asking),
        clusters=contest.clusters[asking],
    )


def _rows(keys: SharedKeys, asking: NDArray[np.int64]) -> SharedKeys:
    return SharedKeys([keys.queries[query] for query in asking], keys.postings)
