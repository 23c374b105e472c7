"""What a simulator knows of the planes beside their labels: the tissue of every cell, and how bright tissues are.

Learnt beside the words, both teach a tower what it looks at; measured on real series, they gain more than as many
labels again (LAB_LOG, 2026-11-25).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from phantoms.glimpse import Glimpse
from phantoms.tissues import Tissue
from volumes.planes import PLANES, compose_labels

CELLS = 12  # along a side of a plane
NOT_KNOWN = 255
T = Tissue
# Tissues as coarsely as a cell of 8 pixels shows them; what is not named is the last group.
_GROUPS = (
    (T.AIR, T.LUNG), (T.FAT, T.SKIN), (T.MUSCLE,), (T.CORTICAL_BONE, T.LIGAMENT, T.MENISCUS), (T.MARROW,),
    (T.CSF, T.FLUID, T.CYST, T.EFFUSION, T.STOMACH_CONTENT), (T.GREY_MATTER, T.DEEP_GREY_MATTER),
    (T.WHITE_MATTER, T.CORD, T.NERVE), (T.DISC, T.ANNULUS, T.CARTILAGE),
    (T.LIVER, T.SPLEEN, T.RENAL_CORTEX, T.RENAL_MEDULLA, T.PANCREAS, T.GLAND, T.BOWEL, T.MYOCARDIUM),
    (T.PERIPHERAL_ZONE, T.TRANSITION_ZONE), (T.BLOOD_VESSEL, T.VEIN),
)  # fmt: skip
TISSUE_GROUPS = len(_GROUPS) + 1
# Whose brightness against one another is what a sequence is.
SIGNAL_TISSUES = (
    T.WHITE_MATTER, T.GREY_MATTER, T.CSF, T.FAT, T.MUSCLE, T.MARROW, T.FLUID, T.LIVER, T.PERIPHERAL_ZONE, T.DISC,
)  # fmt: skip
_BRIGHTEST = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class PlaneTruth:
    """Of one exposure.

    Attributes:
        tissues: group of tissue in every cell of every plane, uint8 (7, 12, 12); `NOT_KNOWN` where nobody knows.
        signal: brightness of `SIGNAL_TISSUES` over the mean of those that are on the planes, at most 4, NaN for the
            others; float32 (10,).
    """

    tissues: NDArray[np.uint8]
    signal: NDArray[np.float32]


def nothing_known() -> PlaneTruth:
    """Of a scan that nobody simulated."""
    return PlaneTruth(
        np.full((PLANES, CELLS, CELLS), NOT_KNOWN, np.uint8), np.full(len(SIGNAL_TISSUES), np.nan, np.float32)
    )


def tissue_cells(glimpse: Glimpse) -> NDArray[np.uint8]:
    """The tissue in the middle of every cell: uint8 (7, 12, 12), numbers of `Tissue`."""
    return compose_labels(glimpse.tissues(), glimpse.spacing_mm, glimpse.extent_mm, CELLS)


def plane_truth(cells: NDArray[np.uint8], signal: NDArray[np.float64]) -> PlaneTruth:
    """What is known of an exposure.

    Args:
        cells: of `tissue_cells`.
        signal: of every tissue, as of `phantoms.random_series.Seen`.
    """
    there = np.isin([int(tissue) for tissue in SIGNAL_TISSUES], cells)
    return PlaneTruth(_group_of()[cells], relative_signal(signal[list(SIGNAL_TISSUES)], there))


def relative_signal(signal: NDArray[np.float64], there: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Brightness over the mean of those that are there, at most 4; NaN for the others.

    >>> relative_signal(np.array([1.0, 3.0, 9.0]), np.array([True, True, False])).tolist()
    [0.5, 1.5, nan]
    """
    mean = signal[there].mean() if there.any() else 0.0
    relative = np.minimum(signal / max(mean, 1e-9), _BRIGHTEST)
    return np.where(there & (mean > 0), relative, np.nan).astype(np.float32)


@lru_cache(maxsize=1)
def _group_of() -> NDArray[np.uint8]:
    groups = np.full(256, len(_GROUPS), dtype=np.uint8)
    for number, tissues in enumerate(_GROUPS):
        groups[[int(tissue) for tissue in tissues]] = number
    return groups
