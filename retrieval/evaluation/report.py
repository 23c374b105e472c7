"""An evaluation as JSON (a versioned contract), as Markdown, and as a plain table for the terminal."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from retrieval.evaluation.metrics import Measure
from retrieval.evaluation.results import Evaluation, Figure, Subject, TaskResult

VERSION = 1
_COLUMNS = ("measure", "value", "95 % interval", "chance", "random vectors", "ceiling")


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Plain types for `json.dumps`; a number that does not exist (an interval over one patient, say) is null."""
    return {
        "version": VERSION,
        **_subject_as_json(evaluation.subject),
        "configuration": dict(evaluation.configuration),
        "tasks": [_task_as_json(result) for result in evaluation.tasks],
        "skipped": [
            {"task": skipped.task.value, "channel": skipped.channel.value, "reason": skipped.reason}
            for skipped in evaluation.skipped
        ],
    }


def _subject_as_json(subject: Subject | None) -> dict[str, Any]:
    if subject is None:
        return {}
    return {
        "snapshot": subject.snapshot,
        "encoder": {"name": subject.encoder, "fingerprint": subject.fingerprint},
        "code_version": subject.code_version,
        "collection": {"series": subject.series, "reports": subject.reports},
    }


def _task_as_json(result: TaskResult) -> dict[str, Any]:
    figures = {str(measure): figure for measure, figure in result.figures.items()}
    return {
        "task": result.task.value,
        "channel": result.channel.value,
        "queries": result.queries,
        "queries_without_relevant": result.without_relevant,
        "queries_without_vector": result.without_vector,
        "patients": result.patients,
        "pool": result.pool,
        "pool_studies": result.pool_studies,
        "excluded": {"by": result.exclusion.value if result.exclusion else None} | asdict(result.excluded),
        "relevant": asdict(result.relevant),
        "metrics": {name: _number(figure.value) for name, figure in figures.items()},
        "intervals": {
            name: [_number(figure.interval.low), _number(figure.interval.high)] if figure.interval else None
            for name, figure in figures.items()
        },
        "chance": {name: _number(figure.chance) for name, figure in figures.items()},
        "null": {name: _number(figure.null) for name, figure in figures.items()},
        "ceiling": {name: _number(figure.ceiling) for name, figure in figures.items()},
        "notes": list(result.notes),
    }


def as_markdown(evaluation: Evaluation) -> str:
    """A section a task, with a table of its measures, and the settings at the end."""
    blocks = ["# Recall benchmark", *_subject_lines(evaluation)]
    for result in evaluation.tasks:
        blocks += [f"## {result.task} on {result.channel}", _sentence(result), _markdown_table(result)]
        blocks += [f"> {note}" for note in result.notes]
    if evaluation.skipped:
        reasons = [f"- {skipped.task} on {skipped.channel}: {skipped.reason}." for skipped in evaluation.skipped]
        blocks += ["## Not scored", "\n".join(reasons)]
    settings = [f"- {name}: {_plain(value)}" for name, value in evaluation.configuration.items()]
    return "\n\n".join([*blocks, "## Settings", "\n".join(settings)]) + "\n"


def as_table(evaluation: Evaluation) -> str:
    """For the terminal: a block a task, its measures in aligned columns."""
    blocks = []
    for result in evaluation.tasks:
        lines = [f"{result.task} on {result.channel}: {_sentence(result)}", *_aligned(_rows(result))]
        blocks.append("\n".join([*lines, *(f"  note: {note}" for note in result.notes)]))
    blocks += [f"{one.task} on {one.channel}: not scored, {one.reason}." for one in evaluation.skipped]
    return "\n\n".join(blocks) + "\n"


def _subject_lines(evaluation: Evaluation) -> list[str]:
    subject = evaluation.subject
    if subject is None:
        return []
    held = f"Snapshot {subject.snapshot} with {subject.series} series and {subject.reports} reports"
    return [f"{held}, encoder {subject.encoder} ({subject.fingerprint}), mrseek {subject.code_version}."]


def _sentence(result: TaskResult) -> str:
    """Who asked whom, in words."""
    text = (
        f"{result.queries} queries of {result.patients} patients, pool {result.pool} of {result.pool_studies} studies"
    )
    if result.exclusion:
        low, high = result.excluded.min, result.excluded.max
        text += f", {result.exclusion} excluded ({low if low == high else f'{low} to {high}'} series a query)"
    text += f", {result.relevant.median:g} relevant (median)"
    if result.without_relevant:
        share = result.without_relevant / result.queries
        text += f"; {result.without_relevant} ({share:.0%}) without any relevant item, not counted"
    if result.without_vector:
        text += f"; {result.without_vector} without a vector, counted as failures"
    return text + "."


def _rows(result: TaskResult) -> list[tuple[str, ...]]:
    return [_COLUMNS, *((str(measure), *_cells(measure, figure)) for measure, figure in result.figures.items())]


def _cells(measure: Measure, figure: Figure) -> tuple[str, ...]:
    digits = 1 if measure.is_rank else 3
    value, *rest = (_shown(number, digits) for number in (figure.value, figure.chance, figure.null, figure.ceiling))
    bounds = figure.interval
    interval = f"{_shown(bounds.low, digits)} to {_shown(bounds.high, digits)}" if bounds else "-"
    return (value, interval, *rest)


def _markdown_table(result: TaskResult) -> str:
    head, *body = _rows(result)
    rule = ("---", *("---:" for _ in head[1:]))
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _shown(value: float, digits: int) -> str:
    """The number; "-" for one that does not exist."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "-"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
