"""How far two channels of one space lie apart.

Source: Liang et al., "Mind the gap", NeurIPS 2022: the modality gap is the distance of the two centroids.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.spectrum import mean_cosine
from retrieval.audit.verdict import Severity


@dataclass(frozen=True, slots=True)
class ModalityGap:
    """Two clouds of unit vectors.

    Attributes:
        one, other: the channels.
        distance: of their centroids, 0 to 2.
        isotropic: the distance that random unit vectors of the same numbers have, sqrt(1/n + 1/m).
        within: mean cosine of two vectors of the same channel, for both channels.
        between: mean cosine of two vectors of different channels.
        spread: root mean square distance of a vector from its own centroid, over both channels alike.
    """

    one: str
    other: str
    distance: float
    isotropic: float
    within: tuple[float, float]
    between: float
    spread: float

    @property
    def severity(self) -> Severity:
        """LOOK where the clouds lie further apart than they are wide: a ranking over both at once goes by channel."""
        return Severity.LOOK if self.distance > self.spread else Severity.GOOD


def modality_gap(one: str, vectors: NDArray[np.float32], other: str, others: NDArray[np.float32]) -> ModalityGap:
    """The gap between unit vectors of shapes (n, d) and (m, d), neither empty; cosines over all pairs.

    >>> gap = modality_gap("image", np.array([[1, 0]], np.float32), "card", np.array([[0, 1]], np.float32))
    >>> round(gap.distance, 6), gap.between, gap.spread
    (1.414214, 0.0, 0.0)
    """
    centres = [cloud.mean(axis=0, dtype=np.float64) for cloud in (vectors, others)]
    return ModalityGap(
        one=one,
        other=other,
        distance=float(np.linalg.norm(centres[0] - centres[1])),
        isotropic=float(np.sqrt(1 / len(vectors) + 1 / len(others))),
        within=(mean_cosine(vectors), mean_cosine(others)),
        between=float(centres[0] @ centres[1]),
        spread=float(np.sqrt(np.mean([max(0.0, 1 - float(centre @ centre)) for centre in centres]))),
    )
