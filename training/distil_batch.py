"""The batches of stage "distil": two contrasts, and texts that stay where the teacher has them.

*Cards* are anchors; their texts are lines cut from them and queries drawn anew at each step. *Reports* are anchors too
(findings or impression); their texts are single sentences, the other section and queries about findings. Positives are
sets: a text is a positive of an anchor if it is one of the anchor's own lines, spelled in any way, or a query of which
all facts are the case. A share of the cards is of one region, another of one sequence class, so that sequence, side
and plane alone tell these apart.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.distil_config import DistilBatchSettings
from training.distil_corpus import CardItem, DistilTexts, finding_query
from training.draws import generator
from training.query_facts import Facts
from training.query_grammar import Query, draw_query
from training.texts import text_key


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Anchors and texts by their place in a plan's list, and which belong together: bool (anchors, texts)."""

    anchors: tuple[int, ...]
    texts: tuple[int, ...]
    positives: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class DistilPlan:
    """A batch before anything is encoded.

    Attributes:
        texts: distinct ones.
        kept: places of those that are compared with the teacher's vectors.
        cards, reports: the contrasts.
    """

    texts: tuple[str, ...]
    kept: tuple[int, ...]
    cards: Contrast
    reports: Contrast


class DistilPlanner:
    """Draws batches: a function of seed, step and part."""

    def __init__(self, texts: DistilTexts, general: Sequence[str], settings: DistilBatchSettings, seed: int) -> None:
        self._texts, self._settings, self._seed = texts, settings, seed
        self._by_region = _grouped(texts.cards, lambda item: item.series.region)
        self._by_sequence = _grouped(texts.cards, lambda item: item.series.sequence)
        cards = tuple(dict.fromkeys(item.card for item in texts.cards))[: len(texts.queries)]
        self._kinds = (general, texts.sentences, texts.queries, cards)

    @property
    def kept(self) -> list[str]:
        """Every text that is ever compared with the teacher's vector of it."""
        return [text for texts in self._kinds for text in texts]

    def plan(self, step: int, part: int = 0) -> DistilPlan:
        """The batch of a step and part."""
        random = generator(self._seed, "distil", step, part)
        places: dict[str, int] = {}
        cards = self._cards(random, places)
        reports = self._reports(random, places)
        kept = tuple(places.setdefault(text, len(places)) for text in self._kept(random))
        return DistilPlan(tuple(places), kept, cards, reports)

    def _cards(self, random: np.random.Generator, places: dict[str, int]) -> Contrast:
        settings = self._settings
        items = self._draw_cards(random)
        said: list[Query] = []
        for item in items:
            lines = random.permutation(len(item.captions))[: settings.captions]
            said += [Query(item.captions[int(line)], frozenset()) for line in lines]
            said += [draw_query(random, item.series) for _ in range(settings.queries)]
        return _contrast([(item.card, item.keys, item.facts) for item in items], said, places)

    def _reports(self, random: np.random.Generator, places: dict[str, int]) -> Contrast:
        settings, studies = self._settings, self._texts.studies
        anchors, said = [], []
        for place in random.permutation(len(studies))[: settings.studies]:
            study = studies[int(place)]
            anchor, *others = (study.sections[int(n)] for n in random.permutation(len(study.sections)))
            lines = random.permutation(len(study.sentences))[: settings.sentences]
            anchors.append((anchor, study.keys, study.facts))
            own = [*(study.sentences[int(line)] for line in lines), *others[:1]]
            said += [Query(text, frozenset()) for text in own if text != anchor]
            said.append(finding_query(random, study))
        return _contrast(anchors, said, places)

    def _draw_cards(self, random: np.random.Generator) -> list[CardItem]:
        """Some of one region, some of one sequence class, and others."""
        cards, settings = self._texts.cards, self._settings
        chosen: list[int] = []
        for groups, share in ((self._by_region, settings.one_region), (self._by_sequence, settings.one_sequence)):
            group = groups[int(random.integers(len(groups)))]
            chosen += random.permutation(group)[: round(share * settings.cards)].tolist()
        chosen += random.permutation(len(cards))[: settings.cards].tolist()
        return [cards[place] for place in list(dict.fromkeys(chosen))[: settings.cards]]

    def _kept(self, random: np.random.Generator) -> list[str]:
        """Half of them everyday words, a quarter sentences, the rest queries and cards."""
        size = self._settings.kept
        counts = (size // 2, size // 4, size // 8, size - size // 2 - size // 4 - size // 8)
        return [
            texts[int(random.integers(len(texts)))]
            for texts, count in zip(self._kinds, counts, strict=True)
            for _ in range(count)
        ]


def positives_of(anchors: Sequence[tuple[frozenset[str], Facts]], texts: Sequence[Query]) -> NDArray[np.bool_]:
    """Which texts are true of which anchors: bool (anchors, texts).

    Args:
        anchors: the keys of each one's own lines, and its facts.
        texts: a query with the facts that it needs, or a line, which needs none.
    """
    keys = [text_key(text.text) for text in texts]
    found = np.zeros((len(anchors), len(texts)), np.bool_)
    for row, (own, facts) in enumerate(anchors):
        found[row] = [
            key in own or bool(text.needs and text.needs <= facts) for key, text in zip(keys, texts, strict=True)
        ]
    return found


def _contrast(
    anchors: Sequence[tuple[str, frozenset[str], Facts]], said: Sequence[Query], places: dict[str, int]
) -> Contrast:
    """Each text once, however often it was drawn; what a query needs counts before that it is somebody's line."""
    distinct: dict[str, Query] = {}
    for query in said:
        key = text_key(query.text)
        if key not in distinct or (query.needs and not distinct[key].needs):
            distinct[key] = query
    texts = list(distinct.values())
    positives = positives_of([(keys, facts) for _, keys, facts in anchors], texts)
    return Contrast(
        tuple(places.setdefault(text, len(places)) for text, _, _ in anchors),
        tuple(places.setdefault(query.text, len(places)) for query in texts),
        positives,
    )


def _grouped(cards: Sequence[CardItem], name: Callable[[CardItem], str]) -> list[NDArray[np.int64]]:
    """The cards of each region, or of each sequence class."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(cards):
        groups[name(item)].append(place)
    return [np.array(group, np.int64) for key, group in sorted(groups.items()) if key]
