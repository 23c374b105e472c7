"""Dots with intervals, one row a group: the value, chance as a tick, the whole as a line behind all rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.report.axes import Axis, even_ticks
from retrieval.report.markup import Markup, element
from retrieval.report.svg_base import drawing, label, line, spoken_dot

WIDTH = 460
_ROW, _TOP = 24.0, 30.0
_LEFT, _RIGHT = 160.0, 336.0
_VALUE, _COUNT = 384.0, 456.0
_NAME_LENGTH = 24


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row.

    Attributes:
        name: of the group.
        value: where the dot stands; None where there is none.
        interval: its bounds; None where they are not known.
        chance: where the tick stands; None for no tick.
        shown: the value in words.
        count: what it rests on, in few words.
        marked: whether it is the one to look at.
        others: what others reached at the same, by name: hollow dots.
    """

    name: str
    value: float | None
    interval: tuple[float, float] | None
    chance: float | None
    shown: str
    count: str = ""
    marked: bool = False
    others: tuple[tuple[str, float], ...] = ()


def dot_plot(
    rows: Sequence[DotRow],
    head: str,
    count: str,
    *,
    overall: float | None = None,
    span: tuple[float, float] = (0, 1),
    more_px: float = 0.0,
) -> Markup:
    """The rows, best read from the top.

    Args:
        rows: at least one.
        head: what the groups are.
        count: what the last column counts.
        overall: a value that all rows are compared with.
        span: the ends of the axis.
        more_px: room for longer names than those of groups.
    """
    across = Axis(span[0], span[1], _LEFT + more_px, _RIGHT + more_px)
    bottom = _TOP + len(rows) * _ROW
    drawn = [label(0, 16, head, class_="head"), label(_COUNT + more_px, 16, count, anchor="end")]
    drawn += [line(across.at(tick), _TOP - 6, across.at(tick), bottom, "grid") for tick in _ticks(span)]
    drawn += [label(across.at(tick), bottom + 15, f"{tick:g}", anchor="middle") for tick in _ticks(span)]
    if overall is not None:
        drawn.append(line(across.at(overall), _TOP - 6, across.at(overall), bottom, "overall"))
    for place, row in enumerate(rows):
        drawn += _row(row, across, _TOP + (place + 0.5) * _ROW, more_px)
    said = f"{head}: " + "; ".join(f"{row.name} {row.shown} {row.count}".rstrip() for row in rows)
    return drawing(WIDTH + more_px, bottom + 22, said, *drawn)


def range_bar(
    value: float, interval: tuple[float, float] | None, chance: float | None, ceiling: float | None
) -> Markup:
    """A share on a line of its own, small enough for a table's cell."""
    across = Axis(0, 1, 6, 154)
    drawn = [line(6, 10, 154, 10, "grid")]
    drawn += [line(across.at(interval[0]), 10, across.at(interval[1]), 10, "range hit")] if interval else []
    drawn += [line(across.at(chance), 4, across.at(chance), 16, "chance-tick")] if chance is not None else []
    drawn += [line(across.at(ceiling), 4, across.at(ceiling), 16, "ceiling-tick")] if ceiling is not None else []
    drawn.append(element("circle", cx=across.at(value), cy=10, r=4, class_="dot hit"))
    return drawing(160, 20, "the same as a drawing", *drawn)


def _row(row: DotRow, across: Axis, y: float, more_px: float) -> list[Markup]:
    mark = " marked" if row.marked else ""
    told = short(row.name, round(_NAME_LENGTH * (_LEFT + more_px) / _LEFT))
    name = element("text", element("title", row.name), told, x=0, y=y + 4, class_=f"name{mark}")
    drawn = [name, label(_VALUE + more_px, y + 4, row.shown, anchor="end", class_=f"value{mark}")]
    drawn.append(label(_COUNT + more_px, y + 4, row.count, anchor="end"))
    if row.chance is not None:
        drawn.append(line(across.at(row.chance), y - 6, across.at(row.chance), y + 6, "chance-tick"))
    if row.interval is not None:
        drawn.append(line(across.at(row.interval[0]), y, across.at(row.interval[1]), y, f"range hit{mark}"))
    for who, value in row.others:
        drawn.append(spoken_dot(across.at(value), y, f"{row.name}, {who}: {value:.3f}", "other"))
    if row.value is not None:
        drawn.append(spoken_dot(across.at(row.value), y, f"{row.name}: {row.shown}", f"dot hit{mark}", radius=4.5))
    return drawn


def _ticks(span: tuple[float, float]) -> list[float]:
    low, high = span
    if low < 0:
        return [low, 0.0, high]
    return [tick for tick in even_ticks(high) if tick >= low]


def short(name: str, length: int = _NAME_LENGTH) -> str:
    """A name that fits; the whole of it is in the row's title.

    >>> short("Siemens MAGNETOM Prisma fit")
    'Siemens MAGNETOM Prisma…'
    """
    return name if len(name) <= length else name[: length - 1] + "…"
