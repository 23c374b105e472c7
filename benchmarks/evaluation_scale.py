"""How long a recall benchmark takes at size, and in how much memory: text-to-image over made vectors.

    python -m benchmarks.evaluation_scale --series 200000 --reports 20000 --dimension 512

Prints one JSON object: seconds, queries a second, peak resident memory and how much of it the vectors are, machine.
"""

import argparse
import json
import os
import platform
import resource
import time

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData, ReportFacts, SeriesFacts, SpacedVectors
from retrieval.evaluation.evaluate import Settings, evaluate_data
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.task_names import Task


def made_archive(series: int, reports: int, dimension: int, seed: int) -> EvaluationData:
    """Series in studies of ten; some studies have a report, whose vector leans towards those of its series."""
    generator = np.random.default_rng(seed)
    study_of = np.arange(series) // 10
    studies = int(study_of[-1]) + 1
    truth = generator.standard_normal((studies, dimension), dtype=np.float32)
    scans = _unit(truth[study_of] + 4 * generator.standard_normal((series, dimension), dtype=np.float32))
    asking = np.sort(generator.choice(studies, reports, replace=reports > studies))
    texts = _unit(truth[asking] + 4 * generator.standard_normal((reports, dimension), dtype=np.float32))
    names = tuple(f"stu-{study}" for study in study_of)
    told = tuple(f"stu-{study}" for study in asking)
    return EvaluationData(
        series=SeriesFacts(tuple(f"ser-{i}" for i in range(series)), names, names, tuple(("",) for _ in names)),
        reports=ReportFacts(tuple(f"rep-{i}" for i in range(reports)), told, told, told),
        vectors={Channel.IMAGE: _single(scans), Channel.REPORT: _single(texts)},
        relevance_columns=("region",),
    )


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _single(vectors: NDArray[np.float32]) -> SpacedVectors:
    return SpacedVectors(ItemVectors(vectors, np.arange(len(vectors) + 1)), "made")


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("series", 200_000), ("reports", 20_000), ("dimension", 512), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    data = made_archive(asked.series, asked.reports, asked.dimension, asked.seed)
    started = time.perf_counter()
    evaluation = evaluate_data(data, Settings(tasks=(Task.TEXT_TO_IMAGE,), channels=(Channel.IMAGE,), seed=asked.seed))
    seconds = time.perf_counter() - started
    vectors_bytes = sum(one.items.vectors.nbytes for one in data.vectors.values())
    figures = {str(measure): round(figure.value, 5) for measure, figure in evaluation.tasks[0].figures.items()}
    print(
        json.dumps(
            vars(asked)
            | {"seconds": round(seconds, 1), "queries_per_second": round(asked.reports / seconds, 1)}
            | {"peak_mib": round(_peak_mib()), "vectors_mib": round(vectors_bytes / 2**20)}
            | {"cores": os.cpu_count(), "machine": platform.processor() or platform.machine(), "metrics": figures}
        )
    )


if __name__ == "__main__":
    main()
