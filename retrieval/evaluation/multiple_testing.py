"""Many comparisons at once: p-values that hold for all of them together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Corrected p-values, in the order given, float64, shape (comparisons,).

    Rejecting those at most 0.05 is wrong about any true null hypothesis in at most one family of twenty, however the
    comparisons depend on each other.

    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()  # 3 x .01; 2 x .03; 1 x .04, but not below the one before
    [0.03, 0.06, 0.06]

    Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 1979.
    """
    given = np.asarray(p_values, np.float64)
    order = np.argsort(given, kind="stable")
    raised = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    corrected = np.empty(len(given))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected
