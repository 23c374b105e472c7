"""When each slice of a series is acquired: dcm2niix warns about a Siemens series whose slices all bear one time."""

import numpy as np

_TICK_MS = 2.5  # scanners count in these


def interleaved_times_ms(slices: int, tr_ms: float) -> list[float]:
    """Each slice's time within the repetition: every other slice first, the rest after, as Siemens orders them.

    >>> interleaved_times_ms(4, 1000)
    [500.0, 0.0, 750.0, 250.0]
    """
    first = 1 - slices % 2
    order = [*range(first, slices, 2), *range(1 - first, slices, 2)]
    times = np.empty(slices)
    times[order] = np.rint(np.arange(slices) * tr_ms / slices / _TICK_MS) * _TICK_MS
    return [float(time) for time in times]
