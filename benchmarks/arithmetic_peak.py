"""How fast this machine multiplies matrices: what the speed of an encoder is a share of."""

import time

from torch import Tensor

_SIZES = (512, 1024, 2048)


def matrix_peak(kind: str, seconds: float = 3.0) -> float:
    """Floating-point operations a second of the fastest square product met, in numbers of a torch type.

    A product of n x n matrices is 2 n^3 operations. The best of many runs of several sizes: a peak, not a mean.

    Args:
        kind: "bfloat16" or "float32".
        seconds: about how long is tried, shared among the sizes.
    """
    import torch

    best = 0.0
    for size in _SIZES:
        left, right = (torch.randn(size, size).to(getattr(torch, kind)) for _ in range(2))
        until = time.perf_counter() + seconds / len(_SIZES)
        while time.perf_counter() < until:
            best = max(best, 2 * size**3 / _seconds(left, right))
    return best


def _seconds(left: Tensor, right: Tensor) -> float:
    began = time.perf_counter()
    left @ right
    return time.perf_counter() - began
