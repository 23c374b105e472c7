"""Where the number holds and where it does not: groups of queries, and what was found instead."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_sentences import worst_sentence
from retrieval.report.page_table import scrolling, table
from retrieval.report.svg_dots import DotRow, dot_plot
from retrieval.report.svg_heat import count_text, heat_map, heat_width
from retrieval.report.words import bounds, digits_of, is_rank, shown, whole

Document = Mapping[str, Any]

_MOST_DRAWN = 10
_HALF_PAGE = 440  # pixels that half the column is wide
_WORST = "▸ "


def groups(task: Document) -> list[Markup]:
    """A dot plot a column of the strata, and their numbers."""
    if not task["strata"]:
        return []
    columns = dict.fromkeys(one["by"] for one in task["strata"])
    drawn = [element("figure", _plot(task, [one for one in task["strata"] if one["by"] == name])) for name in columns]
    said = [element("p", worst_sentence(task))] if task["worst"] else []
    return [
        element("h4", f"By group: {task['headline']}"),
        *said,
        element("div", *drawn, class_="pair"),
        element(
            "p",
            "Dot and bar: value and 95 % interval. Grey tick: chance in the group. Dotted line: all queries. "
            "At the right: queries / patients. A group of few patients says little.",
            class_="small",
        ),
        element("details", element("summary", "All groups as numbers"), _table(task)),
    ]


def _plot(task: Document, strata: Sequence[Document]) -> Markup:
    rank = is_rank(task["headline"])
    rows = [_row(task, one) for one in strata[:_MOST_DRAWN]]
    ends = [1.0, *(_largest(one["metric"]) for one in strata)]
    left = len(strata) - len(rows)
    name = strata[0]["by"].replace("_", " ")
    head = f"{name} ({len(rows)} largest of {len(strata)})" if left else name
    overall = task["metrics"][task["headline"]]
    span = (1.0, max(ends)) if rank else (0.0, 1.0)
    return dot_plot(rows, head[:1].upper() + head[1:], "queries / patients", overall=overall, span=span)


def _row(task: Document, one: Document) -> DotRow:
    metric = one["metric"]
    marked = task["worst"] is not None and all(one[key] == task["worst"][key] for key in ("by", "value"))
    return DotRow(
        name=f"{_WORST if marked else ''}{one['value']}",
        value=metric["value"],
        interval=whole(metric["interval"]),
        chance=metric["chance"],
        shown=shown(metric["value"], digits_of(task["headline"])),
        count=f"{one['queries']} / {one['patients']}",
        marked=marked,
    )


def _largest(metric: Document) -> float:
    known: list[float] = [value for value in (metric["value"], metric["chance"]) if value is not None]
    return max(known, default=0.0)


def _table(task: Document) -> Markup:
    digits = digits_of(task["headline"])
    head = ("by", "group", "queries", "patients", task["headline"], "95 % interval", "chance", "ceiling")
    rows = []
    for one in task["strata"]:
        metric = one["metric"]
        numbers = (shown(metric["value"], digits), bounds(metric["interval"], digits))
        known = (shown(metric["chance"], digits), shown(metric["ceiling"], digits))
        rows.append((one["by"], one["value"], str(one["queries"]), str(one["patients"]), *numbers, *known))
    return table(head, rows, words=(0, 1))


def confusions(task: Document) -> list[Markup]:
    """A heat map a column: which class the first hit is of."""
    if not task["confusions"]:
        return []
    drawn = [_confusion(one) for one in task["confusions"]]
    return [element("h4", "What the first hit is"), element("div", *drawn, class_="pair")]


def _confusion(one: Document) -> Markup:
    name = one["by"].replace("_", " ")
    own = sum(row[place] for place, row in enumerate(one["counts"]))
    total = sum(map(sum, one["counts"]))
    words = (
        f"Rows: {name} of the query, with the number of queries at the right. Columns: {name} of its first hit. "
        f"Darker: more of the row. {count_text(own)} of {count_text(total)} stay in their class (blue)."
    )
    if any(not float(count).is_integer() for row in one["counts"] for count in row):
        words += " A query or hit of several classes is shared among them."
    numbers = table(
        (name, *one["classes"]),
        [(asked, *map(count_text, row)) for asked, row in zip(one["classes"], one["counts"], strict=True)],
    )
    return element(
        "figure",
        scrolling(heat_map(one["classes"], one["counts"], name)),
        element("figcaption", words),
        element("details", element("summary", "As numbers"), numbers),
        class_="wide" if heat_width(len(one["classes"])) > _HALF_PAGE else None,
    )
