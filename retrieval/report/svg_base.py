"""The frame of every drawing: it scales with the page, says aloud what it shows, takes its colours from there."""

from retrieval.report.axes import Axis
from retrieval.report.markup import Child, Markup, element, number


def drawing(width: float, height: float, said: str, *children: Child) -> Markup:
    """An inline SVG, never wider than drawn; `said` is what a screen reader says of it."""
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=said,
    )


def label(x: float, y: float, text: str, *, anchor: str = "start", class_: str = "tick") -> Markup:
    """Words on a drawing; `y` is their base line."""
    return element("text", text, x=x, y=y, text_anchor=anchor, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: list[tuple[float, float]], class_: str, *, closed: bool = False) -> Markup:
    """A line through points, or the area inside them.

    >>> path([(0.0, 1.0), (2.0, 3.5)], "line")
    '<path d="M0 1L2 3.5" class="line"/>'
    """
    steps = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element("path", d=f"M{steps}{'Z' if closed else ''}", class_=class_)


def spoken_dot(x: float, y: float, words: str, class_: str, *, radius: float = 3.5) -> Markup:
    """A dot that tells its numbers where the pointer rests."""
    return element("circle", element("title", words), cx=x, cy=y, r=radius, class_=class_)


def share_grid(axis: Axis, left: float, right: float) -> list[Markup]:
    """Quiet lines at quarters of a share, named at the left."""
    marks: list[Markup] = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        marks.append(line(left, axis.at(tick), right, axis.at(tick), "grid"))
        marks.append(label(left - 6, axis.at(tick) + 4, f"{tick:g}", anchor="end"))
    return marks
