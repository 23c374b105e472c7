"""Validation of stage 2 while it trains: does a report find its scans, and does a name find its class?

All of it on patients that are not trained on, by voxels alone. Retrieval is scored by `retrieval.evaluation`, the
harness of `mrseek eval`: relevance is a set (all series of the study, and of studies with the same report), and beside
each measure stands what a random order gets.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.item_vectors import ItemVectors, group_vectors
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.ranking_task import RankingTask, score_task
from retrieval.evaluation.relevance import Keys, key, shared_keys
from retrieval.evaluation.score_sources import VectorScores
from training.curves import CHANCE
from training.held_out import Vectors, VectorsOf, chosen_rows, vectors_in_batches
from training.pool import Pool
from training.texts import sequence_line

_MEASURES = tuple(parse_measure(name) for name in ("recall@1", "recall@5", "recall@10", "hit@10", "mrr"))
_BLOCK_BYTES = 1 << 26
_BATCH = 32

TextsOf = Callable[[list[str]], Vectors]


class Validator:
    """Scores one model after the other on the same series."""

    def __init__(self, held_out: Pool, series: int) -> None:
        """Takes at most `series` of the held-out series, whole patients, chosen by name."""
        self._pool = held_out.only(chosen_rows([label.patient for label in held_out.labels], series))
        self._texts = [self._pool.texts(sample) for sample in range(len(self._pool))]

    def __call__(self, images_of: VectorsOf, texts_of: TextsOf) -> dict[str, float]:
        """Measures by name; empty where nothing is held out."""
        if len(self._pool) < 2:
            return {}
        images = vectors_in_batches(self._pool, images_of)
        return {
            **self._retrieval(images, texts_of),
            **self._zero_shot("region", images, [one.region for one in self._pool.labels], region_prompts, texts_of),
            **self._zero_shot(
                "sequence", images, [one.sequence for one in self._pool.labels], sequence_prompts, texts_of
            ),
        }

    def _retrieval(self, images: Vectors, texts_of: TextsOf) -> dict[str, float]:
        """A report, by its sections, asks for the series of its study."""
        studies: dict[str, int] = {}
        for sample, texts in enumerate(self._texts):
            if texts.sections:
                studies.setdefault(texts.report_hash, sample)
        asking = list(studies.values())
        if not asking:
            return {}
        passages = [(query, text) for query, sample in enumerate(asking) for text in self._texts[sample].sections]
        vectors = _in_batches(texts_of, [text for _, text in passages])
        queries = group_vectors(vectors, np.array([query for query, _ in passages]), len(asking))
        return scored(
            queries, images, [self._keys(sample) for sample in asking], list(map(self._keys, range(len(images))))
        )

    def _keys(self, sample: int) -> Keys:
        """A report that was copied to another study is that study's report too."""
        label = self._pool.labels[sample]
        return key("report", self._texts[sample].report_hash) | key("study", label.patient, label.study)

    def _zero_shot(
        self,
        what: str,
        images: Vectors,
        labels: Sequence[str],
        prompts: Callable[[str], tuple[str, ...]],
        texts_of: TextsOf,
    ) -> dict[str, float]:
        known = np.array([bool(label) for label in labels])
        names = sorted({label for label in labels if label})
        if len(names) < 2:
            return {}
        asked = [prompts(name) for name in names]
        vectors = _in_batches(texts_of, [text for texts in asked for text in texts])
        classes = vectors.reshape(len(names), -1, vectors.shape[1]).mean(axis=1)  # (classes, d), an ensemble each
        classes /= np.linalg.norm(classes, axis=1, keepdims=True)
        truth = np.array([names.index(label) for label in labels if label])
        return named(what, images[known] @ classes.T, truth)


def scored(queries: ItemVectors, gallery: Vectors, asking: Sequence[Keys], there: Sequence[Keys]) -> dict[str, float]:
    """Retrieval measures with chance beside them.

    Args:
        queries: those who ask, one or several vectors each.
        gallery: unit rows (n, d).
        asking: keys of each query.
        there: keys of each gallery item; who shares one belongs together.
    """
    items = ItemVectors(np.ascontiguousarray(gallery), np.arange(len(gallery) + 1))
    nobody = shared_keys([frozenset()] * len(asking), [])
    task = RankingTask(VectorScores(queries, items), shared_keys(asking, there), nobody, np.arange(len(asking)))
    found = score_task(task, _MEASURES, block_bytes=_BLOCK_BYTES)
    values: dict[str, float] = {}
    for column, measure in enumerate(_MEASURES):
        values[str(measure)] = float(np.nanmean(found.reached.values[:, column]))
        values[f"{measure}{CHANCE}"] = float(np.nanmean(found.chance.values[:, column]))
    return values


def named(what: str, scores: Vectors, truth: NDArray[np.int64]) -> dict[str, float]:
    """How often the right name is among the first one and three, and the mean over classes of the first.

    Args:
        what: is named.
        scores: (items, classes).
        truth: (items,), the right class.

    >>> scores = np.array([[3, 2, 1, 0], [0, 1, 2, 3]], np.float32)
    >>> found = named("region", scores, np.array([0, 0]))
    >>> found["region_top1"], found["region_top3"], found["region_top1_chance"]
    (0.5, 0.5, 0.25)
    """
    right = scores[np.arange(len(truth)), truth]
    rank = (scores > right[:, None]).sum(axis=1)  # how many names score higher
    classes = scores.shape[1]
    first = [float((rank[truth == number] == 0).mean()) for number in np.unique(truth)]
    return {
        f"{what}_top1": float((rank < 1).mean()),
        f"{what}_top1{CHANCE}": 1 / classes,
        f"{what}_top3": float((rank < 3).mean()),
        f"{what}_top3{CHANCE}": min(1.0, 3 / classes),
        f"{what}_balanced": float(np.mean(first)),
        f"{what}_balanced{CHANCE}": 1 / classes,
    }


def region_prompts(region: str) -> tuple[str, ...]:
    """How a region is asked for.

    >>> region_prompts("knee")
    ('knee MRI', 'knee')
    """
    return (f"{region} MRI", region)


def sequence_prompts(sequence: str) -> tuple[str, ...]:
    """How a sequence class is asked for.

    >>> sequence_prompts("T1")
    ('T1-weighted (T1) MRI', 'T1 MRI')
    """
    return (sequence_line(sequence), f"{sequence} MRI")


def _in_batches(texts_of: TextsOf, texts: list[str]) -> Vectors:
    return np.concatenate([texts_of(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)])
