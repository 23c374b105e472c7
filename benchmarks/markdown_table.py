"""Tables as Markdown has them."""

from collections.abc import Sequence


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; every cell as `str` prints it.

    >>> print(markdown_table(["model", "top 1"], [["random", 0.1]]))
    | model | top 1 |
    |---|---|
    | random | 0.1 |
    """
    lines = [_line(head), "|" + "---|" * len(head), *(_line([str(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
