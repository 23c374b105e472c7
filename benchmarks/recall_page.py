"""The default model, the baseline and the card channel on real series and on phantoms: docs/recall.html and its JSON.

    python -m benchmarks.recall_page --data ../shared/data --atlases ../shared/atlases --work WORK --out docs

Real: the test side of `real_split.csv`, indexed under the split's patients; what a series is, is what the manifest
says, never what the header rules made of it. Scans ask for scans alike, and short texts ("FLAIR brain") ask for scans.
Phantoms: patients of a seed that no training used; reports ask for series and back, scans ask for scans, on series and
on study level, and sentences are rewritten (negation, side).

WORK keeps the archives and collections; a second run goes on with them. Pictures of real series stay out of the page:
they may not be copied into the project.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.class_names import region_of_real, sequence_of_real
from benchmarks.real_split import RealSeries, Side, real_series
from common.atomic import write_json, write_text
from indexer.run import IndexOptions, index_archive
from phantoms.archive import ArchiveLayout, make_archive
from retrieval.collection import Collection
from retrieval.evaluation.evaluate import evaluate, evaluate_texts
from retrieval.evaluation.metrics import parse_measure
from retrieval.evaluation.multiple_testing import holm
from retrieval.evaluation.results import Evaluation
from retrieval.evaluation.rules import parse_rule
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Aggregate, Level, Task
from retrieval.report.compare_reports import as_json, compare_channels, compare_reports
from retrieval.report.document import as_document
from retrieval.report.folder import write_report
from retrieval.report.page import as_page

ENCODERS = ("default", "baseline")
PHANTOM_SEED = 90001  # held out: no pool of any training was made with it (docs/training.md)
PHANTOM_PATIENTS = 200

_REGION, _SEQUENCE = "true_region", "true_sequence"
_MEASURES = tuple(map(parse_measure, ("hit@1", "hit@5", "hit@10", "precision@5", "recall@10", "map", "mrr", "ndcg@10")))
_STRATA = (_REGION, _SEQUENCE, "plane", "sex", "age_band")
_ALIKE = Settings(
    tasks=(Task.IMAGE_TO_IMAGE,),
    measures=_MEASURES,
    relevance=(parse_rule(f"{_REGION}+{_SEQUENCE}"),),
    strata=_STRATA,
)
_SHORT_TEXTS = Settings(
    measures=_MEASURES,
    relevance=(parse_rule(f"match:{_REGION}+{_SEQUENCE}"),),
    strata=(_REGION, _SEQUENCE),
)
_PHANTOMS = Settings(measures=(*_MEASURES, parse_measure("median_rank")), probes=True)
_BY_STUDY = replace(
    _PHANTOMS,
    tasks=(Task.TEXT_TO_IMAGE, Task.IMAGE_TO_TEXT),
    level=Level.STUDY,
    aggregate=Aggregate.MEAN,
    probes=False,
)


_COMPARED = (
    ("real-baseline", "real-default"),
    ("real-texts-default",),
    ("phantoms-baseline", "phantoms-default"),
    ("phantoms-default",),
    ("phantom-studies-default",),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One evaluation of the page: its name in file names, what it is called, what was found."""

    name: str
    title: str
    evaluation: Evaluation


def real_collection(series: Sequence[RealSeries], data: Path, work: Path, encoder: str) -> Path:
    """The test side, indexed with what the manifest says."""
    root, table = work / "real", work / "real.csv"
    root.mkdir(parents=True, exist_ok=True)
    with table.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(("path", "patient_id", _REGION, _SEQUENCE))
        for one in series:
            source = (data / one.manifest["path"]).resolve()
            _link(source, root / source.name)
            truth = region_of_real(one.manifest), sequence_of_real(one.manifest)
            rows.writerow((source.name, one.patient, *truth))
    collection = work / f"real-{encoder}.mrseek"
    index_archive([root], collection, table=table, encoder=encoder, options=IndexOptions(workers=1))
    return collection


def _link(source: Path, place: Path) -> None:
    """The series at a place of its own; a folder of links, since a walk does not enter folders that are links."""
    if place.exists():
        return
    if source.is_dir():
        place.mkdir()
        for file in source.iterdir():
            (place / file.name).symlink_to(file)
    else:
        place.symlink_to(source)


