"""Labels that count like CT-RATE's validation split, made by luck: 3,039 volumes of 1,564 scans of 1,304 patients.

The real ones may not be copied here. What decides the numbers of a retrieval by labels is copied instead: how many
volumes a scan has and scans a patient, that 11.4 % of the volumes have no finding, and how like two of them are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Shares of 18 findings, rare and common ones as in chest CT.
_PREVALENCE = (
    *(0.10, 0.28, 0.11, 0.07, 0.25, 0.14, 0.26, 0.19, 0.23),
    *(0.45, 0.39, 0.27, 0.12, 0.08, 0.11, 0.19, 0.11, 0.08),
)
_VOLUMES = {1: 124, 2: 1405, 3: 35}
"""Scans by how many reconstructions they have: 1,564 with 3,039."""

_SCANS = {1: 1083, 2: 190, 3: 23, 4: 8}
"""Patients by how many scans they have: 1,304 with 1,564."""

# Found by trying (2026-11): how much sicker some patients are than others, and how sick all are.
_SPREAD, _SHIFT = 1.25, 0.05

# Of the first 150 seeds, the one whose volumes are most like the real ones: 11.4 % have no finding, and two volumes of
# different patients share .152 of their findings (the second one having any).
LIKE_CT_RATE = 102


@dataclass(frozen=True, slots=True, eq=False)
class CtRate:
    """The volumes.

    Attributes:
        scans: int64, shape (volumes,): the scan that each volume is a reconstruction of.
        patients: int64, shape (volumes,).
        labels: bool, shape (volumes, 18): the findings; equal for all volumes of a scan.
    """

    scans: NDArray[np.int64]
    patients: NDArray[np.int64]
    labels: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.scans)


def made_ct_rate(seed: int = LIKE_CT_RATE) -> CtRate:
    """The volumes, by scan and patient."""
    generator = np.random.default_rng(seed)
    patient_of_scan = _repeated(_SCANS, generator)
    scans = _repeated(_VOLUMES, generator)
    severity = generator.standard_normal(int(patient_of_scan[-1]) + 1)[patient_of_scan]
    share = np.array(_PREVALENCE)
    odds = np.log(share / (1 - share)) + _SHIFT + _SPREAD * severity[:, None]
    found = generator.random(odds.shape) < 1 / (1 + np.exp(-odds))
    return CtRate(scans, patient_of_scan[scans], found[scans])


def _repeated(sizes: dict[int, int], generator: np.random.Generator) -> NDArray[np.int64]:
    """A number for each member of groups that come in these sizes, the groups in random order."""
    counts = np.repeat(list(sizes), list(sizes.values()))
    return np.repeat(np.arange(len(counts)), generator.permutation(counts))
