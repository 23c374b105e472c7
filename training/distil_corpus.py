"""The texts of stage "distil": cards and reports of series that nobody scanned, and everyday words.

Only texts are made: patients are planned and their reports written (1 ms each), cards are made of drawn headers. What
training sees and what it is measured on come from different seeds, and a text of the one is never in the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.header.card import card_text
from indexer.reports.sections import split_sections
from phantoms.plan import plan_patient
from phantoms.reports import write_report
from phantoms.study import Study
from training.distil_config import DistilCorpus
from training.draws import generator
from training.made_headers import draw_facts, made_header
from training.query_facts import Facts, SeriesFacts
from training.query_grammar import Query, draw_query
from training.query_words import FAMILY_SAID, REGION_SAID, SEQUENCE_SAID
from training.radiology_terms import TERMS
from training.texts import captions_of, text_key

_ANCHORS = ("findings", "impression", "text")  # sections that say what was seen
_FEWEST_WORDS = 3
_MOST_WORDS = 10  # of a string of everyday words


@dataclass(frozen=True, slots=True)
class CardItem:
    """A series' card, the lines cut from it, and what is the case."""

    card: str
    captions: tuple[str, ...]
    series: SeriesFacts
    facts: Facts
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class StudyItem:
    """What a report says was seen: sections, their sentences, and the findings by name."""

    sections: tuple[str, ...]
    sentences: tuple[str, ...]
    series: SeriesFacts
    findings: tuple[str, ...]
    facts: Facts
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class DistilTexts:
    """One side of the corpus: what is trained on, or what is measured."""

    cards: tuple[CardItem, ...]
    studies: tuple[StudyItem, ...]
    queries: tuple[str, ...]

    @property
    def all(self) -> Iterator[str]:
        """Every text."""
        for card in self.cards:
            yield from (card.card, *card.captions)
        for study in self.studies:
            yield from (*study.sections, *study.sentences, *study.findings)
        yield from self.queries

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every sentence of a report, once."""
        return tuple(dict.fromkeys(line for study in self.studies for line in study.sentences))


def training_texts(settings: DistilCorpus) -> DistilTexts:
    """What is trained on."""
    return _texts(settings, "train", settings.cards, settings.patients, settings.queries)


def held_out_texts(settings: DistilCorpus, train: DistilTexts) -> DistilTexts:
    """What is measured: other series, patients and queries; of their texts only single sentences were trained on."""
    size = settings.held_out
    known = {text_key(item.card) for item in train.cards} | {text_key(query) for query in train.queries}
    drawn = _texts(settings, "held-out", 4 * size, size, 4 * size)
    return DistilTexts(
        cards=tuple(item for item in drawn.cards if text_key(item.card) not in known)[:size],
        studies=drawn.studies,
        queries=tuple(query for query in drawn.queries if text_key(query) not in known)[:size],
    )


def _texts(settings: DistilCorpus, side: str, cards: int, patients: int, queries: int) -> DistilTexts:
    made = tuple(card_item(generator(settings.seed, side, "card", number)) for number in range(cards))
    seed = settings.seed + (side == "held-out")
    studies = [study for number in range(1, patients + 1) for study in plan_patient(number, seed).studies]
    drawn = [
        draw_query(generator(settings.seed, side, "query", number), made[number % cards].series).text
        for number in range(queries)
    ]
    return DistilTexts(made, tuple(study_item(study, seed) for study in studies), tuple(dict.fromkeys(drawn)))


def card_item(random: np.random.Generator) -> CardItem:
    """A made-up series."""
    series = draw_facts(random)
    card = card_text(made_header(random, series))
    captions = captions_of(card, region=series.region, sequence=series.sequence)
    return CardItem(card, captions, series, series.all, frozenset(map(text_key, captions)))


def study_item(study: Study, seed: int) -> StudyItem:
    """A planned study with its report."""
    sections = [one for one in split_sections(write_report(study, seed).text) if one.name in _ANCHORS]
    sentences = tuple(dict.fromkeys(s for one in sections for s in one.sentences if len(s.split()) >= _FEWEST_WORDS))
    joined = tuple(dict.fromkeys(" ".join(one.sentences) for one in sections))
    series = SeriesFacts(region=study.region.value, side=study.laterality)
    findings = tuple(dict.fromkeys(finding.kind.value for finding in study.findings))
    facts = series.all | {f"finding:{name}" for name in findings}
    return StudyItem(joined, sentences, series, findings, facts, frozenset(map(text_key, (*joined, *sentences))))


def finding_query(random: np.random.Generator, study: StudyItem) -> Query:
    """A query about what a report says: a finding, with or without the place, or the place alone."""
    place = draw_query(random, study.series, framed=not study.findings)
    if not study.findings or random.random() < 0.2:
        return place
    finding = study.findings[int(random.integers(len(study.findings)))]
    needs = frozenset({f"finding:{finding}"})
    orders = (
        Query(finding, needs),
        Query(f"{place.text} with {finding}", needs | place.needs),
        Query(f"{finding}, {place.text}", needs | place.needs),
        Query(f"patients with {finding}", needs),
    )
    return orders[int(random.integers(len(orders)))]


def general_texts(words: Sequence[str], count: int, seed: int) -> tuple[str, ...]:
    """Strings of one to ten words, each once.

    Two in five take all words alike, two the frequent ones more often, as language does, and one takes words of
    radiology among these.

    Args:
        words: the frequent ones first.
        count: how many strings.
        seed: what they are drawn from.
    """
    found: dict[str, None] = {}
    for number in range(count):
        random = generator(seed, "general", number)
        size = int(random.integers(1, _MOST_WORDS + 1))
        kind = random.random()
        if kind < 0.4:
            places = random.integers(len(words), size=size)
        else:
            places = np.minimum(np.exp(random.uniform(0, np.log(len(words)), size)).astype(int), len(words) - 1)
        chosen = [words[int(place)] for place in places]
        if kind > 0.8:
            terms = [TERMS[int(place)] for place in random.integers(len(TERMS), size=-(-size // 3))]
            chosen = [str(one) for one in random.permutation([*terms, *chosen[: size // 2]])]
        found[" ".join(chosen)] = None
    return tuple(found)


def grammar_words() -> Iterator[str]:
    """Every name that a query may hold, and the terms of radiology."""
    yield from TERMS
    for names in (REGION_SAID, SEQUENCE_SAID, FAMILY_SAID):
        for said in names.values():
            yield from said
