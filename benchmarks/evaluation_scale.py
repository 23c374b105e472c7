"""How long a recall benchmark takes at size, and in how much memory: text-to-image over made vectors.

    OMP_NUM_THREADS=1 python -m benchmarks.evaluation_scale --series 200000 --reports 20000 --dimension 512 \
        [--out benchmarks/results/evaluation_scale.json] [--profile evaluation.prof]

All that a report shows is computed: measures, chance, ceiling, intervals by patient, baselines, curve, strata,
confusion and examples. Prints one JSON object: wall seconds, processor seconds (which a busy machine does not stretch
much), peak resident memory and how much of it the vectors are, the figures, machine and versions.
"""

import argparse
import cProfile
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.environment import environment
from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import PATIENT, REPORT, STUDY, Items, Values
from retrieval.evaluation.results import Evaluation
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Task

_NOISE = 4.0
_REGIONS = ("brain", "knee", "spine", "pelvis")
_SEQUENCES = ("T1", "T2", "FLAIR", "DWI", "SWI")
_MODELS = ("GE SIGNA", "Siemens Skyra", "Philips Ingenia")


def made_archive(series: int, reports: int, dimension: int, seed: int) -> EvaluationData:
    """Series in studies of ten, two studies a patient; some studies have a report, whose vector leans towards those of
    its series. Headers are drawn by luck: region by study, sequence by series, scanner by patient.
    """
    generator = np.random.default_rng(seed)
    study_of = np.arange(series) // 10
    studies = int(study_of[-1]) + 1
    truth = generator.standard_normal((studies, dimension), dtype=np.float32)
    scans = _unit(truth[study_of] + _NOISE * generator.standard_normal((series, dimension), dtype=np.float32))
    asking = np.sort(generator.choice(studies, reports, replace=reports > studies))
    texts = _unit(truth[asking] + _NOISE * generator.standard_normal((reports, dimension), dtype=np.float32))
    sequences = generator.integers(len(_SEQUENCES), size=series)
    told = {place: f"text {place}" for place in asking.tolist()}
    known = _columns(study_of, told) | {"sequence": [(_SEQUENCES[one],) for one in sequences.tolist()]}
    asked = _columns(asking, told) | {"sequence": [_SEQUENCES] * reports}
    lengths = generator.integers(80, 4000, size=reports).astype(np.float64)
    return EvaluationData(
        scans={Channel.IMAGE: _items("series", known, scans, np.full(series, 10.0) + study_of % 3)},
        texts=_items("report", asked, texts, lengths),
    )


def _columns(study_of: NDArray[np.int64], told: dict[int, str]) -> dict[str, list[Values]]:
    studies = study_of.tolist()
    return {
        STUDY: [(f"stu-{study}",) for study in studies],
        PATIENT: [(f"pat-{study // 2}",) for study in studies],
        REPORT: [(told[study],) if study in told else () for study in studies],
        "region": [(_REGIONS[study % len(_REGIONS)],) for study in studies],
        "scanner": [(_MODELS[study // 2 % len(_MODELS)],) for study in studies],
    }


def _items(noun: str, columns: dict[str, Any], vectors: NDArray[np.float32], sizes: NDArray[np.float64]) -> Items:
    ids = tuple(f"{noun}-{place}" for place in range(len(vectors)))
    return Items(noun, ids, columns, ItemVectors(vectors, np.arange(len(vectors) + 1)), "made", sizes)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(data: EvaluationData, settings: Settings, profile: Path | None) -> tuple[Evaluation, dict[str, float]]:
    """The evaluation, and what it took."""
    profiler = cProfile.Profile()
    before, started = _processor_seconds(), time.perf_counter()
    evaluation = profiler.runcall(evaluate_data, data, settings) if profile else evaluate_data(data, settings)
    wall, processor = time.perf_counter() - started, _processor_seconds() - before
    if profile:
        profiler.dump_stats(profile)
    return evaluation, {"wall_seconds": round(wall, 1), "processor_seconds": round(processor, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("series", 200_000), ("reports", 20_000), ("dimension", 512), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--task", type=Task, default=Task.TEXT_TO_IMAGE, choices=list(Task))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--profile", type=Path)
    asked = parser.parse_args()
    size = {name: getattr(asked, name) for name in ("series", "reports", "dimension", "seed")}
    data = made_archive(**size)
    settings = Settings(tasks=(asked.task,), channels=(Channel.IMAGE,), seed=asked.seed)
    evaluation, took = measured(data, settings, asked.profile)
    document = size | {"task": asked.task.value} | took
    document |= {"peak_mib": round(_peak_mib()), "vectors_mib": round(_vectors_bytes(data) / 2**20)}
    document |= {"figures": _figures(evaluation), "environment": environment()}
    text = json.dumps(document, indent=1)
    print(text)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(text + "\n", encoding="utf-8")


def _vectors_bytes(data: EvaluationData) -> int:
    texts = data.texts.vectors.vectors.nbytes if data.texts is not None else 0
    return texts + sum(items.vectors.vectors.nbytes for items in data.scans.values())


def _figures(evaluation: Evaluation) -> dict[str, dict[str, Any]]:
    """Every digit: two runs of the same code must agree in all of them."""
    return {
        str(measure): {
            "value": figure.value,
            "interval": [figure.interval.low, figure.interval.high] if figure.interval else None,
            "chance": figure.chance,
            "baselines": {name.value: value for name, value in figure.baselines.items()},
        }
        for measure, figure in evaluation.tasks[0].figures.items()
    }


if __name__ == "__main__":
    main()
