"""Bars in groups, one group a k: what a naive script says beside what is true."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.report.axes import share_axis
from retrieval.report.markup import Markup, element
from retrieval.report.svg_base import drawing, label, share_grid

WIDTH, HEIGHT = 460, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 42.0, 446.0, 14.0, 196.0


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars side by side.

    Attributes:
        name: below them.
        values: one a bar; None for none.
    """

    name: str
    values: tuple[float | None, ...]


def bar_chart(groups: Sequence[BarGroup], names: Sequence[str], classes: Sequence[str], said: str) -> Markup:
    """The groups from left to right, shares from 0 to 1.

    Args:
        groups: at least one, all with as many values as there are names.
        names: of the bars in a group.
        classes: their colours.
        said: what a screen reader says.
    """
    up = share_axis(_BOTTOM, _TOP)
    drawn = share_grid(up, _LEFT, _RIGHT)
    room = (_RIGHT - _LEFT) / len(groups)
    wide = min(room * 0.8 / len(names), 22.0)
    for place, group in enumerate(groups):
        middle = _LEFT + (place + 0.5) * room
        drawn.append(label(middle, _BOTTOM + 20, group.name, anchor="middle"))
        for column, value in enumerate(group.values):
            if value is not None:
                x = middle + (column - len(names) / 2) * wide
                words = element("title", f"{group.name}, {names[column]}: {value:.3f}")
                height = _BOTTOM - up.at(value)
                drawn.append(
                    element(
                        "rect", words, x=x + 1, y=up.at(value), width=wide - 2, height=height, class_=classes[column]
                    )
                )
    return drawing(WIDTH, HEIGHT, said, *drawn)
