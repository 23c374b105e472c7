"""What the benchmark of real series found: as Markdown, and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.markdown_table import markdown_table
from benchmarks.naming import Naming
from benchmarks.real_retrieval import QueryRow


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One model, one way of naming, one task."""

    model: str
    how: str
    task: str
    naming: Naming


@dataclass(frozen=True, slots=True, eq=False)
class RealReport:
    """All of it.

    Attributes:
        about: commit, versions and fingerprints.
        side: of the split.
        series: ids of those that judge; `Naming.missed` counts in them.
        planes: how many planes from the affine are the manifest's, of how many stated. The manifest's were computed
            from geometry as well: this checks two programs against each other, and knows nothing of content.
    """

    about: Mapping[str, Any]
    side: str
    series: tuple[str, ...]
    patients: int
    planes: tuple[int, int]
    naming: tuple[Row, ...]
    queries: tuple[QueryRow, ...]


def markdown(report: RealReport, *, misses: bool) -> str:
    """Tables for people; `misses` adds every series that was named wrongly."""
    trained = "" if report.side == "test" else " Some of them may have been trained on."
    parts = [
        f"## Real series, side: {report.side}",
        f"{len(report.series)} series of {report.patients} patients, image channel only. Plane from the affine: "
        f"{report.planes[0]} of {report.planes[1]} as the manifest has it.{trained}",
        *(_task_table(report, task) for task in dict.fromkeys(row.task for row in report.naming)),
    ]
    if report.queries:
        head = ["model", "queries", "n", "image P@5", "chance", "card P@5", "image / card"]
        rows = [
            [one.model, one.queries, image.n, image, f"{image.chance:.3f}", one.found.card, one.found.ratio]
            for one in report.queries
            for image in [one.found.image]
        ]
        title = "### Text to scan (precision at 5, or at the number of relevant series; intervals over queries)"
        parts += [title, markdown_table(head, rows)]
    if misses:
        parts += [_misses(row, report) for row in report.naming]
    return "\n\n".join(parts)


def _task_table(report: RealReport, task: str) -> str:
    rows = [row for row in report.naming if row.task == task]
    first = rows[0].naming
    title = (
        f"### {task}: n = {first.top1.n} series of {first.top1.patients} patients, {len(first.names)} names, "
        f"commonest class {first.commonest:.3f}"
    )
    table = [[row.model, row.how, row.naming.top1, row.naming.top3, row.naming.balanced] for row in rows]
    chance = [f"{one.chance:.3f}" for one in (first.top1, first.top3, first.balanced)]
    return f"{title}\n\n" + markdown_table(
        ["model", "how", "top 1", "top 3", "balanced (macro)"], [*table, ["chance", "", *chance]]
    )


def _misses(row: Row, report: RealReport) -> str:
    lines = [f"- {report.series[place]}: {right} called {name}" for place, right, name in row.naming.missed]
    return f"#### Missed by {row.model}, {row.how}, {row.task}\n\n" + "\n".join(lines)


def plain(report: RealReport) -> dict[str, Any]:
    """The report in JSON's types."""
    naming = [
        {"model": row.model, "how": row.how, "task": row.task, **_plain_naming(row.naming, report)}
        for row in report.naming
    ]
    right, stated = report.planes
    return {
        "about": report.about,
        "side": report.side,
        "series": list(report.series),
        "patients": report.patients,
        "plane": {"right": right, "stated": stated},
        "naming": naming,
        "queries": [asdict(one) for one in report.queries],
    }


def _plain_naming(naming: Naming, report: RealReport) -> Mapping[str, Any]:
    return {
        "names": list(naming.names),
        "top1": asdict(naming.top1),
        "top3": asdict(naming.top3),
        "balanced": asdict(naming.balanced),
        "commonest": naming.commonest,
        "confusion": naming.confusion.tolist(),
        "missed": {report.series[place]: [right, name] for place, right, name in naming.missed},
    }
