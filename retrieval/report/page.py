"""The report as one page: a file that asks nothing of the network, made from the JSON documents alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_comparisons import comparisons as comparison_section
from retrieval.report.page_examples import Slices, examples
from retrieval.report.page_figures import curves, headline, measures_table
from retrieval.report.page_groups import confusions, groups
from retrieval.report.page_made import clusters, made_by, not_scored, subject_name, subject_sentences
from retrieval.report.page_naive import naive
from retrieval.report.page_probes import probes
from retrieval.report.page_reading import reading_box
from retrieval.report.page_sentences import asked_sentences, task_name, task_tags
from retrieval.report.page_style import STYLE
from retrieval.report.page_summary import summary_table, task_anchor
from retrieval.report.words import counted

Document = Mapping[str, Any]

_NO_SLICES: Slices = {}


def as_page(documents: Sequence[Document], *, slices: Slices = _NO_SLICES, comparisons: Sequence[Document] = ()) -> str:
    """One HTML file, without any request to elsewhere.

    Args:
        documents: evaluations as JSON (`document.py`), in the order of the page; at least one.
        slices: a PNG by the id of an item, for the examples.
        comparisons: paired comparisons of two runs, an object each (`page_comparisons.py` names its fields).
    """
    names = document_names(documents)
    body = element(
        "main",
        *_opening(documents, names),
        *([element("section", *comparison_section(comparisons), class_="document")] if comparisons else []),
        *(_document(number, one, names[number], slices) for number, one in enumerate(documents)),
        element(
            "footer",
            element("p", "Made by mrseek from its report.json; nothing is loaded from anywhere.", class_="small"),
        ),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"Retrieval recall: {', '.join(names)}"),
        element("style", Markup(STYLE)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def document_names(documents: Sequence[Document]) -> list[str]:
    """What each document is called on the page: its subject, told apart by the encoder, then by number.

    Two collections of one name by two encoders are the usual comparison.
    """
    names = [subject_name(one) for one in documents]
    encoders = [one["subject"]["encoder"]["name"] if one["subject"] else "" for one in documents]
    named = [
        f"{name}, {encoder}" if names.count(name) > 1 and encoder else name
        for name, encoder in zip(names, encoders, strict=True)
    ]
    return [f"{name} ({place + 1})" if named.count(name) > 1 else name for place, name in enumerate(named)]


def _opening(documents: Sequence[Document], names: Sequence[str]) -> list[Markup]:
    table = summary_table(documents, names)
    nothing = element("p", "Nothing could be scored. The reasons are below.", class_="note")
    legend = (
        "Dot: the value; bar: its 95 % interval, by patient; ticks: chance (grey) and ceiling (green). Queries without "
        "anything relevant in the pool are not counted."
    )
    return [
        element("p", "mrseek recall benchmark", class_="kicker"),
        element("h1", "What was found, and what chance would have found"),
        element("p", _lead(documents, names), class_="lead"),
        *([table, element("p", legend, class_="small")] if table else [nothing]),
        reading_box(),
    ]


def _lead(documents: Sequence[Document], names: Sequence[str]) -> str:
    scored = sum(len(one["tasks"]) for one in documents)
    return (
        f"{', '.join(names)}. {counted(scored, 'task')} scored; "
        "every number stands beside the one that luck would give."
    )


def _document(number: int, document: Document, name: str, slices: Slices) -> Markup:
    tasks = [_task(task, task_anchor(number, place), slices) for place, task in enumerate(document["tasks"])]
    asked = probes(document["probes"])
    return element(
        "section",
        element("h2", name, id=f"d{number + 1}"),
        element("p", subject_sentences(document), class_="lead"),
        *tasks,
        *([element("section", *asked, class_="task")] if asked else []),
        *clusters(document),
        *not_scored(document),
        made_by(document),
        class_="document",
    )


def _task(task: Document, anchor: str, slices: Slices) -> Markup:
    tags = (element("span", tag, class_="tag") for tag in task_tags(task))
    notes = (element("p", element("b", "Note"), note, class_="note", role="note") for note in task["notes"])
    return element(
        "section",
        element("h3", task_name(task), *tags),
        element("p", asked_sentences(task)),
        *headline(task),
        *notes,
        *curves(task),
        *measures_table(task),
        *groups(task),
        *confusions(task),
        *naive(task),
        *examples(task, slices),
        id=anchor,
        class_="task",
    )
