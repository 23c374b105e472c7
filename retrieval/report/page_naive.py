"""What a published script would have said of the same vectors, beside what is true."""

from collections.abc import Mapping
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_table import table
from retrieval.report.svg_bars import BarGroup, bar_chart
from retrieval.report.svg_base import drawing
from retrieval.report.tables import NAIVE_COLUMNS, naive_rows

Document = Mapping[str, Any]

_CLASSES = ("bar-script", "bar-script-own", "bar-apart", "bar-apart-own")


def naive(task: Document) -> list[Markup]:
    """The table and a chart of it; nothing for a task that the script does not fit."""
    if not task["naive"]:
        return []
    head, *rows = naive_rows(task)
    names = head[1:]
    bars = [BarGroup(f"k = {one['k']}", tuple(one[column] for column in NAIVE_COLUMNS)) for one in task["naive"]]
    said = "Label overlap of the first k hits: by the script, and with the exclusions"
    random = task["naive"][0]["random"]
    apart = task["naive"][0]["random_apart"]
    contrast = (
        f" Here random vectors get {random:.3f} at k = {task['naive'][0]['k']} by the script, and {apart:.3f} done "
        "right."
        if random is not None and apart is not None
        else ""
    )
    return [
        element("h4", "What a naive script would have said"),
        element(
            "p",
            "A published script scores the label overlap of the first k hits, but leaves the query itself and its own "
            "patient in the pool, and carries its list of scores over from one k to the next. So it flatters any "
            f"vectors, even random ones.{contrast}",
        ),
        _legend(names),
        element(
            "div",
            element("figure", bar_chart(bars, names, _CLASSES, said)),
            table(head, rows),
            class_="pair",
        ),
    ]


def _legend(names: tuple[str, ...]) -> Markup:
    marks = (element("rect", x=0, y=0, width=12, height=12, class_=name) for name in _CLASSES)
    items = (element("li", drawing(12, 12, "", mark), name) for mark, name in zip(marks, names, strict=True))
    return element("ul", *items, class_="legend")
