"""How often 95 % intervals hold the true value, over samples of patients from made populations.

    python -m benchmarks.interval_coverage --samples 2000 > table.md

Prints Markdown: the coverage of the intervals that mrseek prints, that of the bootstraps they were chosen over, and the
errors of paired comparisons. 2,000 samples know a coverage to +- 1 point (two standard errors).
"""

import argparse
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import repeat

import numpy as np

from benchmarks.interval_paired import PATIENTS as PAIRED_PATIENTS
from benchmarks.interval_paired import Null, rank_row, share_row
from benchmarks.interval_populations import POOL, Floats, Population, Queries, Score, Shape, true_value
from benchmarks.interval_rivals import Rival, rival_bounds
from benchmarks.markdown_table import markdown_table
from retrieval.evaluation.intervals import Interval
from retrieval.evaluation.mean_interval import mean_interval
from retrieval.evaluation.median_rank import median_rank_interval
from retrieval.evaluation.rank_lists import FirstRelevant

PATIENTS = (5, 10, 20, 50, 200, 1000)


def interval_for(score: Score, queries: Queries) -> Interval | None:
    """The interval as an evaluation prints it."""
    clusters = np.repeat(np.arange(len(queries.sizes)), queries.sizes)
    if score is Score.MEDIAN_RANK:
        return median_rank_interval(first_at(queries.values), clusters)
    least, most = (1.0, POOL + 1.0) if score.is_rank else (0.0, 1.0)
    return mean_interval(queries.values, clusters, least=least, most=most)


def first_at(ranks: Floats) -> FirstRelevant:
    """Untied ranks from 1, shape (queries,)."""
    ones = np.ones(len(ranks), np.int64)
    return FirstRelevant(ranks.astype(np.int64) - 1, ones, ones)


def coverage(population: Population, patients: int, samples: int, truth: float, seed: int = 1) -> float:
    """The share of samples whose interval holds the true value."""
    generator = np.random.default_rng([seed, patients])
    drawn = (population.draw(patients, generator) for _ in range(samples))
    return holding([interval_for(population.score, queries) for queries in drawn], truth)


def holding(intervals: Sequence[Interval | None], truth: float) -> float:
    """The share of intervals that hold `truth`; one that does not exist holds nothing.

    >>> holding([Interval(0.0, 0.5), Interval(0.4, 1.0), None], 0.5)
    0.6666666666666666
    """
    return sum(one is not None and one.low <= truth <= one.high for one in intervals) / len(intervals)


def rival_coverage(
    population: Population, patients: int, samples: int, truth: float, seed: int = 1
) -> dict[str, float]:
    """The same of each bootstrap; means only."""
    generator = np.random.default_rng([seed, patients])
    drawn = [population.draw(patients, generator) for _ in range(samples)]
    sizes = np.array([queries.sizes for queries in drawn], np.float64)
    sums = np.array([np.add.reduceat(q.values, np.cumsum(q.sizes) - q.sizes) for q in drawn])
    found = rival_bounds(sums, sizes, generator)
    return {rival.value: float(((low <= truth) & (truth <= high)).mean()) for rival, (low, high) in found.items()}


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _own_cells(population: Population, samples: int) -> list[float]:
    return [coverage(population, patients, samples, true_value(population)) for patients in PATIENTS]


def _rival_cells(population: Population, samples: int) -> list[dict[str, float]]:
    return [rival_coverage(population, patients, samples, true_value(population)) for patients in PATIENTS]


def _own_table(populations: Sequence[Population], own: Sequence[Sequence[float]]) -> str:
    rows = [[one.score, one.shape, *map(_percent, cells)] for one, cells in zip(populations, own, strict=True)]
    return markdown_table(["measure", "queries a patient", *map(str, PATIENTS)], rows)


def _rival_table(own: Sequence[Sequence[float]], rivals: Sequence[Sequence[dict[str, float]]]) -> str:
    places = range(len(PATIENTS))
    rows = [["mrseek", *(_summary([cells[n] for cells in own]) for n in places)]]
    rows += [[rival.value, *(_summary([cells[n][rival] for cells in rivals]) for n in places)] for rival in Rival]
    return markdown_table(["method", *map(str, PATIENTS)], rows)


def _summary(shares: Sequence[float]) -> str:
    """Lowest, median, and how many are at least 93 %."""
    enough = sum(share >= 0.93 for share in shares)
    return f"{_percent(min(shares))}, {_percent(float(np.median(shares)))} ({enough}/{len(shares)})"


def _paired_table(pool: Executor, samples: int) -> str:
    kinds = [(null, parts, patients) for parts in (1, 20) for null in Null for patients in PAIRED_PATIENTS]
    rows = list(pool.map(share_row, *zip(*kinds, strict=True), repeat(samples)))
    rows += pool.map(rank_row, PAIRED_PATIENTS, repeat(samples // 4))
    return markdown_table(["measure", "difference", "patients", "p <= .05", "coverage"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2000, help="At least 8.")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    populations = [Population(score, shape) for score in Score for shape in Shape]
    means = [one for one in populations if one.score is not Score.MEDIAN_RANK]
    with ProcessPoolExecutor(asked.workers) as pool:
        own = list(pool.map(_own_cells, populations, repeat(asked.samples)))
        print(f"Coverage in %, by number of patients; {asked.samples} samples a cell\n")
        print(_own_table(populations, own), flush=True)
        rivals = list(pool.map(_rival_cells, means, repeat(asked.samples // 2)))
        print("\nLowest and median coverage of the means above, and how many of them reach 93 %\n")
        print(_rival_table(own[: len(means)], rivals), flush=True)
        print("\nPaired runs without a difference: how often p <= .05, and how often the interval holds 0, in %\n")
        print(_paired_table(pool, asked.samples // 2), flush=True)


if __name__ == "__main__":
    main()
