"""An evaluation as JSON, a versioned contract (cli/schemas/eval.schema.json); all pages and tables are made from it."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from retrieval.evaluation.results import (
    Confusion,
    Evaluation,
    Example,
    ExampleItem,
    Figure,
    ReportClusters,
    Stratum,
    Subject,
    TaskResult,
)
from retrieval.evaluation.tasks import SkippedTask

VERSION = 2
KIND = "mrseek-evaluation"


def as_document(evaluation: Evaluation) -> dict[str, Any]:
    """Plain types for `json.dumps`; a number that does not exist (an interval over one patient, say) is null."""
    return {
        "version": VERSION,
        "kind": KIND,
        "subject": _subject(evaluation.subject),
        "asked": _subject(evaluation.asked),
        "configuration": dict(evaluation.configuration),
        "environment": dict(evaluation.environment),
        "report_clusters": _clusters(evaluation.reports),
        "tasks": [_task(result) for result in evaluation.tasks],
        "skipped": [_skipped(one) for one in evaluation.skipped],
        "probes": [dict(one) for one in evaluation.probes],
    }


def _subject(subject: Subject | None) -> dict[str, Any] | None:
    if subject is None:
        return None
    return {
        "name": subject.name,
        "snapshot": subject.snapshot,
        "content": subject.content,
        "encoder": {"name": subject.encoder, "fingerprint": subject.fingerprint},
        "code_version": subject.code_version,
        "series": subject.series,
        "reports": subject.reports,
    }


def _clusters(clusters: ReportClusters | None) -> dict[str, Any] | None:
    if clusters is None:
        return None
    return asdict(clusters) | {"largest": [list(ids) for ids in clusters.largest]}


def _skipped(skipped: SkippedTask) -> dict[str, Any]:
    return {"task": skipped.task.value, "channel": skipped.channel.value, "reason": skipped.reason}


def _task(result: TaskResult) -> dict[str, Any]:
    figures = {str(measure): figure for measure, figure in result.figures.items()}
    kinds = sorted({kind for figure in figures.values() for kind in figure.baselines})
    return {
        "task": result.spec.task.value,
        "channel": result.spec.channel.value,
        "level": result.spec.level.value,
        "aggregate": result.spec.aggregate.value,
        "queried": result.queried,
        "ranked": result.ranked,
        "relevance": list(result.rules),
        "queries": result.queries,
        "queries_without_relevant": result.without_relevant,
        "share_without_relevant": result.without_relevant / result.queries,
        "queries_without_vector": result.without_vector,
        "patients": result.patients,
        "pool": result.pool,
        "pool_studies": result.pool_studies,
        "excluded": {"by": list(result.exclusion)} | asdict(result.excluded),
        "relevant": asdict(result.relevant),
        "metrics": {name: number(figure.value) for name, figure in figures.items()},
        "intervals": {name: _interval(figure) for name, figure in figures.items()},
        "chance": {name: number(figure.chance) for name, figure in figures.items()},
        "ceiling": {name: number(figure.ceiling) for name, figure in figures.items()},
        "baselines": {
            kind.value: {name: number(figure.baselines[kind]) for name, figure in figures.items()} for kind in kinds
        },
        "headline": str(result.headline),
        "curve": [{"k": one.k, "hit": _figure(one.hit), "recall": _figure(one.recall)} for one in result.curve],
        "strata": [_stratum(one) for one in result.strata],
        "worst": _stratum(result.worst) if result.worst else None,
        "confusions": [_confusion(one) for one in result.confusions],
        "naive": [{name: number(value) for name, value in asdict(one).items()} for one in result.naive],
        "examples": [_example(one) for one in result.examples],
        "notes": list(result.notes),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": number(figure.value),
        "interval": _interval(figure),
        "chance": number(figure.chance),
        "ceiling": number(figure.ceiling),
    }


def _interval(figure: Figure) -> list[float | None] | None:
    return [number(figure.interval.low), number(figure.interval.high)] if figure.interval else None


def _stratum(one: Stratum) -> dict[str, Any]:
    who = {"by": one.column, "value": one.value, "queries": one.queries, "patients": one.patients}
    return who | {"metric": _figure(one.figure)}


def _confusion(one: Confusion) -> dict[str, Any]:
    return {"by": one.column, "classes": list(one.classes), "counts": [list(row) for row in one.counts]}


def _example(one: Example) -> dict[str, Any]:
    return {
        "query": _item(one.query),
        "first_rank": number(one.first_rank),
        "hits": [_item(hit) | {"score": number(hit.score or 0.0), "gain": hit.gain} for hit in one.hits],
    }


def _item(item: ExampleItem) -> dict[str, Any]:
    facts: Mapping[str, str] = item.facts
    return {"id": item.id, "facts": dict(facts)}


def number(value: float) -> float | None:
    """The value; None for one that does not exist, since JSON has no word for it."""
    return value if math.isfinite(value) else None
