"""How far an audit is, for whoever wants to show it."""

from typing import Protocol


class Listener(Protocol):
    """Is told about steps, often; must return quickly."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` units of a step are finished."""
        ...


def silent(step: str, done: int, total: int) -> None:
    """A listener that shows nothing."""
