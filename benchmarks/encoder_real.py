"""What does an encoder know about real scans, by voxels alone? Region and sequence by name, and short queries.

    python -m benchmarks.encoder_real CHECKPOINT... random baseline --data ../shared/data --out FOLDER
    python -m benchmarks.encoder_real CHECKPOINT --side all --misses --json

Series are those of `real_split.csv`; `--side test` (default) are of patients that nothing is trained on. Each model is
asked zero-shot (by the phrases of `class_prompts.py`) where words can be compared with its vectors, and by linear
probes on its frozen vectors: of the train side, and of phantoms (`--pool` for networks; rendered anew for the
baseline). "random" is the first checkpoint's tower with fresh weights. Intervals: 95 %, bootstrap over patients.

Prints Markdown; with --json, JSON. FOLDER gets results.json, results.md, and the confusion matrices as PNG.
"""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.compared_models import ComparedModel, open_models
from benchmarks.confusion_picture import save_confusion
from benchmarks.phantom_statistics import rendered_vectors
from benchmarks.pool_inputs import pool_vectors
from benchmarks.provenance import provenance
from benchmarks.real_inputs import read_real
from benchmarks.real_report import RealReport, Row, markdown, plain
from benchmarks.real_retrieval import short_query_rows
from benchmarks.real_split import RealSeries, Side, real_series
from benchmarks.real_tasks import TASKS, Lessons, judged, name_by_probe, zero_shot
from common.errors import MrseekError
from common.threads import use_one_thread
from encoders.contract import Vectors
from encoders.statistics import StatisticsTower
from tests.manifest_truth import PLANES
from training.held_out import chosen_rows
from training.pool import open_pools

_ALL = "all"


def compare(asked: argparse.Namespace) -> RealReport:
    """All models on all tasks."""
    series, models = real_series(asked.data), open_models(asked.models, seed=asked.seed)
    inputs = read_real(asked.data, series, models)
    judges = np.array([asked.side in {_ALL, one.side.value} for one in series])
    judging = [one for one, judge in zip(series, judges, strict=True) if judge]
    rows: list[Row] = []
    for model in models:
        vectors = inputs.vectors[model.name]
        ways = {} if model.text is None else {"zero-shot": partial(zero_shot, text=model.text)}
        for lessons in lessons_of(model, series, vectors, asked):
            ways[f"probe on {lessons.source}"] = partial(name_by_probe, lessons=lessons)
        rows += [
            Row(model.name, how, task.name, judged(task, name(task, vectors[judges]), judging))
            for how, name in ways.items()
            for task in TASKS
        ]
    stated = [PLANES.get(one.manifest["plane"], one.manifest["plane"]) for one in series]
    planes = [said == found for said, found, judge in zip(stated, inputs.planes, judges, strict=True) if judge and said]
    return RealReport(
        about=provenance(models),
        side=asked.side,
        series=tuple(one.series_id for one in judging),
        patients=len({one.patient for one in judging}),
        planes=(sum(planes), len(planes)),
        naming=tuple(rows),
        queries=short_query_rows(asked.data, judging, models, {name: v[judges] for name, v in inputs.vectors.items()}),
    )


def lessons_of(
    model: ComparedModel, series: Sequence[RealSeries], vectors: Vectors, asked: argparse.Namespace
) -> list[Lessons]:
    """What a model's linear probes learn from: never a series that judges."""
    found = []
    if asked.side == Side.TEST:
        train = np.array([one.side is Side.TRAIN for one in series])
        learnt = [one for one in series if one.side is Side.TRAIN]
        found.append(Lessons("real train side", vectors[train], lambda task: task.truth(learnt)))
    if isinstance(model.image, StatisticsTower):
        if asked.baseline_patients:
            made = rendered_vectors(model.image, asked.baseline_patients, asked.atlases)
            source = f"{len(made.labels)} rendered phantoms"
            found.append(Lessons(source, made.vectors, lambda task: [task.of_phantom(one) for one in made.labels]))
    elif asked.pool:
        pool = open_pools(asked.pool)
        pool = pool.only(chosen_rows([one.patient for one in pool.labels], asked.probe_series))
        found.append(
            Lessons(
                f"{len(pool)} phantoms of the pool",
                pool_vectors(pool, model.image),
                lambda task: [task.of_phantom(one) for one in pool.labels],
            )
        )
    return found


def write(report: RealReport, folder: Path) -> None:
    """results.json, results.md, confusion-*.png."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(plain(report), indent=1))
    (folder / "results.md").write_text(markdown(report, misses=True) + "\n")
    for row in report.naming:
        name = "-".join(f"{row.model} {row.how} {row.task}".replace("/", " ").replace("(", "").replace(")", "").split())
        save_confusion(row.naming, f"{row.model}\n{row.how}: {row.task}", folder / f"confusion-{name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help='checkpoint folders, "random", "baseline"')
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--side", choices=[*Side, _ALL], default=Side.TEST)
    parser.add_argument("--pool", type=Path, nargs="+", default=[], help="phantoms for the probes of networks")
    parser.add_argument("--probe-series", type=int, default=3000, help="of the pool, whole patients")
    parser.add_argument("--baseline-patients", type=int, default=48, help="rendered for the baseline's probe; 0: none")
    parser.add_argument("--atlases", type=Path, help="label maps for these")
    parser.add_argument("--seed", type=int, default=0, help="of the random weights")
    parser.add_argument("--misses", action="store_true", help="print every series that was named wrongly")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="folder for results and pictures")
    asked = parser.parse_args()
    use_one_thread()
    report = compare(asked)
    if asked.out:
        write(report, asked.out)
    print(json.dumps(plain(report), indent=1) if asked.json else markdown(report, misses=asked.misses))


if __name__ == "__main__":
    try:
        main()
    except MrseekError as error:
        raise SystemExit(f"error: {error}") from error
