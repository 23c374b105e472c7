"""The frozen triples are fair: balanced, unique, contradictory, and not to be solved by length."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from encoders.contract import Vectors
from retrieval.probes.results import ProbeKind
from retrieval.probes.text_facts import negation_of, side_of
from retrieval.probes.triples import Triple, direction_of, read_triples, score_triples
from retrieval.probes.word_readers import bag_of_words_cosine, trigram_cosine

TRIPLES = read_triples()
KINDS = (ProbeKind.NEGATION, ProbeKind.SIDE)


def of(kind: ProbeKind) -> list[Triple]:
    return [triple for triple in TRIPLES if triple.kind is kind]


def test_there_are_as_many_as_promised() -> None:
    assert {kind: len(of(kind)) for kind in KINDS} == {ProbeKind.NEGATION: 60, ProbeKind.SIDE: 40}
    regions = Counter((triple.kind, triple.region) for triple in TRIPLES)
    assert {region for _, region in regions} == {"brain", "spine", "knee", "shoulder", "abdomen", "prostate", "heart"}
    assert min(regions.values()) == 5
    assert Counter(map(direction_of, TRIPLES)) == {"denied": 30, "stated": 30, "left": 20, "right": 20}


def test_no_sentence_comes_twice() -> None:
    statements = [triple.statement.lower() for triple in TRIPLES]
    assert len(set(statements)) == 100
    for triple in TRIPLES:
        assert len({triple.statement, triple.paraphrase, triple.contradiction}) == 3
        assert all(text[0].isupper() and text.endswith(".") for text in (triple.paraphrase, triple.contradiction))


def test_what_stands_in_the_words_agrees_with_the_parts() -> None:
    for triple in of(ProbeKind.SIDE):
        sides = [side_of(text) for text in (triple.statement, triple.paraphrase, triple.contradiction)]
        assert sides[0] == sides[1] != "none"
        assert sides[2] == {"left": "right", "right": "left", "both": "both"}[sides[0]]
    for triple in of(ProbeKind.NEGATION):
        denials = [negation_of(text) for text in (triple.statement, triple.paraphrase, triple.contradiction)]
        assert denials[2] == ("plain" if denials[0] == "negated" else "negated")
        assert denials[1] == denials[0] or direction_of(triple) == "denied"  # "intact" denies a tear without a "no"


def edits(one: str, other: str) -> int:
    """Levenshtein's distance."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != against)))
        before = now
    return before[-1]


def nearer(kind: ProbeKind, distance: Callable[[str, str], float]) -> float:
    """The share of triples whose paraphrase a distance puts nearer; ties half."""
    pairs = [(distance(one.statement, one.paraphrase), distance(one.statement, one.contradiction)) for one in of(kind)]
    return float(np.mean([(same < against) + 0.5 * (same == against) for same, against in pairs]))


@pytest.mark.parametrize("kind", KINDS)
def test_length_does_not_decide(kind: ProbeKind) -> None:
    longer = np.array([len(one.paraphrase) - len(one.contradiction) for one in of(kind)])
    assert abs(longer.mean()) < 1
    assert abs((longer > 0).sum() - (longer < 0).sum()) <= 0.2 * len(longer)
    assert 0.4 <= nearer(kind, lambda one, other: abs(len(one) - len(other))) <= 0.6


@pytest.mark.parametrize(
    ("kind", "words", "letters", "edited"),
    [(ProbeKind.NEGATION, 0.358, 0.433, 0.292), (ProbeKind.SIDE, 0.487, 0.475, 0.288)],
)
def test_readers_of_words_alone_do_no_better_than_a_coin(
    kind: ProbeKind, words: float, letters: float, edited: float
) -> None:
    assert nearer(kind, lambda one, other: -bag_of_words_cosine(one, other)) == pytest.approx(words, abs=1e-3)
    assert nearer(kind, lambda one, other: -trigram_cosine(one, other)) == pytest.approx(letters, abs=1e-3)
    assert nearer(kind, edits) == pytest.approx(edited, abs=1e-3)


def score(kind: ProbeKind, encode: Callable[[Sequence[str]], Vectors]) -> tuple[float, float, float, float]:
    found = score_triples(TRIPLES, kind, encode, draws=200, generator=np.random.default_rng(0))
    assert found.value is not None
    assert found.interval is not None
    assert [share.name for share in found.references] == ["bag of words", "letter trigrams"]
    return found.value, found.interval.low, found.interval.high, found.references[0].value


@pytest.mark.parametrize("kind", KINDS)
def test_a_tower_that_hears_nothing_scores_half_by_ties(kind: ProbeKind) -> None:
    assert score(kind, lambda texts: np.ones((len(texts), 1), np.float32))[:3] == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tower_that_understands_scores_one_and_one_that_takes_the_opposite_zero(kind: ProbeKind) -> None:
    meaning = {}
    for place, triple in enumerate(of(kind)):
        meaning |= {triple.statement: place, triple.paraphrase: place, triple.contradiction: place + 100}
    opposite = meaning | {triple.paraphrase: 50 + place for place, triple in enumerate(of(kind))}
    opposite |= {triple.contradiction: meaning[triple.statement] for triple in of(kind)}

    def encode_by(places: dict[str, int]) -> Callable[[Sequence[str]], Vectors]:
        return lambda texts: np.eye(200, dtype=np.float32)[[places[text] for text in texts]]

    assert score(kind, encode_by(meaning))[:3] == (1.0, 1.0, 1.0)
    assert score(kind, encode_by(opposite))[:3] == (0.0, 0.0, 0.0)
