"""The numbers of a task: the headline set large, the curves over k, the table of all measures."""

from collections.abc import Mapping
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_sentences import meaning
from retrieval.report.page_table import table
from retrieval.report.svg_base import drawing, line, path
from retrieval.report.svg_curves import curve
from retrieval.report.tables import figure_rows
from retrieval.report.words import bounds, digits_of, in_order, shown

Document = Mapping[str, Any]


def headline(task: Document) -> list[Markup]:
    """The headline measure, and all that it is read against."""
    measure = task["headline"]
    digits = digits_of(measure)
    beside = (
        ("95 % interval", bounds(task["intervals"][measure], digits)),
        ("chance", shown(task["chance"][measure], digits)),
        ("ceiling", shown(task["ceiling"][measure], digits)),
    )
    facts = [element("div", element("dt", name), element("dd", value)) for name, value in beside]
    big = element("div", shown(task["metrics"][measure], digits), class_="big")
    return [
        element(
            "div",
            element("div", element("div", measure, class_="measure"), big),
            element("dl", *facts),
            class_="headline",
        ),
        element("p", meaning(measure, task["metrics"][measure], task["chance"][measure]), class_="small"),
    ]


def curves(task: Document) -> list[Markup]:
    """Hit and recall over k, side by side."""
    if not task["curve"]:
        return []
    drawn = [
        element("figure", curve([(one["k"], one[name]) for one in task["curve"]], name, name))
        for name in ("hit", "recall")
    ]
    return [
        element("h4", "Over the number of hits that count"),
        _legend(),
        element("div", *drawn, class_="pair"),
        element("details", element("summary", "The curves as numbers"), _curve_table(task)),
    ]


def measures_table(task: Document) -> list[Markup]:
    """Every measure with its interval, chance, baselines and ceiling."""
    head, *rows = figure_rows(task)
    names = in_order(task["metrics"])
    return [
        element("h4", "All measures, beside what knows nothing"),
        table(head, rows, strong=names.index(task["headline"])),
    ]


def _legend() -> Markup:
    samples = (
        (path([(0, 6), (30, 6)], "curve hit"), "hit"),
        (path([(0, 6), (30, 6)], "curve recall"), "recall"),
        (path([(0, 0), (30, 0), (30, 12), (0, 12)], "band hit", closed=True), "95 % interval, by patient"),
        (line(0, 6, 30, 6, "chance"), "chance"),
        (line(0, 6, 30, 6, "ceiling"), "ceiling"),
    )
    return element("ul", *(element("li", drawing(30, 12, "", mark), text) for mark, text in samples), class_="legend")


def _curve_table(task: Document) -> Markup:
    head = ("k", *(f"{name} {part}" for name in ("hit", "recall") for part in ("", "interval", "chance", "ceiling")))
    rows = []
    for one in task["curve"]:
        cells = [str(one["k"])]
        for name in ("hit", "recall"):
            figure = one[name]
            numbers = (shown(figure["value"]), bounds(figure["interval"]))
            cells += [*numbers, shown(figure["chance"]), shown(figure["ceiling"])]
        rows.append(cells)
    return table([name.strip() for name in head], rows)
