"""Where the time of a query went."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from types import MappingProxyType


@dataclass(slots=True)
class Stopwatch:
    """Adds up milliseconds by step, in the order in which steps were first taken."""

    steps: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=perf_counter)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts what happens inside towards `name`."""
        start = perf_counter()
        try:
            yield
        finally:
            self.steps[name] = self.steps.get(name, 0.0) + 1000 * (perf_counter() - start)

    def read(self) -> MappingProxyType[str, float]:
        """Every step, and "total" since the start."""
        return MappingProxyType({**self.steps, "total": 1000 * (perf_counter() - self.started)})
