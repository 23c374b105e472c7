"""How many directions a set of vectors uses, and whether it is a cone.

Source: effective rank, Roy and Vetterli, "The effective rank", EUSIPCO 2007: exp of the entropy of the singular values
over their sum; as a measure of representations, Garrido et al., "RankMe", ICML 2023. Anisotropy as the mean cosine of
random pairs: Ethayarajh, EMNLP 2019.
"""

import numpy as np
from numpy.typing import NDArray


def effective_rank(vectors: NDArray[np.float32]) -> float:
    """The effective rank of vectors of shape (n, d), from 1 (one direction) to min(n, d) (all alike); 0 for none.

    >>> round(effective_rank(np.eye(5, dtype=np.float32)), 6)
    5.0
    >>> round(effective_rank(np.ones((7, 3), np.float32)), 6)
    1.0
    """
    singular = np.sqrt(_eigenvalues(vectors.astype(np.float64)))
    if not singular.sum() > 0:
        return 0.0
    shares = singular[singular > 0] / singular.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def first_component(vectors: NDArray[np.float32]) -> float:
    """The share of the variance that the first principal component holds; 0 where nothing varies.

    >>> first_component(np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float32))
    0.5
    """
    wide = vectors.astype(np.float64)
    variances = _eigenvalues(wide - wide.mean(axis=0))
    return float(variances.max() / variances.sum()) if variances.sum() > 0 else 0.0


def mean_cosine(vectors: NDArray[np.float32]) -> float:
    """The mean cosine of two different unit vectors, over all pairs: exact, from their sum; nan for fewer than two.

    >>> mean_cosine(np.array([[1, 0], [0, 1], [-1, 0]], np.float32))
    -0.3333333333333333
    """
    count = len(vectors)
    if count < 2:
        return float("nan")
    wide = vectors.astype(np.float64)
    return float(((wide.sum(axis=0) ** 2).sum() - (wide**2).sum()) / (count * (count - 1)))


def _eigenvalues(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared singular values, those that are only rounding left at 0."""
    small = matrix.T @ matrix if matrix.shape[0] > matrix.shape[1] else matrix @ matrix.T
    values = np.linalg.eigvalsh(small)
    floor = values.max(initial=0.0) * max(matrix.shape) * np.finfo(np.float64).eps
    return np.where(values > floor, values, 0.0)
