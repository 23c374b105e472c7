"""All headline numbers side by side: for every task, each subject with interval, chance and ceiling."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_sentences import task_name, task_tags
from retrieval.report.page_table import head_of, scrolling
from retrieval.report.svg_dots import range_bar
from retrieval.report.words import bounds, digits_of, is_rank, shown, whole

Document = Mapping[str, Any]

_HEAD = ("", "measure", "value", "0 to 1", "95 % interval", "chance", "ceiling", "queries", "patients", "pool")
_WORDS = (0,)


def task_anchor(document: int, task: int) -> str:
    """The id of a task's section."""
    return f"d{document + 1}-t{task + 1}"


def summary_table(documents: Sequence[Document], names: Sequence[str]) -> Markup | None:
    """A row a task and document, those of one task together; None where nothing was scored."""
    groups: dict[str, list[Markup]] = {}
    for number, document in enumerate(documents):
        for place, task in enumerate(document["tasks"]):
            title = ", ".join((task_name(task), *task_tags(task)))
            groups.setdefault(title, []).append(_row(task, names[number], task_anchor(number, place)))
    if not groups:
        return None
    bodies = [
        element(
            "tbody", element("tr", element("th", title, colspan=len(_HEAD), scope="rowgroup"), class_="group"), *rows
        )
        for title, rows in groups.items()
    ]
    return scrolling(element("table", head_of(_HEAD, _WORDS), *bodies))


def _row(task: Document, name: str, anchor: str) -> Markup:
    measure = task["headline"]
    digits = digits_of(measure)
    value, chance, ceiling = (task[field][measure] for field in ("metrics", "chance", "ceiling"))
    interval = task["intervals"][measure]
    bar = None if value is None or is_rank(measure) else range_bar(value, whole(interval), chance, ceiling)
    plain = (bounds(interval, digits), shown(chance, digits), shown(ceiling, digits))
    counts = (str(task["queries"] - task["queries_without_relevant"]), str(task["patients"]), str(task["pool"]))
    return element(
        "tr",
        element("td", element("a", name, href=f"#{anchor}"), class_="words"),
        element("td", measure),
        element("td", shown(value, digits), class_="strong"),
        element("td", bar),
        *(element("td", text) for text in (*plain, *counts)),
    )
