"""A linear classifier on frozen vectors: what could be read off them by someone with labels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_STRENGTH = 1.0  # scikit-learn's default, on standardised columns: fixed beforehand, not tuned
_ITERATIONS = 5000


def probe_scores(
    vectors: NDArray[np.float32], labels: Sequence[str], asked: NDArray[np.float32], names: tuple[str, ...]
) -> NDArray[np.float64]:
    """Scores of `asked`, (n, dimension), for each of `names`, float64 (n, classes).

    Args:
        vectors: to learn from, (m, dimension).
        labels: of these, (m,); "" is left out.
        asked: whose names are wanted.
        names: a name that no label has scores -inf: it is never given.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

    known = [place for place, label in enumerate(labels) if label in names]
    classifier = LogisticRegression(C=_STRENGTH, max_iter=_ITERATIONS, class_weight="balanced")
    fitted = make_pipeline(StandardScaler(), classifier).fit(
        vectors[known].astype(np.float64), [labels[place] for place in known]
    )
    scores = np.full((len(asked), len(names)), -np.inf)
    columns = [names.index(str(name)) for name in classifier.classes_]
    margins = fitted.decision_function(asked.astype(np.float64))  # probabilities of far-off items are 0 and tie
    scores[:, columns] = np.stack([-margins, margins], axis=1) if margins.ndim == 1 else margins
    return scores
