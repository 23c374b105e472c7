"""Two made runs on the same queries: how often a comparison sees a difference where none is, and whether its interval
holds the true one.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.interval_populations import Floats, Ints
from retrieval.evaluation.paired import Comparison, compare_means, compare_medians
from retrieval.evaluation.rank_lists import FirstRelevant

PATIENTS = (6, 10, 20, 50, 200)


class Null(StrEnum):
    """In what two equally good runs differ."""

    EXCHANGEABLE = "by luck"
    TRADED = "B is better on few queries, A by less on most"  # means agree, differences are skewed


@dataclass(frozen=True, slots=True)
class Pair:
    """Scores of two runs, each of shape (queries,), and whose queries they are."""

    a: Floats
    b: Floats
    clusters: Ints


def draw_shares(patients: int, null: Null, parts: int, generator: np.random.Generator) -> Pair:
    """Shares of `parts` found by two runs, equally good over the population: 1 gives hits, many a smooth measure."""
    clusters, common = _queries(patients, generator)
    chance = np.clip(0.5 + 0.1 * common, 0.2, 0.8)
    gain = np.zeros(patients)
    if null is Null.TRADED:
        gain = np.where(generator.random(patients) < 0.2, 0.2, -0.05)
    a, b = (generator.binomial(parts, chance + one) / parts for one in (0.0, gain[clusters]))
    return Pair(a, b, clusters)


def draw_ranks(patients: int, generator: np.random.Generator) -> Pair:
    """Ranks of two runs with equal distributions."""
    clusters, common = _queries(patients, generator)
    a, b = (
        np.ceil(np.exp(np.maximum(2.0 + 0.8 * common + 0.8 * generator.normal(0.0, 1.0, len(clusters)), 0.0)))
        for _ in range(2)
    )
    return Pair(a, b, clusters)


def _queries(patients: int, generator: np.random.Generator) -> tuple[Ints, Floats]:
    clusters = np.repeat(np.arange(patients), generator.integers(1, 11, patients))
    return clusters, 0.8 * generator.normal(0.0, 1.0, patients)[clusters] + generator.normal(0.0, 1.0, len(clusters))


def compare_ranks(pair: Pair, generator: np.random.Generator) -> Comparison:
    ones = np.ones(len(pair.a), np.int64)
    a, b = (FirstRelevant(ranks.astype(np.int64) - 1, ones, ones) for ranks in (pair.a, pair.b))
    return compare_medians(a, b, pair.clusters, generator, flips=1000, draws=1000)


def share_row(null: Null, parts: int, patients: int, samples: int) -> list[object]:
    """Measure, kind of no difference, patients, errors and coverage in %."""
    generator = np.random.default_rng([2, patients])
    pairs = (draw_shares(patients, null, parts, generator) for _ in range(samples))
    found = [compare_means(p.a, p.b, p.clusters, generator, flips=1000) for p in pairs]
    return ["hit" if parts == 1 else f"share of {parts}", null, patients, *errors_and_coverage(found)]


def rank_row(patients: int, samples: int) -> list[object]:
    generator = np.random.default_rng([3, patients])
    found = [compare_ranks(draw_ranks(patients, generator), generator) for _ in range(samples)]
    return ["median_rank", Null.EXCHANGEABLE, patients, *errors_and_coverage(found)]


def errors_and_coverage(found: list[Comparison]) -> tuple[str, str]:
    errors = sum(one.p <= 0.05 for one in found) / len(found)
    held = sum(one.interval is not None and one.interval.low <= 0.0 <= one.interval.high for one in found) / len(found)
    return f"{100 * errors:.1f}", f"{100 * held:.1f}"
