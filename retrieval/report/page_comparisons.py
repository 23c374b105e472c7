"""Two runs compared query by query: the differences drawn, and their table."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.report.markup import Markup, element
from retrieval.report.page_table import table
from retrieval.report.svg_dots import DotRow, dot_plot
from retrieval.report.words import bounds, digits_of, is_rank, plain, whole

Document = Mapping[str, Any]

_COLUMNS = (
    *("task", "channel", "measure", "a", "value_a", "b", "value_b"),
    *("effect", "interval", "p", "p_corrected", "queries", "patients"),
)
_WHO = ("b", "a", "task", "channel")
_LEAST_REACH = 0.05  # a plot of tiny differences must not look like one of large ones


def comparisons(found: Sequence[Document]) -> list[Markup]:
    """The section; nothing where there is nothing to compare.

    Args:
        found: an object each, with some of: task, channel, measure, a and b (names of the runs), value_a, value_b,
            effect (b less a), interval ([low, high] or null), p, p_corrected, queries, patients. Other words and
            numbers become columns.
    """
    if not found:
        return []
    named = [name for one in found for name, value in one.items() if not isinstance(value, Mapping)]
    present = set(named)
    columns = [name for name in dict.fromkeys((*_COLUMNS, *named)) if name in present]
    texts = [place for place, name in enumerate(columns) if isinstance(_first(found, name), str)]
    drawn = [one for one in found if isinstance(one.get("effect"), int | float) and not is_rank(_measure(one))]
    words = (
        "Run b less run a, on the same queries. The interval is of the difference, by patient: where it holds 0, the "
        "data do not tell the two apart. p: how often chance alone would make a difference as large; p corrected: the "
        "same, for all rows of the table together."
    )
    return [
        element("h2", "Compared, query by query"),
        element("p", words),
        *([element("figure", _effects(drawn))] if drawn else []),
        table(
            [name.replace("_", " ") for name in columns],
            [[_cell(name, one) for name in columns] for one in found],
            words=texts,
        ),
    ]


def _effects(found: Sequence[Document]) -> Markup:
    ends = [abs(end) for one in found for end in (one["effect"], *(whole(one.get("interval")) or ()))]
    reach = round(max(_LEAST_REACH, *ends) + 0.005, 2)
    telling = [key for key in _WHO if len({one.get(key) for one in found}) > 1]
    rows = [
        DotRow(
            name=", ".join([_measure(one) or "difference", *(str(one[key]) for key in telling if one.get(key))]),
            value=one["effect"],
            interval=whole(one.get("interval")),
            chance=None,
            shown=f"{one['effect']:+.3f}",
        )
        for one in found
    ]
    return dot_plot(rows, "Difference, b less a", "", overall=0.0, span=(-reach, reach), more_px=280.0)


def _measure(one: Document) -> str:
    return str(one.get("measure") or "")


def _first(found: Sequence[Document], name: str) -> object:
    return next((one[name] for one in found if one.get(name) is not None), None)


def _cell(name: str, one: Document) -> str:
    value, digits = one.get(name), digits_of(_measure(one))
    if value is None:
        return "-"
    if name == "interval":
        return bounds(value, digits)
    if name.startswith("p") and isinstance(value, float):
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    return f"{value:.{digits}f}" if isinstance(value, float) else plain(value)
