"""All figures as one tidy CSV: a row a measure, point of a curve, or group; full precision, empty where none exists.

`part` says which: "measure", "curve", or "group" (then `by` and `group` name it). One table for pandas, R or a sheet.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from retrieval.report.page_made import subject_name
from retrieval.report.tables import BASELINE_NAMES
from retrieval.report.words import in_order

Document = Mapping[str, Any]
Row = dict[str, Any]

COLUMNS = (
    *("subject", "encoder", "task", "channel", "level", "aggregate", "part", "by", "group", "measure"),
    *("queries", "patients", "pool", "value", "low", "high", "chance", "ceiling", *BASELINE_NAMES),
)


def as_csv(documents: Sequence[Document]) -> str:
    """The rows of all documents, with a header line."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for document in documents:
        encoder = document["subject"]["encoder"]["name"] if document["subject"] else ""
        who = {"subject": subject_name(document), "encoder": encoder}
        for task in document["tasks"]:
            named = {name: task[name] for name in ("task", "channel", "level", "aggregate", "pool")}
            writer.writerows(who | named | row for row in _rows(task))
    return buffer.getvalue()


def _rows(task: Document) -> Iterator[Row]:
    scored = task["queries"] - task["queries_without_relevant"]
    everybody = {"queries": scored, "patients": task["patients"]}
    for name in in_order(task["metrics"]):
        known = {kind: task["baselines"][kind][name] for kind in task["baselines"]}
        figure = {"value": task["metrics"][name], "interval": task["intervals"][name]}
        limits = {"chance": task["chance"][name], "ceiling": task["ceiling"][name]}
        yield {"part": "measure", "measure": name} | everybody | _numbers(figure | limits) | known
    for point in task["curve"]:
        for name in ("hit", "recall"):
            yield {"part": "curve", "measure": f"{name}@{point['k']}"} | everybody | _numbers(point[name])
    for one in task["strata"]:
        who = {"by": one["by"], "group": one["value"], "queries": one["queries"], "patients": one["patients"]}
        yield {"part": "group", "measure": task["headline"]} | who | _numbers(one["metric"])


def _numbers(figure: Document) -> Row:
    low, high = figure["interval"] or (None, None)
    plain = {name: figure[name] for name in ("value", "chance", "ceiling")}
    return {name: value for name, value in (plain | {"low": low, "high": high}).items() if value is not None}
