"""Two reports, or two channels of one, compared query by query: what is in both, by every measure, with corrected
p-values.

What is compared must be the same question: task, level, relevance, exclusion, pool and queries. Otherwise the
difference would be one of the questions, and the comparison is refused.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from common.errors import IntegrityError, NotFoundError, UsageError
from retrieval.evaluation.metrics import MeasureKind, parse_measure
from retrieval.evaluation.paired import Comparison, compare_means, compare_medians, corrected
from retrieval.evaluation.rank_lists import NOT_FOUND, FirstRelevant
from retrieval.report.document import number
from retrieval.report.query_table import query_file
from retrieval.report.read_document import read_document

Document = Mapping[str, Any]

_SAME = ("level", "relevance", "excluded", "pool")
"""What two tasks must agree in to be one question."""


@dataclass(frozen=True, slots=True)
class Run:
    """One task on one channel of a report.

    Attributes:
        name: what it is called in the comparison.
        folder: of the report.
        task: its part of the document.
        measures: in the order that was asked for.
    """

    name: str
    folder: Path
    task: Document
    measures: tuple[str, ...]

    @property
    def question(self) -> tuple[str, str]:
        """Task and channel."""
        return self.task["task"], self.task["channel"]


@dataclass(frozen=True, slots=True)
class Compared:
    """Run B against run A by one measure.

    Attributes:
        task: which.
        a: name of run A.
        b: name of run B.
        measure: by name.
        found: the comparison, its p-value corrected for all of the family.
    """

    task: str
    a: str
    b: str
    measure: str
    found: Comparison


def compare_reports(a: Path, b: Path, *, seed: int = 0) -> tuple[Compared, ...]:
    """Every task and channel that is in both reports.

    Raises:
        NotFoundError: no report, or none of its tables of queries.
        UsageError: they do not ask the same, or have no task in common.
    """
    first, second = _runs(a), _runs(b)
    names = _told_apart(a, b)
    pairs = [
        (replace(one, name=f"{names[0]}, {one.question[1]}"), replace(other, name=f"{names[1]}, {other.question[1]}"))
        for one in first
        for other in second
        if one.question == other.question
    ]
    if not pairs:
        raise UsageError("The two reports have no task on the same channel in common.")
    return _family(pairs, seed)


def compare_channels(report: Path, *, seed: int = 0) -> tuple[Compared, ...]:
    """The channels of each task of one report against each other, in the order of the report.

    Raises:
        NotFoundError: no report, or none of its tables of queries.
        UsageError: no task was scored on two channels.
    """
    runs = _runs(report)
    named = [replace(run, name=run.question[1]) for run in runs]
    pairs = [
        (one, other)
        for place, one in enumerate(named)
        for other in named[place + 1 :]
        if one.question[0] == other.question[0]
    ]
    if not pairs:
        raise UsageError(
            "No task of this report was scored on two channels.", remedy="Name a second report to compare it with."
        )
    return _family(pairs, seed)


def as_json(compared: Sequence[Compared]) -> list[dict[str, Any]]:
    """Plain types for `json.dumps`, one object a comparison."""
    return [
        {
            "task": one.task,
            "a": one.a,
            "b": one.b,
            "measure": one.measure,
            "value_a": number(one.found.a),
            "value_b": number(one.found.b),
            "effect": number(one.found.effect),
            "interval": [number(one.found.interval.low), number(one.found.interval.high)]
            if one.found.interval
            else None,
            "p": one.found.p,
            "p_corrected": one.found.p_corrected,
            "queries": one.found.queries,
            "patients": one.found.patients,
        }
        for one in compared
    ]


def _bounds(found: Comparison) -> list[float | None] | None:
    return [number(found.interval.low), number(found.interval.high)] if found.interval else None


def _runs(path: Path) -> list[Run]:
    document = read_document(path)
    folder = path if path.is_dir() else path.parent
    measures = tuple(document["configuration"]["measures"])
    return [Run("", folder, task, measures) for task in document["tasks"]]


def _told_apart(a: Path, b: Path) -> tuple[str, str]:
    """The names of the two reports' folders, or A and B where they are the same."""
    one, other = ((path if path.is_dir() else path.parent).resolve().name for path in (a, b))
    return (one, other) if one != other else (f"A: {one}", f"B: {other}")


