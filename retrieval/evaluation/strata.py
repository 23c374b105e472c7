"""The same number for groups of queries: where a mean hides that one scanner, age or sequence is not found."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.figures import figures_of
from retrieval.evaluation.items import Items
from retrieval.evaluation.metrics import Measure
from retrieval.evaluation.ranking_task import TaskScores
from retrieval.evaluation.results import Stratum

ENOUGH_PATIENTS = 5
"""Fewer say nothing about a group; it is shown, and never named the worst."""

MOST_GROUPS = 50
"""Of a column with more values than this (free text, a number) the largest groups are shown."""


def strata_of(
    queries: Items,
    columns: Sequence[str],
    scores: TaskScores,
    clusters: NDArray[np.int64],
    headline: tuple[int, Measure],
) -> tuple[Stratum, ...]:
    """Every group of every column that has at least two; a query of several groups counts in each.

    Args:
        queries: those who ask.
        columns: by which they are told apart; those that nobody has a value of are passed over.
        scores: of the queries.
        clusters: int64, shape (queries,).
        headline: column of the scores, and the measure that it holds.
    """
    column_of_scores, measure = headline
    scored = scores.relevant > 0
    found = []
    for name in columns:
        groups = _groups(queries, name, scored)
        for value, members in groups.items() if len(groups) > 1 else ():
            figures = figures_of(_of(scores, members, column_of_scores), clusters[members], [measure])
            patients = len(np.unique(clusters[members]))
            found.append(Stratum(name, value, len(members), patients, figures[measure]))
    return tuple(found)


def worst_of(strata: Sequence[Stratum], headline: Measure) -> Stratum | None:
    """The group that is served worst by the headline measure, of those with enough patients; None where there is no
    choice. Of shares the lowest is the worst, of ranks the highest, and none found at all (infinite) above all.
    """
    able = [one for one in strata if one.patients >= ENOUGH_PATIENTS and not np.isnan(one.figure.value)]
    if len(able) < 2:
        return None
    sign = -1.0 if headline.is_rank else 1.0
    return min(able, key=lambda one: (sign * one.figure.value, one.column, one.value))


def _groups(queries: Items, column: str, scored: NDArray[np.bool_]) -> Mapping[str, NDArray[np.int64]]:
    """By value the queries that have it, largest group first."""
    members: dict[str, list[int]] = {}
    values = queries.of(column)
    for query in np.flatnonzero(scored).tolist():
        for value in values[query]:
            members.setdefault(value, []).append(query)
    largest = sorted(members, key=lambda value: (-len(members[value]), value))[:MOST_GROUPS]
    return {value: np.array(members[value], np.int64) for value in largest}


def _of(scores: TaskScores, members: NDArray[np.int64], column: int) -> TaskScores:
    """The scores of some queries by one measure."""
    kept = np.zeros(len(scores.relevant), bool)
    kept[members] = True
    return scores.where(kept).of_measures(slice(column, column + 1))
