"""A table of the page: words to the left, numbers to the right, wide ones scroll on a phone."""

from collections.abc import Collection, Sequence

from retrieval.report.markup import Child, Markup, element

Cells = Sequence[Child]


def table(head: Sequence[str], rows: Sequence[Cells], *, words: Collection[int] = (0,), strong: int = -1) -> Markup:
    """A table with one head.

    Args:
        head: names of the columns.
        rows: the cells.
        words: columns that hold words.
        strong: the row that is set in bold.
    """
    body = [
        row_of(cells, words, class_="headline-row" if place == strong else None) for place, cells in enumerate(rows)
    ]
    return scrolling(element("table", head_of(head, words), element("tbody", *body)))


def head_of(head: Sequence[str], words: Collection[int]) -> Markup:
    """The names of the columns."""
    cells = (element("th", name, scope="col", class_=_class(place, words)) for place, name in enumerate(head))
    return element("thead", element("tr", *cells))


def row_of(cells: Cells, words: Collection[int], *, class_: str | None = None) -> Markup:
    """One row."""
    return element(
        "tr", *(element("td", cell, class_=_class(place, words)) for place, cell in enumerate(cells)), class_=class_
    )


def scrolling(child: Markup) -> Markup:
    """Something wide, which moves sideways where the page is narrow."""
    return element("div", child, class_="scroll")


def _class(place: int, words: Collection[int]) -> str | None:
    return "words" if place in words else None
