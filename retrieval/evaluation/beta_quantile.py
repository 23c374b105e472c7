"""Quantiles of the beta and of Student's t distribution, so that an evaluation does not need SciPy for two numbers."""

import functools
import math
from statistics import NormalDist

_TINY = 1e-300  # keeps the continued fraction from dividing by zero
_CLOSE = 1e-14  # of the fraction
_NEAR = 1e-12  # of a quantile; nearer steps are rounding


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for 0 <= x <= 1, a > 0, b > 0.

    >>> round(beta_cdf(0.5, 2.0, 2.0), 12), round(beta_cdf(0.1, 1.0, 3.0), 12)
    (0.5, 0.271)

    Source: DLMF 8.17.22 (continued fraction), summed by Lentz's method as in Press et al., Numerical Recipes, 6.4.
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):  # where the fraction converges fast for the mirrored one
        return 1.0 - beta_cdf(1.0 - x, b, a)
    return math.exp(_log_front(x, a, b)) / a * _continued_fraction(x, a, b)


def beta_quantile(p: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = p: Newton's steps, halving the bracket wherever one would leave it.

    >>> round(beta_quantile(0.975, 1.0, 12.0), 6), round(1 - 0.025 ** (1 / 12), 6)
    (0.264648, 0.264648)
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        excess = beta_cdf(x, a, b) - p
        low, high = (low, x) if excess > 0.0 else (x, high)
        slope = math.exp(min(_log_front(x, a, b), 600.0)) / (x * (1.0 - x)) if 0.0 < x < 1.0 else 0.0
        nearer = x - excess / slope if slope > 0.0 else -1.0
        nearer = nearer if low < nearer < high else (low + high) / 2.0
        if abs(nearer - x) <= _NEAR * nearer or nearer < _TINY:
            return nearer
        x = nearer
    return x


@functools.lru_cache(maxsize=1024)  # measures of the same patients ask the same
def student_quantile(p: float, freedom: float) -> float:
    """The upper quantile of Student's t, for 0.5 < p < 1 and any degrees of freedom above 0, whole or not.

    >>> round(student_quantile(0.975, 11), 3), round(student_quantile(0.975, 1e9), 3)
    (2.201, 1.96)

    Source: T^2 / (T^2 + freedom) is beta(1/2, freedom / 2).
    """
    if freedom > 1e7:
        return NormalDist().inv_cdf(p)
    share = beta_quantile(2.0 * p - 1.0, 0.5, freedom / 2.0)
    return math.sqrt(freedom * share / (1.0 - share)) if share < 1.0 else math.inf


def _log_front(x: float, a: float, b: float) -> float:
    """The logarithm of x^a (1 - x)^b / B(a, b)."""
    return math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)


def _continued_fraction(x: float, a: float, b: float) -> float:
    ratio, inverse = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    value = inverse
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            inverse = 1.0 / _away(1.0 + term * inverse)
            ratio = _away(1.0 + term / ratio)
            value *= ratio * inverse
        if abs(ratio * inverse - 1.0) < _CLOSE:
            break
    return value


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
