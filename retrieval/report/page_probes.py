"""Probes: is a denial understood, is the side?"""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_table import table
from retrieval.report.svg_dots import DotRow, dot_plot
from retrieval.report.words import bounds, plain, shown, whole

Document = Mapping[str, Any]


def probes(found: Sequence[Document]) -> list[Markup]:
    """All probes of a document; nothing where none were asked for."""
    if not found:
        return []
    asked = [one for one in found if one["value"] is not None]
    drawn = [element("figure", dot_plot(list(map(_row, asked)), "Share of right answers", "n"))] if asked else []
    words = (
        "A sentence of a report and the same sentence rewritten (denied, other side, other region): which of the two "
        "is nearer to the study? A coin gets 0.5. Region and sequence are controls: a model that can search at all "
        "should see them. Hollow dots are others who were asked the same: readers of words or letters alone, or the "
        "studies of other patients. What they reach as well was guessed, not understood."
    )
    return [
        element("h3", "Probes: are denial and side understood?"),
        element("p", words),
        *drawn,
        element("details", element("summary", "All probes as numbers, with other readers"), _probe_table(found)),
    ]


def _row(one: Document) -> DotRow:
    return DotRow(
        name=_probe_name(one),
        value=one["value"],
        interval=whole(one["interval"]),
        chance=one["chance"],
        shown=shown(one["value"]),
        count=str(one["n"]),
        others=tuple((each["name"], each["value"]) for each in one.get("references", ()) if each["value"] is not None),
    )


def _probe_name(one: Document) -> str:
    return f"{'control: ' if one.get('control') else ''}{one['kind']}, {one.get('channel') or 'text'}"


def _probe_table(found: Sequence[Document]) -> Markup:
    head = ("probe", "asked", "of", "n", "patients", "right", "95 % interval", "chance", "each way", "others", "note")
    rows = [
        (
            f"{one['kind']} (control)" if one.get("control") else one["kind"],
            one.get("form", ""),
            one.get("channel") or "text",
            str(one["n"]) if one["n"] == one.get("found", one["n"]) else f"{one['n']} of {one['found']}",
            plain(one.get("patients")) if one.get("patients") is not None else "-",
            shown(one["value"]),
            bounds(one["interval"]),
            shown(one["chance"]),
            _lines(_shares(one.get("directions", ()))),
            _lines(_shares(one.get("references", ()))),
            _lines(one.get("note", "")),
        )
        for one in found
    ]
    return table(head, rows, words=(0, 1, 2, 8, 9, 10))


def _lines(text: str) -> Markup | None:
    """Words that may take several lines."""
    return element("div", text, class_="lines") if text else None


def _shares(shares: Sequence[Document]) -> str:
    return ", ".join(f"{one['name']} {shown(one['value'])} ({one['n']})" for one in shares) or "-"