def short_texts(series: Sequence[RealSeries], work: Path) -> Path:
    """Every region, sequence and pair of both that some series of the side is, as a person would type it."""
    pairs = {(region_of_real(one.manifest), sequence_of_real(one.manifest)) for one in series}
    asked = {pair for region, sequence in pairs for pair in ((region, ""), ("", sequence), (region, sequence))}
    table = work / "short_texts.csv"
    with table.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(("text", _REGION, _SEQUENCE))
        for region, sequence in sorted(asked - {("", "")}):
            rows.writerow((" ".join(filter(None, (sequence, region, "MRI"))), region, sequence))
    return table


def phantom_collection(atlases: Path, work: Path, encoder: str) -> Path:
    """Held-out patients with their reports, made once."""
    root = work / "phantoms"
    if not (root / "reports.csv").exists():
        patients = {"patients": PHANTOM_PATIENTS, "seed": PHANTOM_SEED}
        make_archive(root, **patients, layout=ArchiveLayout.BIDS, atlases=atlases, processes=2)
    collection = work / f"phantoms-{encoder}.mrseek"
    index_archive(
        [root],
        collection,
        reports=root / "reports.csv",
        table=finding_table(root, work),
        encoder=encoder,
        options=IndexOptions(workers=2),
    )
    return collection


def finding_table(archive: Path, work: Path) -> Path:
    """What the simulator drew into the study of each series: a finding, "several", or "none"."""
    drawn: dict[str, set[str]] = {}
    for row in _rows(archive / "findings.csv"):
        drawn.setdefault(row["study_uid"], set()).add(row["finding"])
    table = work / "findings.csv"
    with table.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(("path", "finding"))
        for row in _rows(archive / "truth.csv"):
            found = drawn.get(row["study_uid"], {"none"})
            rows.writerow((row["path"], "several" if len(found) > 1 else next(iter(found))))
    return table


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


def parts(data: Path, atlases: Path, work: Path) -> Iterator[Part]:
    """Everything on the page, in its order."""
    series = [one for one in real_series(data) if one.side is Side.TEST]
    texts = short_texts(series, work)
    for encoder in ENCODERS:
        with Collection.open(real_collection(series, data, work, encoder)) as real:
            yield Part(f"real-{encoder}", f"Real series, {encoder}", evaluate(real, _ALIKE))
            yield Part(f"real-texts-{encoder}", f"Short texts, {encoder}", evaluate_texts(real, texts, _SHORT_TEXTS))
    for encoder in ENCODERS:
        with Collection.open(phantom_collection(atlases, work, encoder)) as phantoms:
            yield Part(f"phantoms-{encoder}", f"Phantoms, {encoder}", evaluate(phantoms, _PHANTOMS))
            by_study = evaluate(phantoms, _BY_STUDY)
            yield Part(f"phantom-studies-{encoder}", f"Phantoms by study, {encoder}", by_study)


def titled(part: Part) -> dict[str, Any]:
    """The document under the name that the page calls it by."""
    document = as_document(part.evaluation)
    return document | {"subject": {**(document["subject"] or {}), "name": part.title}}


def main() -> None:
    """Writes the page and a JSON file for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--atlases", type=Path, default=Path("../shared/atlases"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    asked = parser.parse_args()
    documents = []
    for part in parts(asked.data, asked.atlases, asked.work):
        documents.append(titled(part))
        write_json(asked.out / "recall" / f"{part.name}.json", documents[-1])
        write_report(asked.work / "reports" / part.name, part.evaluation)
        print(json.dumps({"part": part.name, "tasks": len(part.evaluation.tasks)}), flush=True)
    comparisons = all_comparisons(asked.work / "reports")
    write_json(asked.out / "recall" / "comparisons.json", {"version": 1, "comparisons": comparisons})
    write_text(asked.out / "recall.html", as_page(documents, comparisons=comparisons))


def all_comparisons(reports: Path) -> list[dict[str, Any]]:
    """By two measures alone, their p-values corrected for all that the page shows."""
    found = [one for names in _COMPARED for one in _comparison(reports, *names)]
    raised = holm([one["p"] for one in found]).tolist()
    return [one | {"p_corrected": p} for one, p in zip(found, raised, strict=True)]


def _comparison(reports: Path, a: str, b: str = "") -> list[dict[str, Any]]:
    found = compare_reports(reports / a, reports / b) if b else compare_channels(reports / a)
    told = [one for one in as_json(found) if one["measure"] in {"hit@10", "ndcg@10"}]
    return told if b else [one | {run: f"{a}, {one[run]}" for run in ("a", "b")} for one in told]


if __name__ == "__main__":
    main()
