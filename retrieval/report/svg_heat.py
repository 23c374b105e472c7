"""Which class was found for which: darker where more of a row's queries went, with the counts on top."""

from collections.abc import Sequence

from retrieval.report.markup import Markup, element
from retrieval.report.svg_base import drawing, label

_CELL, _NAMES, _TOP = 30.0, 112.0, 84.0
_COUNT, _SLANT = 40.0, 24.0  # the counts at the right; the last slanted name
_DARK = 0.55  # from this share on, counts are written in the colour of the paper
_NAME_LENGTH = 15


def heat_map(classes: Sequence[str], counts: Sequence[Sequence[float]], head: str) -> Markup:
    """Queries in rows, their first hits in columns.

    Args:
        classes: of rows and columns, in order.
        counts: shape (classes, classes).
        head: what the classes are.
    """
    asked = [place for place, row in enumerate(counts) if sum(row) > 0]
    width = heat_width(len(classes))
    drawn = [label(0, 13, head[:1].upper() + head[1:], class_="head"), label(_NAMES, 13, "of the first hit")]
    drawn.append(label(_NAMES - 8, _TOP - 10, "of the query", anchor="end"))
    for place, name in enumerate(classes):
        x, y = _NAMES + (place + 0.62) * _CELL, _TOP - 8
        drawn.append(element("text", _fit(name), x=x, y=y, transform=f"rotate(-45 {x:g} {y:g})", class_="name"))
    for height, place in enumerate(asked):
        drawn += _row(classes, counts[place], place, _TOP + height * _CELL)
    return drawing(width, _TOP + len(asked) * _CELL + 4, _said(classes, counts, head), *drawn)


def heat_width(classes: int) -> float:
    """Pixels that a map of so many classes takes."""
    return _NAMES + classes * _CELL + _COUNT + _SLANT


def _row(classes: Sequence[str], row: Sequence[float], place: int, y: float) -> list[Markup]:
    total = sum(row)
    drawn = [label(_NAMES - 8, y + 19, _fit(classes[place]), anchor="end", class_="name")]
    for column, count in enumerate(row):
        drawn += _cell(_NAMES + column * _CELL, y, count, count / total, (classes[place], classes[column]))
    drawn.append(label(_NAMES + len(row) * _CELL + 8, y + 19, count_text(total)))
    return drawn


def _cell(x: float, y: float, count: float, share: float, names: tuple[str, str]) -> list[Markup]:
    asked, found = names
    side = _CELL - 2
    kind = "cell own" if asked == found else "cell"
    ground = element("rect", x=x + 1, y=y + 1, width=side, height=side, class_="ground")
    if not count:
        return [ground]
    words = element("title", f"{asked} asked, {found} found: {count_text(count)} ({share:.0%})")
    rect = element("rect", words, x=x + 1, y=y + 1, width=side, height=side, class_=kind, fill_opacity=share)
    text = "cell-dark" if share >= _DARK else "cell-light"
    return [ground, rect, label(x + _CELL / 2, y + 19, count_text(count), anchor="middle", class_=text)]


def count_text(count: float) -> str:
    """A count; to a tenth where queries of several classes are shared among them.

    >>> count_text(21.0), count_text(0.333)
    ('21', '0.3')
    """
    return f"{count:.0f}" if float(count).is_integer() else f"{count:.1f}"


def _fit(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"


def _said(classes: Sequence[str], counts: Sequence[Sequence[float]], head: str) -> str:
    own = sum(row[place] for place, row in enumerate(counts))
    total = sum(map(sum, counts))
    return f"{head} of the first hit by {head} of the query: {count_text(own)} of {count_text(total)} alike"
