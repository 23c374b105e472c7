"""Does a report find its scan, and by what? On simulated patients of a seed that was not trained on.

    mrseek train prepare POOL --glimpses 1000 --planes --seed 90001 --atlases ../shared/atlases
    python -m benchmarks.encoder_phantoms CHECKPOINT... random --pool POOL --trained-on RUN --out FOLDER

`--trained-on` takes runs and pools: a pool of one of their seeds is refused. Queries are reports as training's
validation asks them (sections about the scan, a study as near as its best passage), and then their parts: region,
finding, side. Findings are what the simulator drew, not what a report says. Beside each checkpoint stands the card
channel of the same text tower; "random" is the first checkpoint's tower with fresh weights. Intervals: 95 %, bootstrap
over patients; findings by name: over kinds of finding. A finding may lie outside the planes that a glimpse shows, so
the ceiling of pathology and side is below 1.

Prints Markdown; with --json, JSON, which tells each kind of finding apart. FOLDER gets results.json and results.md.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import phantom_ladder as ladder
from benchmarks.class_prompts import class_vectors
from benchmarks.compared_models import ComparedModel, open_models
from benchmarks.naming import name_scores
from benchmarks.phantom_gallery_vectors import Gallery, owners
from benchmarks.phantom_ladder import Rung
from benchmarks.phantom_questions import finding_phrases, report_passages, side_questions
from benchmarks.phantom_report import PhantomReport, markdown, plain
from benchmarks.phantom_truth import PoolStudy, pool_studies
from benchmarks.pool_inputs import pool_vectors, text_vectors
from benchmarks.provenance import provenance
from benchmarks.real_tasks import TASKS, zero_shot
from benchmarks.training_seeds import check_seed, seeds_of
from common.errors import MrseekError, UsageError
from common.threads import use_one_thread
from encoders.contract import TextTower
from phantoms.findings import FindingKind
from retrieval.evaluation.item_vectors import ItemVectors, group_vectors
from training.pool import Pool, open_pools


def climb(model: ComparedModel, pool: Pool, studies: tuple[PoolStudy, ...]) -> Iterator[tuple[str, Rung]]:
    """Every rung of a model, and the report's own of its card channel, each with the name of who was asked.

    Raises:
        UsageError: words cannot be compared with its vectors.
    """
    if (text := model.text) is None:
        raise UsageError(f"{model.name} shares no space with words; expected a checkpoint or random.")
    seen = pool.only([sample for study in studies for sample in study.samples])
    gallery = Gallery(pool_vectors(seen, model.image), owners(studies), studies)
    whole, told = (_reports(pool, studies, text, technique=technique) for technique in (True, False))
    hashes = [pool.texts(study.samples[0]).report_hash for study in studies]
    if model.checkpoint is not None:
        cards = text_vectors(text, [pool.texts(sample).card for study in studies for sample in study.samples])
        beside = Gallery(cards, gallery.owner, studies)
        yield from ((f"{model.name}, card channel", one) for one in ladder.reports(whole, beside, hashes, "report"))
    told_name = "findings and impression"
    for rungs in (
        ladder.reports(whole, gallery, hashes, "report"),
        ladder.reports(told, gallery, hashes, told_name),
        ladder.anatomy(told, gallery),
        _named(seen, gallery, text),
        ladder.pathology(_finding_vectors(text), gallery),
        _sided(pool, gallery, text),
    ):
        yield from ((model.name, one) for one in rungs)


def _reports(pool: Pool, studies: Sequence[PoolStudy], text: TextTower, *, technique: bool) -> ItemVectors:
    passages = [
        (number, passage)
        for number, study in enumerate(studies)
        for passage in report_passages(pool, study, technique=technique)
    ]
    vectors = text_vectors(text, [passage for _, passage in passages])
    return group_vectors(vectors, np.array([number for number, _ in passages], np.int64), len(studies))


def _named(seen: Pool, gallery: Gallery, text: TextTower) -> Iterator[Rung]:
    """Region and sequence zero-shot, by the prompts that real series are asked with."""
    patients = [label.patient for label in seen.labels]
    for task in TASKS:
        truth = [task.of_phantom(label) for label in seen.labels]
        naming = name_scores(zero_shot(task, gallery.vectors, text), truth, task.classes, patients)
        for measure in ("top1", "top3", "balanced"):
            yield Rung(
                f"{task.name} by name, commonest {naming.commonest:.3f}",
                measure,
                getattr(naming, measure),
                len(task.classes),
            )


def _finding_vectors(text: TextTower) -> dict[FindingKind, Any]:
    phrases = {kind.value: finding_phrases(kind) for kind in FindingKind}
    vectors = class_vectors(tuple(phrases), phrases.__getitem__, text.encode)
    return dict(zip(FindingKind, vectors, strict=True))


def _sided(pool: Pool, gallery: Gallery, text: TextTower) -> Iterator[Rung]:
    questions = list(side_questions(pool, gallery.studies))
    if not questions:
        return
    said, swapped = (text_vectors(text, texts) for texts in zip(*((q.said, q.swapped) for q in questions), strict=True))
    gains, studies, joint = [], [], []
    for question, difference in zip(questions, said.astype(np.float64) - swapped, strict=True):
        rows = gallery.owner == question.study
        gains.append(gallery.vectors[rows].astype(np.float64) @ difference)
        studies.append(np.full(int(rows.sum()), question.study))
        joint.append(np.full(int(rows.sum()), question.joint))
    all_gains, all_studies, joints = np.concatenate(gains), np.concatenate(studies), np.concatenate(joint)
    for what, kept in (("side within the body", ~joints), ("side of a joint", joints)):
        yield from ladder.sides(all_gains[kept], all_studies[kept], gallery, what)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help='checkpoint folders, "random"')
    parser.add_argument("--pool", type=Path, required=True, help="of simulated patients of another seed")
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--trained-on", type=Path, nargs="+", default=[], help="runs or pools whose seeds are refused")
    parser.add_argument("--seed", type=int, default=0, help="of the random weights")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="folder for results")
    asked = parser.parse_args()
    use_one_thread()
    pool, trained = open_pools([asked.pool]), seeds_of(asked.trained_on)
    check_seed(pool.info.source.get("seed", -1), trained)
    studies = pool_studies(pool, asked.studies)
    models = open_models(asked.models, seed=asked.seed)
    about = {
        **provenance(models),
        "studies": len(studies),
        "series": sum(len(study.samples) for study in studies),
        "patients": len({study.patient for study in studies}),
        "studies with a finding": sum(bool(study.findings) for study in studies),
        "pool": pool.info.source,
        "seeds trained on": sorted(trained) or "not known: --trained-on was not given",
    }
    report = PhantomReport(about, [rung for model in models for rung in climb(model, pool, studies)])
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "results.json").write_text(json.dumps(plain(report), indent=1))
        (asked.out / "results.md").write_text(markdown(report) + "\n")
    print(json.dumps(plain(report), indent=1) if asked.json else markdown(report))


if __name__ == "__main__":
    try:
        main()
    except MrseekError as error:
        raise SystemExit(f"error: {error}") from error
