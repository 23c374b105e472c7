"""Groups of queries against a loop over their members: value, patients, interval; and which one is served worst."""

import numpy as np
import pytest

from retrieval.evaluation.figures import figures_of
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, Values
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.ranking_task import RankingTask, TaskScores, score_task
from retrieval.evaluation.relevance import SharedKeys, shared_keys
from retrieval.evaluation.results import Figure, Stratum
from retrieval.evaluation.score_sources import random_scores
from retrieval.evaluation.strata import ENOUGH_PATIENTS, MOST_GROUPS, strata_of, worst_of

MEASURES = tuple(map(parse_measure, ("mrr", "hit@3", "median_rank")))
COUNT = 60


def items(columns: dict[str, list[Values]], count: int = COUNT) -> Items:
    vectors = ItemVectors(np.empty((0, 2), np.float32), np.zeros(count + 1, np.int64))
    return Items("series", tuple(str(one) for one in range(count)), columns, vectors, "s")


def scored(count: int = COUNT) -> tuple[TaskScores, np.ndarray]:
    """Random rankings of 25 items; every seventh query has nothing relevant."""
    generator = np.random.default_rng(0)
    keys = [frozenset() if one % 7 == 3 else frozenset([str(one % 5)]) for one in range(count)]
    task = RankingTask(
        random_scores(count, 25, generator, same=False),
        shared_keys(keys, [frozenset([str(one % 5)]) for one in range(25)]),
        SharedKeys([frozenset()] * count, {}),
        np.arange(count) // 3,
    )
    return score_task(task, MEASURES, block_bytes=1 << 20), task.clusters


def groups(columns: dict[str, list[Values]], names: list[str], column: int = 1) -> tuple[Stratum, ...]:
    scores, clusters = scored()
    headline = (column, MEASURES[column])
    return strata_of(items(columns), names, scores, clusters, headline)


def test_every_group_is_worth_what_its_members_are() -> None:
    scores, clusters = scored()
    able = scores.relevant > 0
    regions: list[Values] = [[("brain",), ("knee",), ("brain", "knee"), ()][one % 4] for one in range(COUNT)]
    sexes: list[Values] = [("F",) if one < 33 else ("M",) for one in range(COUNT)]
    found = groups({"region": regions, "sex": sexes}, ["region", "sex", "nobody has it"])
    assert {(one.column, one.value) for one in found} == {
        ("region", "brain"),
        ("region", "knee"),
        ("sex", "F"),
        ("sex", "M"),
    }
    for one in found:
        values = regions if one.column == "region" else sexes
        members = [q for q in range(COUNT) if able[q] and one.value in values[q]]
        assert one.queries == len(members)
        assert one.patients == len({int(clusters[q]) for q in members})
        assert one.figure.value == pytest.approx(scores.reached.values[members, 1].mean(), abs=1e-12)
        assert one.figure.chance == pytest.approx(scores.chance.values[members, 1].mean(), abs=1e-12)
        assert one.figure.ceiling == pytest.approx(scores.ceiling.values[members, 1].mean(), abs=1e-12)
        assert one.figure.interval is not None
        assert one.figure.interval.low <= one.figure.value <= one.figure.interval.high


def test_a_group_of_everybody_is_the_whole() -> None:
    scores, clusters = scored()
    columns: dict[str, list[Values]] = {"site": [("all", "again")] * COUNT}
    whole = figures_of(scores, clusters, MEASURES)
    for column, measure in enumerate(MEASURES):
        for one in groups(columns, ["site"], column):
            assert one.figure.value == pytest.approx(whole[measure].value, abs=1e-12)
            assert one.queries == int((scores.relevant > 0).sum())


def test_one_group_is_no_choice_and_makes_none() -> None:
    assert groups({"site": [("a",)] * COUNT}, ["site"]) == ()
    assert groups({"site": [()] * COUNT}, ["site"]) == ()


def test_groups_of_queries_that_nothing_is_relevant_for_are_not_there() -> None:
    """Every seventh query, from the third on, has nothing relevant: they alone are of site b."""
    sites: list[Values] = [("b",) if one % 7 == 3 else ("a",) if one % 2 else ("c",) for one in range(COUNT)]
    assert {one.value for one in groups({"site": sites}, ["site"])} == {"a", "c"}


def test_the_largest_groups_of_a_column_with_many_values_are_shown() -> None:
    count = 4 * MOST_GROUPS
    scores, clusters = scored(count)
    texts: list[Values] = [("common",) if one < 60 else (f"rare {one:03}",) for one in range(count)]
    found = strata_of(items({"t": texts}, count), ["t"], scores, clusters, (0, MEASURES[0]))
    assert len(found) == MOST_GROUPS
    assert found[0].value == "common"
    assert [one.value for one in found[1:]] == sorted(one.value for one in found[1:])


def test_a_groups_interval_does_not_depend_on_the_other_columns() -> None:
    sexes: list[Values] = [("F",) if one % 2 else ("M",) for one in range(COUNT)]
    both: dict[str, list[Values]] = {"sex": sexes, "site": [(str(one % 3),) for one in range(COUNT)]}
    alone = groups(both, ["sex"])
    assert [one for one in groups(both, ["site", "sex"]) if one.column == "sex"] == list(alone)


def stratum(value: str, figure: float, patients: int, column: str = "region") -> Stratum:
    return Stratum(column, value, patients, patients, Figure(figure, None, 0.1, 1.0))


def test_the_worst_group_is_the_lowest_of_those_with_enough_patients() -> None:
    few, enough, share = ENOUGH_PATIENTS - 1, ENOUGH_PATIENTS, MEASURES[1]
    low, high = stratum("b", 0.2, enough), stratum("a", 0.9, 40)
    assert worst_of([stratum("c", 0.0, few), low, high], share) is low
    assert worst_of([high, stratum("c", float("nan"), 40), low], share) is low
    assert worst_of([low, stratum("c", 0.0, few)], share) is None  # no choice
    assert worst_of([], share) is None
    assert worst_of([stratum("z", 0.2, enough), low], share) is low  # ties by name, not by luck


def test_the_worst_group_by_rank_is_the_highest() -> None:
    rank = MEASURES[2]
    first, last, never = stratum("a", 1.0, 9), stratum("b", 40.0, 9), stratum("c", float("inf"), 9)
    assert worst_of([first, last], rank) is last
    assert worst_of([last, never, first], rank) is never  # most of its queries find nothing
