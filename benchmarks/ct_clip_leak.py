"""What a published scoring script says of vectors that know nothing, and what this harness says of the same vectors.

    OMP_NUM_THREADS=1 python -m benchmarks.ct_clip_leak [--page docs/ct_clip_leak.md] [--folder FOLDER]

Labels as CT-RATE's validation split has them (`ct_rate_labels.py`), two kinds of vectors: random ones, and ones that
know the scan's identity and nothing else. Writes the page, and with --folder the evaluations as `mrseek eval --out`
writes them, one folder a kind of vectors.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ct_clip_script import K_LIST, LeftOut, as_printed, emptied, report_to_volume, volume_to_volume
from benchmarks.ct_rate_labels import CtRate, made_ct_rate
from common.atomic import write_text
from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import PATIENT, REPORT, STUDY, Items
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.results import Evaluation, TaskResult
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Exclusion, Task

DIMENSION = 64
MEASURES = tuple(map(parse_measure, ("precision@1", "precision@10", "precision@50", "ndcg@10", "ndcg@50")))

VOLUMES_ALIKE = Settings(
    tasks=(Task.IMAGE_TO_IMAGE,),
    channels=(Channel.IMAGE,),
    measures=MEASURES,
    relevance=(parse_rule("overlap:finding"),),
)
QUERY_LEFT_OUT = Settings(
    tasks=(Task.IMAGE_TO_IMAGE,),
    channels=(Channel.IMAGE,),
    measures=MEASURES,
    relevance=(parse_rule("overlap:finding"),),
    exclude=(Exclusion.SERIES.value,),
    allow_same_patient=True,
)
OWN_ROW, OWN_SCAN = "volume", STUDY


def random_vectors(volumes: CtRate, seed: int) -> NDArray[np.float32]:
    """One direction a volume, unit rows of shape (volumes, DIMENSION)."""
    return _unit(np.random.default_rng(seed).standard_normal((len(volumes), DIMENSION)))


def identity_vectors(volumes: CtRate, seed: int) -> NDArray[np.float32]:
    """One direction a scan: all reconstructions of a scan are the same, and nothing else is known."""
    scans = int(volumes.scans.max()) + 1
    return _unit(np.random.default_rng(seed).standard_normal((scans, DIMENSION)))[volumes.scans]


VECTORS: Mapping[str, Callable[[CtRate, int], NDArray[np.float32]]] = {
    "random": random_vectors,
    "scan identity": identity_vectors,
}


def as_evaluation_data(
    volumes: CtRate, vectors: NDArray[np.float32], texts: NDArray[np.float32] | None = None
) -> EvaluationData:
    """The volumes as series, and a report for each of them, as CT-RATE's tables have it."""
    columns = {
        STUDY: [(f"scan-{scan}",) for scan in volumes.scans.tolist()],
        PATIENT: [(f"patient-{patient}",) for patient in volumes.patients.tolist()],
        "finding": [tuple(f"finding {one}" for one in np.flatnonzero(row)) for row in volumes.labels],
        OWN_ROW: [(f"volume-{place}",) for place in range(len(volumes))],
    }
    said = {**columns, REPORT: columns[STUDY]}
    return EvaluationData(
        scans={Channel.IMAGE: _items("series", said, vectors)},
        texts=None if texts is None else _items("report", said, texts),
    )


def reports_find_volumes(rule: str) -> Settings:
    """Report to volume, with the own row or the own scan as what is sought."""
    return Settings(
        tasks=(Task.TEXT_TO_IMAGE,),
        channels=(Channel.IMAGE,),
        measures=tuple(map(parse_measure, ("hit@1", "hit@5", "hit@10"))),
        relevance=(parse_rule(rule),),
        exclude=(),  # what is sought is the patient's own
        allow_same_patient=True,
    )


def _items(noun: str, columns: Mapping[str, Any], vectors: NDArray[np.float32]) -> Items:
    ids = tuple(f"{noun}-{place}" for place in range(len(vectors)))
    return Items(noun, ids, columns, ItemVectors(vectors, np.arange(len(vectors) + 1)), "made")


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is told of one kind of vectors.

    Attributes:
        script: by who is left out, the value of each query at each k by the script.
        harness: this project's evaluation, patients excluded.
        query_only: this project's evaluation, only the query excluded.
    """

    script: Mapping[LeftOut, list[list[float]]]
    harness: Evaluation
    query_only: Evaluation


def told_of(volumes: CtRate, vectors: NDArray[np.float32]) -> Told:
    """All numbers of one kind of vectors."""
    data = as_evaluation_data(volumes, vectors)
    return Told(
        script={one: volume_to_volume(vectors, volumes, one) for one in LeftOut},
        harness=evaluate_data(data, VOLUMES_ALIKE),
        query_only=evaluate_data(data, QUERY_LEFT_OUT),
    )


_INTRODUCTION = """\
# What a leaking benchmark says of vectors that know nothing

