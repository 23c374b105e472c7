"""What changes with the step: functions of the step alone, so that a resumed run needs no memory of them."""

from math import cos, pi


def learning_rate(step: int, *, steps: int, warmup: int, peak: float, final: float) -> float:
    """Linear from 0 to `peak` over the warm-up, then half a cosine down to `final`.

    Source: Loshchilov and Hutter 2017, "SGDR", eq. 5, one period; the warm-up is Goyal et al. 2017, section 2.2.

    >>> [round(learning_rate(s, steps=10, warmup=2, peak=1.0, final=0.0), 3) for s in (0, 1, 2, 6, 10)]
    [0.5, 1.0, 1.0, 0.5, 0.0]
    """
    if step < warmup:
        return peak * (step + 1) / warmup
    return cosine(step - warmup, steps - warmup, peak, final)


def cosine(step: int, steps: int, start: float, end: float) -> float:
    """Half a cosine from `start` at step 0 to `end` at step `steps` and after.

    >>> [cosine(s, 4, 0.0, 1.0).__round__(3) for s in (0, 2, 4, 9)]
    [0.0, 0.5, 1.0, 1.0]
    """
    share = min(1.0, step / max(1, steps))
    return end + (start - end) * (1 + cos(pi * share)) / 2


def ramp(step: int, steps: int, start: float, end: float) -> float:
    """A straight line from `start` to `end` over `steps`, then `end`.

    >>> [ramp(s, 2, 1.0, 3.0) for s in (0, 1, 2, 5)]
    [1.0, 2.0, 3.0, 3.0]
    """
    return start + (end - start) * min(1.0, step / max(1, steps))
