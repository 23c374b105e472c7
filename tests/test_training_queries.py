"""Made-up headers and queries: everything that is asked for is the case, and every name is there."""

import numpy as np
import pytest

from indexer.header.card import card_text
from indexer.header.region_names import Region
from indexer.header.sequence_names import SequenceClass
from training.draws import generator
from training.made_headers import draw_facts, made_header
from training.query_facts import SeriesFacts, wider_regions
from training.query_grammar import Asked, draw_query, near_miss
from training.query_words import FAMILY_OF, FAMILY_SAID, REGION_SAID, SEQUENCE_SAID

KNEE = SeriesFacts("knee", "left", "PD", "coronal", fat_sat=True)


def test_every_region_and_every_sequence_class_has_names() -> None:
    assert set(REGION_SAID) == set(Region) and set(SEQUENCE_SAID) == set(SequenceClass)
    assert set(FAMILY_OF) == set(FAMILY_SAID)
    for table in (REGION_SAID, SEQUENCE_SAID, FAMILY_SAID):
        for names in table.values():  # type: ignore[attr-defined]
            assert all(names) and len(set(names)) == len(names)


def test_facts_of_a_series_by_hand() -> None:
    assert KNEE.all == {"region:knee", "region:leg", "sequence:PD", "plane:coronal", "side:left", "fat"}
    adc = SeriesFacts("prostate", "", "ADC", "axial", contrast=True)
    assert adc.all == {
        *("region:prostate", "region:pelvis", "sequence:ADC", "family:diffusion", "plane:axial", "contrast"),
    }
    assert SeriesFacts().all == frozenset() and wider_regions("") == ()
    assert wider_regions("lumbar spine") == ("lumbar spine", "spinal cord", "spine")


def test_queries_by_hand() -> None:
    """All that is there to be asked for, in its plainest words or others, and nothing else."""
    asked = Asked(region=True, side=True, sequence=True, plane=True, contrast=True, fat_sat=True)
    found = [draw_query(generator(1, number), KNEE, asked) for number in range(200)]
    for query in found:
        assert {"sequence:PD", "plane:coronal", "side:left", "fat"} <= query.needs and "contrast" not in query.needs
        assert query.needs & {"region:knee", "region:leg"}
    words = " ".join(query.text.lower() for query in found)
    assert {"pdw", "meniscus", "left", "cor", "fatsat"} <= set(words.replace(",", " ").split())
    assert not {"t1", "t2", "right", "axial", "sagittal", "gadolinium"} & set(words.split())
    alone = draw_query(generator(1, "plane"), SeriesFacts(plane="sagittal"), Asked(plane=True), framed=False)
    assert alone.text in {"sagittal", "sag"} and alone.needs == {"plane:sagittal"}


def test_a_query_is_true_of_the_series_that_it_was_drawn_for() -> None:
    for number in range(500):
        random = generator(2, number)
        series = draw_facts(random)
        assert series.region or series.sequence
        query = draw_query(random, series)
        assert query.needs and query.needs <= series.all, (query, series)
        assert query.text == " ".join(query.text.split()) and not set("{}") & set(query.text)
        assert not query.text.endswith((",", "of the")) and not query.text.startswith((",", "of the", ":"))


@pytest.mark.parametrize("what", ["sequence", "side", "plane", "region"])
def test_a_near_miss_differs_in_one_thing_that_is_not_the_case(what: str) -> None:
    for number in range(100):
        other = near_miss(generator(3, number), KNEE, what)
        changed = {name for name in SeriesFacts.__slots__ if getattr(other, name) != getattr(KNEE, name)}
        assert changed == {what}
        assert not any(fact.startswith(f"{what}:") for fact in other.all & KNEE.all)


def test_made_headers_cover_all_and_say_what_is_the_case() -> None:
    drawn = [draw_facts(generator(4, number)) for number in range(4000)]
    assert {one.region for one in drawn} == {*map(str, Region), ""}
    assert {one.sequence for one in drawn} == {*map(str, SequenceClass), ""}
    for one in drawn[:300]:
        card = card_text(made_header(np.random.default_rng(0), one))
        assert (one.region in card) if one.region else card.startswith("unidentified body part")
        assert (one.side in card) and ("contrast-enhanced with" in card) is one.contrast
        assert ("fat-saturated" in card) is one.fat_sat