def _family(pairs: Sequence[tuple[Run, Run]], seed: int) -> tuple[Compared, ...]:
    """All comparisons, p-values corrected for all of them together."""
    found = [one for place, (a, b) in enumerate(pairs) for one in _compared(a, b, np.random.default_rng([seed, place]))]
    raised = corrected([one.found for one in found])
    return tuple(
        Compared(one.task, one.a, one.b, one.measure, better) for one, better in zip(found, raised, strict=True)
    )


def _compared(a: Run, b: Run, generator: np.random.Generator) -> Iterator[Compared]:
    for name in _SAME:
        if a.task[name] != b.task[name]:
            raise UsageError(
                f"{a.name} and {b.name} do not ask the same in {a.task['task']}: {name} is {_plain(a.task[name])} in "
                f"one, {_plain(b.task[name])} in the other.",
                remedy="Evaluate both with the same options, on collections of the same archive.",
            )
    first, second = _table(a), _aligned(_table(b), _table(a), a, b)
    for measure in a.measures:
        if measure in b.measures:
            yield Compared(a.task["task"], a.name, b.name, measure, _comparison(measure, first, second, generator))


def _comparison(measure: str, a: pa.Table, b: pa.Table, generator: np.random.Generator) -> Comparison:
    patients = a["patient"].to_numpy().astype(np.int64)
    parsed = parse_measure(measure)
    if parsed.kind is MeasureKind.MEDIAN_RANK:
        asked = a["relevant"].to_numpy() > 0
        return compare_medians(_first(a, asked), _first(b, asked), patients[asked], generator)
    span = float(a["pool"].to_numpy().max()) if parsed.is_rank else 1.0
    return compare_means(_values(a, measure), _values(b, measure), patients, generator, span=span)


def _first(table: pa.Table, asked: NDArray[np.bool_]) -> FirstRelevant:
    """Where the best relevant item of each query stands, ties included."""
    above = table["first_above"].to_numpy(zero_copy_only=False)[asked]
    found = np.isfinite(above)
    return FirstRelevant(
        above=np.where(found, above, NOT_FOUND).astype(np.int64),
        size=table["first_tied"].to_numpy()[asked].astype(np.int64),
        relevant=table["first_tied_relevant"].to_numpy()[asked].astype(np.int64),
    )


def _values(table: pa.Table, measure: str) -> NDArray[np.float64]:
    return np.asarray(table[measure].to_numpy(zero_copy_only=False), np.float64)


def _table(run: Run) -> pa.Table:
    file = run.folder / query_file(*run.question)
    if not file.is_file():
        raise NotFoundError(
            f"{run.folder.name} has no table of queries for {' on '.join(run.question)}.",
            remedy="Keep the folder that `mrseek eval --out` wrote together, or evaluate again.",
        )
    try:
        table = pq.read_table(file)
        about = json.loads(table.schema.metadata[b"mrseek"])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowInvalid) as error:
        raise IntegrityError(
            f"{file.name} cannot be read as a table of queries ({type(error).__name__}).", remedy="Evaluate again."
        ) from error
    if (about["task"], about["channel"]) != run.question:
        raise IntegrityError(f"{file.name} is of another task than its name says.", remedy="Evaluate again.")
    return table


def _aligned(table: pa.Table, like: pa.Table, a: Run, b: Run) -> pa.Table:
    """The rows of a table in the order of another's ids."""
    places = {name: place for place, name in enumerate(table["id"].to_pylist())}
    wanted = like["id"].to_pylist()
    if set(places) != set(wanted):
        missing = len(set(wanted) ^ set(places))
        raise UsageError(
            f"{a.name} and {b.name} do not have the same queries: {missing} are in one of them only.",
            remedy="Evaluate both on collections of the same archive, indexed under the same patient key.",
        )
    return table.take([places[name] for name in wanted])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
