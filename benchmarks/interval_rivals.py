"""The intervals that `mean_interval` was chosen over: four bootstraps of patients, many samples at a time.

Source: Efron and Tibshirani 1993, chapters 12 to 14 (bootstrap-t, percentiles, BCa); Efron, "Better Bootstrap
Confidence Intervals", JASA 1987; Hesterberg 2015 (expanded percentiles).
"""

from collections.abc import Mapping
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.beta_quantile import student_quantile

Floats = NDArray[np.float64]
Bounds = tuple[Floats, Floats]  # lower and upper, each of shape (samples,)

_DRAWS = 1000
_AT_ONCE = 200  # samples that share their draws of patients
_CDF, _QUANTILE = (np.vectorize(one, otypes=[np.float64]) for one in (NormalDist().cdf, NormalDist().inv_cdf))


class Rival(StrEnum):
    """A way to make an interval of draws."""

    PERCENTILE = "percentile bootstrap"
    EXPANDED = "percentile, expanded"
    BCA = "BCa bootstrap"
    STUDENT = "bootstrap-t"


def rival_bounds(sums: Floats, sizes: Floats, generator: np.random.Generator) -> Mapping[Rival, Bounds]:
    """Intervals of sums / sizes, both of shape (samples, patients): what each patient's queries score, and how many."""
    parts = [
        _bounds(sums[start : start + _AT_ONCE], sizes[start : start + _AT_ONCE], generator)
        for start in range(0, len(sums), _AT_ONCE)
    ]
    return {
        rival: (np.concatenate([p[rival][0] for p in parts]), np.concatenate([p[rival][1] for p in parts]))
        for rival in Rival
    }


def _bounds(sums: Floats, sizes: Floats, generator: np.random.Generator) -> Mapping[Rival, Bounds]:
    patients = sums.shape[1]
    counts = generator.multinomial(patients, np.full(patients, 1 / patients), size=_DRAWS).astype(np.float64).T
    queries = sizes @ counts
    means = (sums @ counts) / queries  # (samples, draws)
    mean = sums.sum(1, keepdims=True) / sizes.sum(1, keepdims=True)
    tail = float(_CDF(-np.sqrt(patients / (patients - 1)) * student_quantile(0.975, patients - 1)))
    squares = (sums**2) @ counts - 2 * means * ((sums * sizes) @ counts) + means**2 * ((sizes**2) @ counts)
    errors = np.sqrt(np.maximum(squares, 0.0)) / queries
    own_error = np.sqrt(((sums - mean * sizes) ** 2).sum(1)) / sizes.sum(1)
    return {
        Rival.PERCENTILE: _quantiles(means, 0.025),
        Rival.EXPANDED: _quantiles(means, tail),
        Rival.BCA: _accelerated(means, mean, sums, sizes),
        Rival.STUDENT: _studentised(means, mean, errors, own_error),
    }


def _quantiles(draws: Floats, tail: float) -> Bounds:
    low, high = np.nanquantile(draws, (tail, 1.0 - tail), axis=1)
    return low, high


def _accelerated(means: Floats, mean: Floats, sums: Floats, sizes: Floats) -> Bounds:
    below = ((means < mean).mean(1) + (means == mean).mean(1) / 2).clip(1 / _DRAWS, 1 - 1 / _DRAWS)
    bias = _QUANTILE(below)
    without = (sums.sum(1, keepdims=True) - sums) / (sizes.sum(1, keepdims=True) - sizes)
    away = without.mean(1, keepdims=True) - without
    acceleration = (away**3).sum(1) / np.maximum(6 * (away**2).sum(1) ** 1.5, 1e-300)
    ordered, rows = np.sort(means, axis=1), np.arange(len(means))
    low, high = (
        ordered[rows, np.rint(_CDF(bias + (bias + z) / (1 - acceleration * (bias + z))) * (_DRAWS - 1)).astype(int)]
        for z in (-1.96, 1.96)
    )
    return low, high


def _studentised(means: Floats, mean: Floats, errors: Floats, own_error: Floats) -> Bounds:
    ratios = np.where(errors > 1e-9, (means - mean) / np.maximum(errors, 1e-9), np.nan)
    ratios[np.isnan(ratios).all(1)] = 0.0  # a sample without spread: no width
    low, high = _quantiles(ratios, 0.025)
    return mean[:, 0] - high * own_error, mean[:, 0] - low * own_error
