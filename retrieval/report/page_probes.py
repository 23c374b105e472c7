"""Probes (is a denial understood, is the side?) and paired comparisons of two runs."""

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
            _shares(one.get("directions", ())),
            _shares(one.get("references", ())),
            one.get("note", ""),
        )
        for one in found
    ]
    return table(head, rows, words=(0, 1, 2, 8, 9, 10))


def _shares(shares: Sequence[Document]) -> str:
    return ", ".join(f"{one['name']} {shown(one['value'])} ({one['n']})" for one in shares) or "-"


def comparisons(found: Sequence[Document]) -> list[Markup]:
    """Two runs compared query by query: whatever the comparison says of itself, and its effects drawn."""
    if not found:
        return []
    columns = list(dict.fromkeys(name for one in found for name, value in one.items() if not _nested(value)))
    rows = [[_cell(one.get(name)) for name in columns] for one in found]
    drawn = [one for one in found if isinstance(one.get("effect"), int | float)]
    plot = [element("figure", _effects(drawn))] if drawn else []
    words = (
        "Two runs on the same queries, compared query by query. The interval is of the difference, by patient; where "
        "it holds 0, the data do not tell the two apart. p corrected: for all comparisons of the table together."
    )
    named = [name.replace("_", " ") for name in columns]
    numeric = {place for place, name in enumerate(columns) if not isinstance(_first(found, name), str)}
    texts = [place for place in range(len(columns)) if place not in numeric]
    return [
        element("h2", "Compared, query by query"),
        element("p", words),
        *plot,
        table(named, rows, words=texts),
    ]


def _effects(found: Sequence[Document]) -> Markup:
    ends = [abs(end) for one in found for end in (one["effect"], *(whole(one.get("interval")) or ()))]
    reach = max(0.05, *ends)
    rows = [
        DotRow(
            name=" ".join(str(one[key]) for key in ("task", "channel", "measure") if key in one) or "difference",
            value=one["effect"],
            interval=whole(one.get("interval")),
            chance=None,
            shown=f"{one['effect']:+.3f}",
        )
        for one in found
    ]
    reach = round(reach + 0.005, 2)
    return dot_plot(rows, "Difference", "", overall=0.0, span=(-reach, reach))


def _nested(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _first(found: Sequence[Document], name: str) -> object:
    return next((one[name] for one in found if one.get(name) is not None), None)


def _cell(value: object) -> str:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(end, int | float | None) for end in value):
        return bounds(value)
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else plain(value)
