"""Items against hand-worked groups: series become studies and patients, and nothing of them is lost or made up."""

import doctest

import numpy as np
import pytest

from retrieval.evaluation import items as module
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, aggregated, at_level, joined
from retrieval.evaluation.task_names import Aggregate, Level


def made(**more: object) -> Items:
    """Five series: study B is scattered, the fourth has no study, the fifth is of a patient without a name."""
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6], [-1, 0], [0, -1]], np.float32)
    columns = {
        "study": [("B",), ("A",), ("B",), (), ("C",)],
        "patient": [("p",), ("q",), ("p",), ("q",), ()],
        "sequence": [("T2",), ("T1",), ("T1", "T2"), ("DWI",), ()],
    }
    return Items(
        noun="series",
        ids=tuple("vwxyz"),
        columns=columns,
        vectors=ItemVectors(vectors, np.array([0, 1, 2, 4, 4, 6])),
        space="s",
        sizes=np.array([1.0, 2.0, 4.0, 8.0, 16.0]),
    )


def vectors_of(items: Items, place: int) -> list[list[float]]:
    start, stop = items.vectors.offsets[place : place + 2]
    return items.vectors.vectors[start:stop].round(6).tolist()


def test_series_stay_as_they_are() -> None:
    items = made()
    assert at_level(items, Level.SERIES) is items


def test_studies_hold_what_their_series_say_and_all_their_vectors() -> None:
    studies = at_level(made(), Level.STUDY)
    assert studies.noun == "study"
    assert studies.ids[:3] == ("A", "B", "C")
    assert len(studies) == 4  # the series without a study stands for itself
    place = studies.ids.index("B")
    assert studies.of("sequence")[place] == ("T2", "T1")  # first seen first, each once
    assert studies.of("patient")[place] == ("p",)
    np.testing.assert_allclose(vectors_of(studies, place), [[1, 0], [0.6, 0.8], [0.8, 0.6]], atol=1e-6)
    assert studies.sizes[place] == 5.0
    alone = next(one for one in range(4) if studies.of("sequence")[one] == ("DWI",))
    assert vectors_of(studies, alone) == []
    assert studies.of("study")[alone] == ()
    assert studies.space == "s"


def test_patients_hold_all_their_series() -> None:
    patients = at_level(made(), Level.PATIENT)
    assert len(patients) == 3
    place = patients.ids.index("q")
    assert patients.of("study")[place] == ("A",)
    assert patients.of("sequence")[place] == ("T1", "DWI")
    assert patients.sizes[place] == 10.0
    unnamed = next(one for one in range(3) if patients.of("patient")[one] == ())
    assert vectors_of(patients, unnamed) == [[-1, 0], [0, -1]]


@pytest.mark.parametrize("level", [Level.STUDY, Level.PATIENT])
def test_a_level_against_a_loop(level: Level) -> None:
    generator = np.random.default_rng(0)
    count = 60
    names = [f"{one:02}" for one in generator.integers(0, 20, count)]
    counts = generator.integers(0, 3, count)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    vectors = generator.standard_normal((int(offsets[-1]), 3)).astype(np.float32)
    facts = [tuple(generator.choice(list("abc"), generator.integers(0, 3), replace=False).tolist()) for _ in names]
    ids = tuple(f"s{one:02}" for one in range(count))
    columns = {level.value: [(one,) for one in names], "fact": facts}
    grouped = at_level(
        Items("series", ids, columns, ItemVectors(vectors, offsets), "s", np.arange(count, dtype=float)), level
    )
    assert list(grouped.ids) == sorted(set(names))
    for place, name in enumerate(grouped.ids):
        members = [one for one in range(count) if names[one] == name]
        expected = [row for one in members for row in vectors[offsets[one] : offsets[one + 1]].tolist()]
        start, stop = grouped.vectors.offsets[place : place + 2]
        assert grouped.vectors.vectors[start:stop].tolist() == expected
        assert set(grouped.of("fact")[place]) == {value for one in members for value in facts[one]}
        assert len(grouped.of("fact")[place]) == len(set(grouped.of("fact")[place]))
        assert grouped.sizes[place] == sum(members)


def test_sizes_that_nobody_knows_stay_unknown() -> None:
    items = Items(
        "series", ("a",), {"study": [("A",)]}, ItemVectors(np.ones((1, 1), np.float32), np.array([0, 1])), "s"
    )
    assert len(at_level(items, Level.STUDY).sizes) == 0


def test_the_best_vector_changes_nothing_and_the_mean_is_one_direction() -> None:
    items = made()
    assert aggregated(items, Aggregate.BEST) is items
    mean = aggregated(items, Aggregate.MEAN)
    assert np.diff(mean.vectors.offsets).tolist() == [1, 1, 1, 0, 1]
    np.testing.assert_allclose(vectors_of(mean, 2), [[2**-0.5, 2**-0.5]], atol=1e-6)
    np.testing.assert_allclose(vectors_of(mean, 4), [[-(2**-0.5), -(2**-0.5)]], atol=1e-6)
    assert mean.columns is items.columns


def test_vectors_that_cancel_out_have_no_mean() -> None:
    both = ItemVectors(np.array([[1, 0], [-1, 0]], np.float32), np.array([0, 2]))
    mean = aggregated(Items("series", ("a",), {}, both, "s"), Aggregate.MEAN)
    assert not mean.vectors.with_vectors[0]


def test_joined_columns_are_every_pair_and_nothing_where_one_is_unknown() -> None:
    found = joined([[("a", "b"), ("a",), ()], [("x", "y"), (), ("x",)]])
    assert [set(one) for one in found] == [{"a\x1fx", "a\x1fy", "b\x1fx", "b\x1fy"}, set(), set()]


def test_a_column_that_nobody_has_is_empty_for_everybody() -> None:
    items = made()
    assert list(items.of("finding")) == [()] * 5
    assert items.with_column("finding", [("m",)] * 5).of("finding")[3] == ("m",)
    assert "finding" not in items.columns


def test_examples_in_the_documentation_are_true() -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
