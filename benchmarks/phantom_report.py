"""What the benchmark of simulated patients found: as Markdown, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.markdown_table import markdown_table
from benchmarks.phantom_ladder import Rung

_HEAD = ("model", "question", "measure", "value", "chance", "n", "pool")


@dataclass(frozen=True, slots=True)
class PhantomReport:
    """All of it.

    Attributes:
        about: the pool, the seeds that were trained on, commit and versions.
        rungs: each with the name of who was asked.
    """

    about: Mapping[str, Any]
    rungs: Sequence[tuple[str, Rung]]


def markdown(report: PhantomReport) -> str:
    """A table for people, without the details."""
    rows = [
        [name, rung.question, rung.measure, rung.found, f"{rung.found.chance:.3f}", rung.found.n, rung.pool]
        for name, rung in report.rungs
        if not rung.detail
    ]
    return f"## Simulated patients\n\n{json.dumps(report.about)}\n\n{markdown_table(_HEAD, rows)}"


def plain(report: PhantomReport) -> dict[str, Any]:
    """The report in JSON's types."""
    return {"about": report.about, "results": [{"model": name, **asdict(rung)} for name, rung in report.rungs]}
