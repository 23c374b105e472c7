"""What the first hit is instead, worked by hand and against a loop."""

from collections import defaultdict

import numpy as np
import pytest

from retrieval.evaluation.confusion import MOST_CLASSES, confusion_of
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, Values
from retrieval.evaluation.results import Confusion
from retrieval.evaluation.top_hits import TopHits


def items(regions: list[Values]) -> Items:
    count = len(regions)
    vectors = ItemVectors(np.empty((0, 2), np.float32), np.zeros(count + 1, np.int64))
    return Items("series", tuple(str(one) for one in range(count)), {"region": regions}, vectors, "s")


def first_hits(positions: list[int]) -> TopHits:
    """Only the first hit counts, so a second one is there to be passed over."""
    found = np.array([[one, 0] for one in positions], np.int64)
    return TopHits(found, np.zeros(found.shape, np.float32))


def as_mapping(found: Confusion | None) -> dict[tuple[str, str], float]:
    assert found is not None
    return {
        (asked, hit): count
        for asked, row in zip(found.classes, found.counts, strict=True)
        for hit, count in zip(found.classes, row, strict=True)
        if count
    }


def test_a_table_that_can_be_worked_by_hand() -> None:
    queries = items([("brain",), ("brain",), ("brain",), ("knee",), ("spine",), (), ("knee",)])
    gallery = items([("brain",), ("knee",), ("hip",), ()])
    found = confusion_of(queries, gallery, first_hits([0, 0, 1, 1, 2, 0, 3]), "region")
    assert found is not None
    assert found.classes == ("brain", "knee", "spine", "hip")  # most asked for first, then those of hits alone
    assert as_mapping(found) == {("brain", "brain"): 2, ("brain", "knee"): 1, ("knee", "knee"): 1, ("spine", "hip"): 1}
    assert found.column == "region"


def test_several_classes_share_one_count() -> None:
    queries, gallery = items([("brain", "spine"), ("knee",)]), items([("brain", "hip"), ("knee",)])
    found = as_mapping(confusion_of(queries, gallery, first_hits([0, 1]), "region"))
    quarter = dict.fromkeys([("brain", "brain"), ("brain", "hip"), ("spine", "brain"), ("spine", "hip")], 0.25)
    assert found == {**quarter, ("knee", "knee"): 1.0}


def test_a_query_without_a_hit_is_not_counted() -> None:
    queries, gallery = items([("brain",), ("knee",), ("knee",)]), items([("brain",), ("knee",)])
    assert as_mapping(confusion_of(queries, gallery, first_hits([0, 1, -1]), "region")) == {
        ("brain", "brain"): 1.0,
        ("knee", "knee"): 1.0,
    }


@pytest.mark.parametrize("regions", [[("brain",), ("brain",)], [(), ()]])
def test_fewer_than_two_classes_make_no_table(regions: list[Values]) -> None:
    assert confusion_of(items(regions), items([("brain",), ("knee",)]), first_hits([0, 1]), "region") is None


def test_a_column_that_nobody_has_makes_no_table() -> None:
    sides = items([("brain",), ("knee",)])
    assert confusion_of(sides, sides, first_hits([0, 1]), "sequence") is None


def test_many_classes_end_in_other_and_none_is_lost() -> None:
    generator = np.random.default_rng(0)
    names = [f"class {one:02}" for one in range(30)]
    asked = [(str(name),) for name in generator.choice(names, 400, p=np.arange(30, 0, -1) / 465)]
    ranked = [(str(name),) for name in generator.choice(names, 100)]
    hits = generator.integers(0, 100, 400).tolist()
    found = confusion_of(items(asked), items(ranked), first_hits(hits), "region")
    assert found is not None
    assert len(found.classes) == MOST_CLASSES
    assert found.classes[-1] == "other"
    assert sum(map(sum, found.counts)) == pytest.approx(400)
    kept = set(found.classes[:-1])
    expected: defaultdict[tuple[str, str], float] = defaultdict(float)
    for (query,), place in zip(asked, hits, strict=True):
        (hit,) = ranked[place]
        expected[query if query in kept else "other", hit if hit in kept else "other"] += 1
    assert as_mapping(found) == expected
    counts = [sum(query == (name,) for query in asked) for name in found.classes[:-1]]
    assert counts == sorted(counts, reverse=True)


def test_a_class_that_is_called_other_joins_the_rest() -> None:
    asked: list[Values] = [(f"c{one:02}",) for one in range(MOST_CLASSES + 4) for _ in range(2)]
    asked += [("other",)] * 50
    hits = list(range(len(asked)))
    found = confusion_of(items(asked), items(asked), first_hits(hits), "region")
    assert found is not None
    assert len(set(found.classes)) == len(found.classes)
    assert as_mapping(found)["other", "other"] == 60  # 50 that are called so, and five classes of two
    assert sum(map(sum, found.counts)) == len(asked)