CT-CLIP's volume-to-volume script (read November 2026) leaves the query and its own patient in the gallery, and does not
empty its list of values between one k and the next. Below are the numbers that it prints for vectors without any
knowledge, by our own rewriting of it (`benchmarks/ct_clip_script.py`), and what `mrseek eval` says of the same vectors.
"""

_SCRIPT = """\
## Volume to volume, by the script

Mean share of findings in common with the first k.
"""

_WHAT_IT_MEANS = """
The first row is what a model would have been given for free: nothing in it is of the model. Leaving out the query is
not enough, because its other reconstructions are found instead: vectors that know which scan it is, and nothing of what
is on it, still score as if they had learnt. Only with the patient left out does knowing nothing score what chance
scores, at every k.

## The same vectors by mrseek

`--relevance overlap:finding`: a volume is relevant where it shares a finding, and nDCG counts how much it shares.
"""

_REFUSAL = """
mrseek refuses to leave the patient in unless it is told `--allow-same-patient`, writes that into the report, and runs
random vectors beside every evaluation: if they are not at chance, the run stops.

## Report to volume: what a perfect model can reach

The script counts a report as found where the volume of its own row is among the first k. But a scan has several
reconstructions, and one report.
"""


def as_page(told: Mapping[str, Told], oracle: Mapping[str, float], volumes: CtRate) -> str:
    """The page, Markdown."""
    scripts = [
        _row(name, left_out, values, printed)
        for name, one in told.items()
        for left_out in LeftOut
        for values, printed in (
            ("as published", as_printed(one.script[left_out])),
            ("emptied at each k", emptied(one.script[left_out])),
        )
    ]
    figures = [
        line
        for name, one in told.items()
        for left_out, found in ((LeftOut.QUERY, one.query_only), (LeftOut.PATIENT, one.harness))
        for line in _figures(name, left_out, found.tasks[0])
    ]
    return "\n".join(
        [
            _INTRODUCTION,
            _counts(volumes),
            "",
            _SCRIPT,
            "| vectors | left out | list of values | " + " | ".join(f"k = {k}" for k in K_LIST) + " |",
            "|---|---|---|" + "---|" * len(K_LIST),
            *scripts,
            _WHAT_IT_MEANS,
            "| vectors | left out | measure | value | 95 %, by patient | chance, exactly |",
            "|---|---|---|---|---|---|",
            *figures,
            _REFUSAL,
            "| an oracle that knows the scan | R@1 |",
            "|---|---|",
            *(f"| {name} | {value:.3f} |" for name, value in oracle.items()),
            "",
        ]
    )


def _counts(volumes: CtRate) -> str:
    unlabelled = float(np.mean(~volumes.labels.any(axis=1)))
    scans, patients = len(np.unique(volumes.scans)), len(np.unique(volumes.patients))
    return (
        f"The labels are made, and count like CT-RATE's validation split: {len(volumes):,} volumes of {scans:,} scans\n"
        f"of {patients:,} patients, 18 findings, {unlabelled:.1%} of the volumes without any. This page is written by\n"
        "`python -m benchmarks.ct_clip_leak`."
    )


def _row(name: str, left_out: LeftOut, values: str, printed: list[float]) -> str:
    return f"| {name} | {left_out} | {values} | " + " | ".join(f"{value:.3f}" for value in printed) + " |"


def _figures(name: str, left_out: LeftOut, result: TaskResult) -> list[str]:
    return [
        f"| {name} | {left_out} | {measure} | {figure.value:.3f} | "
        + (f"{figure.interval.low:.3f} to {figure.interval.high:.3f}" if figure.interval else "")
        + f" | {figure.chance:.3f} |"
        for measure, figure in result.figures.items()
    ]


def oracle_of(volumes: CtRate) -> dict[str, float]:
    """R@1 of vectors that know the scan and nothing else, of reports and volumes alike."""
    vectors = identity_vectors(volumes, 3)
    data = as_evaluation_data(volumes, vectors, texts=vectors)
    hit = parse_measure("hit@1")
    own_row, own_scan = (
        evaluate_data(data, reports_find_volumes(rule)).tasks[0].figures[hit].value for rule in (OWN_ROW, OWN_SCAN)
    )
    return {
        "own row only, by the script": report_to_volume(vectors, vectors, 1),
        "own row only, by mrseek (`--relevance volume`)": own_row,
        "every volume of the scan, by mrseek (the default)": own_scan,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, default=Path("docs/ct_clip_leak.md"))
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    volumes = made_ct_rate()
    told = {name: told_of(volumes, make(volumes, 1)) for name, make in VECTORS.items()}
    write_text(asked.page, as_page(told, oracle_of(volumes), volumes))
    if asked.folder:
        _write_evaluations(asked.folder, told)


def _write_evaluations(folder: Path, told: Mapping[str, Told]) -> None:
    """One folder a kind of vectors. What `write_report` writes, a page included where it writes one, is found there."""
    from retrieval.report.folder import write_report

    for name, one in told.items():
        write_report(folder / name.replace(" ", "_"), one.harness)


if __name__ == "__main__":
    main()
