"""Progress of scoring on stderr: a bar for each task on a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Any, Self

from cli.talk import say

_LINE_EVERY_S = 15.0


class ScoringLines:
    """For logs and pipes: silent for 15 seconds, then a line every 15."""

    def __init__(self) -> None:
        self._next_line = time.monotonic() + _LINE_EVERY_S

    def __call__(self, what: str, done: int, total: int) -> None:
        """Says how far it is, if it is time to."""
        if time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_EVERY_S
            say(f"{what}: {done} of {total} queries")

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""


class ScoringBars:
    """For a terminal: one bar a task, gone when all is done."""

    def __init__(self) -> None:
        from rich import progress as bars
        from rich.console import Console

        self._bars: Any = bars.Progress(
            bars.TextColumn("{task.description:32}"),
            bars.BarColumn(bar_width=24),
            bars.MofNCompleteColumn(),
            bars.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, Any] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Moves the task's bar."""
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)

    def __enter__(self) -> Self:
        """Shows the bars."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes them away."""
        self._bars.stop()


def show_scoring() -> ScoringBars | ScoringLines:
    """Bars where a person watches, lines elsewhere."""
    return ScoringBars() if sys.stderr.isatty() else ScoringLines()
