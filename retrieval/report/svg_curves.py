"""A measure over k: the line, its interval as a band, chance and ceiling beside it; k on a logarithmic axis."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from retrieval.report.axes import Axis, log_ticks, share_axis
from retrieval.report.markup import Markup
from retrieval.report.svg_base import drawing, label, line, path, share_grid, spoken_dot
from retrieval.report.words import bounds, shown

WIDTH, HEIGHT = 460, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 446.0, 26.0, 232.0

Point = tuple[int, Mapping[str, Any]]
"""k, and the figure there: value, interval, chance, ceiling; None for what does not exist."""


def curve_axes(ks: Sequence[int]) -> tuple[Axis, Axis]:
    """The axes of k and of the share."""
    return Axis(min(ks), max(ks), _LEFT + 8, _RIGHT - 8, log=True), share_axis(_BOTTOM, _TOP)


def curve(points: Sequence[Point], name: str, hue: str) -> Markup:
    """The curve of one measure; at least one point.

    Args:
        points: in ascending order of k.
        name: of the measure, without its k.
        hue: class of its colour.
    """
    ks = [k for k, _ in points]
    across, up = curve_axes(ks)

    def places(field: str) -> list[tuple[float, float]]:
        return [(across.at(k), up.at(one[field])) for k, one in points if one[field] is not None]

    drawn = [
        *share_grid(up, _LEFT, _RIGHT),
        *(label(across.at(tick), _BOTTOM + 18, str(tick), anchor="middle") for tick in log_ticks(ks[0], ks[-1])),
        label(_LEFT, 14, f"{name}@k", class_="head"),
        label(_RIGHT, _BOTTOM + 34, "k, the first hits that count", anchor="end"),
        *_bands(points, across, up, hue),
        *_lines(places("ceiling"), "ceiling"),
        *_lines(places("chance"), "chance"),
        *_lines(places("value"), f"curve {hue}"),
        *(
            spoken_dot(across.at(k), up.at(one["value"]), spoken(name, k, one), f"dot {hue}")
            for k, one in points
            if one["value"] is not None
        ),
    ]
    said = f"{name}@k over k. " + "; ".join(spoken(name, k, one) for k, one in points)
    return drawing(WIDTH, HEIGHT, said, *drawn)


def spoken(name: str, k: int, figure: Mapping[str, Any]) -> str:
    """All numbers of a point."""
    return (
        f"{name}@{k} {shown(figure['value'])} ({bounds(figure['interval'])}), "
        f"chance {shown(figure['chance'])}, ceiling {shown(figure['ceiling'])}"
    )


def _lines(places: list[tuple[float, float]], class_: str) -> list[Markup]:
    if len(places) == 1:
        ((x, y),) = places
        return [line(x - 8, y, x + 8, y, class_)]
    return [path(places, class_)] if places else []


def _bands(points: Sequence[Point], across: Axis, up: Axis, hue: str) -> list[Markup]:
    """The interval as an area, broken where there is none; of a lone point as a bar."""
    marks = []
    for known, run in groupby(points, key=lambda one: _bounded(one[1])):
        members = list(run) if known else []
        lows = [(across.at(k), up.at(one["interval"][0])) for k, one in members]
        highs = [(across.at(k), up.at(one["interval"][1])) for k, one in members]
        if len(members) == 1:
            marks.append(line(*lows[0], *highs[0], f"range {hue}"))
        elif members:
            marks.append(path([*lows, *reversed(highs)], f"band {hue}", closed=True))
    return marks


def _bounded(figure: Mapping[str, Any]) -> bool:
    return figure["interval"] is not None and None not in figure["interval"]
