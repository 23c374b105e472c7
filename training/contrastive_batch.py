"""The batches of stage 2: which series, which of their texts, and who is a positive for whom.

A batch is drawn from the seed and the step alone. Its series come from whole studies, so that several sequences of one
geometry stand side by side; regions are evened out; and a share of the batch is of one region, whose series only
contrast, plane and findings tell apart ("region-aware").

Positives follow from the texts, not from where they were drawn: text t is a positive of series i if t is one of the
texts that are true of i: a text of its study's report, or a line of its own. So a copied report, a sentence that half
of all reports contain, and "brain MRI" are never negatives of what they describe.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from training.draws import generator
from training.pool import Pool
from training.queries import queries_of
from training.texts import SeriesTexts, text_key


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """What a batch is made of.

    Attributes:
        series: how many.
        of_a_study: at most so many of one study.
        one_region: share of the batch that is of one region.
        evenness: 0 draws regions as often as they come, 1 all alike.
        cards, captions: how many texts of each kind a series brings.
        queries: how many lines of `queries.py`, made from its labels, it brings.
        sections, sentences: how many of a report a study brings, however many series of it are there.
        texts: how many distinct texts a batch keeps at most; more are left out at random.
    """

    series: int = 64
    of_a_study: int = 4
    one_region: float = 0.5
    evenness: float = 0.5
    cards: int = 1
    captions: int = 2
    sections: int = 1
    sentences: int = 1
    queries: int = 0
    texts: int = 256

    def __post_init__(self) -> None:
        """Checks that there is something to contrast.

        Raises:
            UsageError: fewer than two series, or no texts.
        """
        if self.series < 2 or self.of_a_study < 1:
            raise UsageError(f"A batch of {self.series} series came; expected at least 2, and 1 of a study.")
        if self.cards + self.captions + self.sections + self.sentences + self.queries < 1 or self.texts < 2:
            raise UsageError("A batch without texts came; expected some of cards, captions, sections or sentences.")


@dataclass(frozen=True, slots=True, eq=False)
class ContrastivePlan:
    """One batch, before anything is read.

    Attributes:
        samples: of the pool, (N,).
        texts: distinct ones, (M,).
        positives: bool (N, M).
    """

    samples: tuple[int, ...]
    texts: tuple[str, ...]
    positives: NDArray[np.bool_]


class BatchPlanner:
    """Draws the batches of a pool."""

    def __init__(self, pool: Pool, settings: BatchSettings, seed: int, shares: Sequence[float] = ()) -> None:
        """Weighs the studies: by region, and where there are `shares`, each pool's together as its share says."""
        self._pool, self._settings, self._seed = pool, settings, seed
        if len(pool) < settings.series:
            raise UsageError(
                f"A batch of {settings.series} series came for a pool of {len(pool)}; expected a larger pool.",
                remedy="Lower batch.series, or prepare more.",
            )
        self._studies = _studies(pool)
        regions = np.array([pool.labels[samples[0]].region for samples in self._studies])
        self._names, self._region_of, counts = np.unique(regions, return_inverse=True, return_counts=True)
        weights = counts ** (1.0 - settings.evenness)
        self._weights = weights / weights.sum()  # of each region
        of_studies = (self._weights / counts)[self._region_of]
        if shares:
            pools = np.array([pool.pools[samples[0]] for samples in self._studies])
            of_pools = np.bincount(pools, of_studies, minlength=len(shares))
            of_studies = of_studies * (np.array(shares) / np.maximum(of_pools, 1e-300))[pools]
        self._log_weights = np.log(of_studies)

    def plan(self, step: int, part: int = 0) -> ContrastivePlan:
        """The batch of a step and part."""
        random = generator(self._seed, "contrastive", step, part)
        samples = self._draw_samples(random)
        said = [self._pool.texts(sample) for sample in samples]
        asked = [queries_of(self._pool.labels[sample]) if self._settings.queries else () for sample in samples]
        texts = self._draw_texts(random, said, asked)
        true = [(*one.all, *lines) for one, lines in zip(said, asked, strict=True)]
        return ContrastivePlan(tuple(samples), tuple(texts), positives_of(true, texts))

    def _draw_samples(self, random: np.random.Generator) -> list[int]:
        """Distinct series: studies of one region first, then of all; more of each study only where all are used up."""
        settings = self._settings
        region = random.choice(len(self._names), p=self._weights)
        # Sorting by log weight + Gumbel noise draws without replacement by weight (Yellott 1977).
        order = np.argsort(-(self._log_weights + random.gumbel(size=len(self._log_weights))))
        of_region = order[self._region_of[order] == region]
        taken: list[int] = []
        used: set[int] = set()
        for studies, until in ((of_region, round(settings.one_region * settings.series)), (order, settings.series)):
            for study in studies.tolist():
                if len(taken) >= until:
                    break
                if study not in used:
                    used.add(study)
                    series = random.permutation(self._studies[study])[: settings.of_a_study]
                    taken += series[: until - len(taken)].tolist()
        return taken + self._more(order, set(taken), settings.series - len(taken))

    def _more(self, order: NDArray[np.int64], taken: set[int], missing: int) -> list[int]:
        """Series that were left because their study had brought enough: only where every study is used up."""
        if not missing:
            return []
        left = [sample for study in order for sample in self._studies[study] if sample not in taken]
        return left[:missing]

    def _draw_texts(
        self, random: np.random.Generator, said: Sequence[SeriesTexts], asked: Sequence[tuple[str, ...]]
    ) -> list[str]:
        """Some texts of each series, each once however often and however spelled it was drawn."""
        settings = self._settings
        drawn: dict[str, str] = {}
        reports: set[str] = set()
        for texts, queries in zip(said, asked, strict=True):
            kinds = [(texts.cards, settings.cards), (texts.captions, settings.captions), (queries, settings.queries)]
            if texts.report_hash not in reports:
                reports.add(texts.report_hash)
                kinds += [(texts.sections, settings.sections), (texts.sentences, settings.sentences)]
            for lines, count in kinds:
                for place in random.permutation(len(lines))[:count]:
                    drawn.setdefault(text_key(lines[int(place)]), lines[int(place)])
        texts_drawn = list(drawn.values())
        if len(texts_drawn) <= settings.texts:
            return texts_drawn
        kept = np.sort(random.permutation(len(texts_drawn))[: settings.texts])
        return [texts_drawn[int(place)] for place in kept]


def positives_of(true: Sequence[Sequence[str]], texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which of some texts are true of which series: bool (series, texts).

    Args:
        true: all texts that are true of each series.
        texts: those in question.
    """
    place = {text_key(text): number for number, text in enumerate(texts)}
    positives = np.zeros((len(true), len(texts)), np.bool_)
    for row, lines in enumerate(true):
        for line in lines:
            column = place.get(_known_key(line))
            if column is not None:
                positives[row, column] = True
    return positives


@lru_cache(maxsize=1 << 17)
def _known_key(text: str) -> str:
    """Studies share their texts, and series their queries: each is folded once."""
    return text_key(text)


def _studies(pool: Pool) -> list[list[int]]:
    """The samples of each study, in the order of their names."""
    studies: dict[tuple[str, str], list[int]] = defaultdict(list)
    for sample, label in enumerate(pool.labels):
        studies[label.patient, label.study].append(sample)
    return [samples for _, samples in sorted(studies.items())]
