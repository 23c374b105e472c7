"""From a value to a place on the drawing, and where the ticks stand."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """A straight map from [low, high] to pixels; of the logarithms where `log` is set.

    Attributes:
        low: value at `start`; above 0 for a logarithmic axis.
        high: value at `stop`.
        start: pixels.
        stop: pixels; below `start` for an axis that grows upwards.
        log: whether equal ratios are equal lengths.
    """

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a value, in pixels; at the nearer end where it lies outside.

        >>> Axis(0.0, 1.0, 200.0, 0.0).at(0.25), Axis(1, 100, 0.0, 50.0, log=True).at(10)
        (150.0, 25.0)
        """
        low, high, here = (math.log(one) if self.log else one for one in (self.low, self.high, max(value, self._least)))
        share = (here - low) / (high - low) if high > low else 0.5
        return self.start + min(max(share, 0.0), 1.0) * (self.stop - self.start)

    @property
    def _least(self) -> float:
        return self.low if self.log else -math.inf


def share_axis(start: float, stop: float) -> Axis:
    """From nothing to all."""
    return Axis(0.0, 1.0, start, stop)


def log_ticks(low: int, high: int) -> list[int]:
    """1, 2, 5, 10, 20 ... within [low, high], thinned to powers of ten where they would crowd.

    >>> log_ticks(1, 56), log_ticks(1, 3000)
    ([1, 2, 5, 10, 20, 50], [1, 10, 100, 1000])
    """
    decades = range(math.floor(math.log10(max(low, 1))), math.floor(math.log10(max(high, 1))) + 1)
    steps = (1,) if high > 400 * low else (1, 2, 5)
    return [step * 10**power for power in decades for step in steps if low <= step * 10**power <= high]


def even_ticks(high: float) -> list[float]:
    """Round steps from 0 to `high`, four or five of them.

    >>> even_ticks(1.0), even_ticks(37.0)
    ([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 10.0, 20.0, 30.0])
    """
    if high <= 1.0:
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    unit = 10.0 ** math.floor(math.log10(high))
    step = next(part * unit for part in (0.2, 0.25, 0.5, 1.0, 2.0) if high / (part * unit) <= 5)
    return [place * step for place in range(int(high / step) + 1)]
