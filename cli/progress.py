"""Progress of long work on stderr: bars with rate, time left and failures on a terminal, lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Any, Self

from cli.talk import say
from indexer.progress import Phase, Progress

_LABELS = {
    Phase.SCAN: "reading headers",
    Phase.IMAGES: "decoding and embedding series",
    Phase.CARDS: "embedding cards",
    Phase.REPORTS: "embedding reports",
    Phase.PUBLISH: "publishing",
}
_LINE_EVERY_S = 15.0


class ProgressLines:
    """For logs and pipes: one line when a phase ends, and one every 15 seconds within it."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._next_line = time.monotonic() + _LINE_EVERY_S

    def __call__(self, progress: Progress) -> None:
        """Says how far the phase is, if it is time to."""
        if self._last is not None and self._last.phase is not progress.phase:
            self._say(self._last)
        elif time.monotonic() >= self._next_line:
            self._say(progress)
        self._last = progress

    def _say(self, progress: Progress) -> None:
        self._next_line = time.monotonic() + _LINE_EVERY_S
        say(describe(progress))

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Says how the last phase ended."""
        if self._last is not None:
            self._say(self._last)


class ProgressBars:
    """For a terminal: one bar a phase."""

    def __init__(self) -> None:
        from rich import progress as bars
        from rich.console import Console

        self._bars: Any = bars.Progress(
            bars.TextColumn("{task.description:32}"),
            bars.BarColumn(bar_width=24),
            bars.MofNCompleteColumn(),
            bars.TextColumn("{task.fields[rate]}"),
            bars.TimeRemainingColumn(),
            bars.TextColumn("[red]{task.fields[failed]}"),
            console=Console(stderr=True),
        )
        self._tasks: dict[Phase, Any] = {}

    def __call__(self, progress: Progress) -> None:
        """Moves the phase's bar."""
        task = self._tasks.get(progress.phase)
        if task is None:
            task = self._bars.add_task(_LABELS[progress.phase], total=progress.total, rate="", failed="")
            self._tasks[progress.phase] = task
        self._bars.update(
            task,
            completed=progress.done,
            total=progress.total,
            rate=f"{progress.rate:.1f}/s" if progress.rate else "",
            failed=f"{progress.failures} failed" if progress.failures else "",
        )

    def __enter__(self) -> Self:
        """Shows the bars."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves them as they stand."""
        self._bars.stop()


def show_progress() -> ProgressBars | ProgressLines:
    """Bars where a person watches, lines elsewhere."""
    return ProgressBars() if sys.stderr.isatty() else ProgressLines()


def describe(progress: Progress) -> str:
    """Progress in words: how far, how fast, how long yet, what failed.

    >>> describe(Progress(Phase.IMAGES, 50, 110, failures=1, rate=20.0))
    'decoding and embedding series: 50 of 110, 20.0/s, 3 s left, 1 failed'
    """
    words = f"{_LABELS[progress.phase]}: {progress.done}"
    if progress.total is not None:
        words += f" of {progress.total}"
    if progress.rate:
        words += f", {progress.rate:.1f}/s"
        if progress.total is not None and progress.done < progress.total:
            words += f", {(progress.total - progress.done) / progress.rate:.0f} s left"
    return words + (f", {progress.failures} failed" if progress.failures else "")
