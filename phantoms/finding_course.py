"""How findings change between visits: some grow, some shrink, an infarct ages, an effusion may go."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from phantoms.findings import STAGES, Finding, FindingKind

_K = FindingKind


@dataclass(frozen=True, slots=True)
class _Course:
    """The chances at the next visit; what is left of them is "unchanged"."""

    grows: float
    shrinks: float
    goes: float = 0.0


_COURSES: Mapping[FindingKind, _Course] = {
    _K.GLIOMA: _Course(0.6, 0.2),
    _K.METASTASES: _Course(0.5, 0.3),
    _K.MENINGIOMA: _Course(0.35, 0.0),
    _K.INFARCT: _Course(0.0, 0.6),
    _K.HAEMORRHAGE: _Course(0.1, 0.7, 0.1),
    _K.WHITE_MATTER_LESIONS: _Course(0.4, 0.05),
    _K.HYDROCEPHALUS: _Course(0.3, 0.3, 0.1),
    _K.ARACHNOID_CYST: _Course(0.1, 0.0),
    _K.DISC_HERNIATION: _Course(0.2, 0.4, 0.1),
    _K.CORD_LESION: _Course(0.2, 0.4, 0.15),
    _K.MENISCAL_TEAR: _Course(0.4, 0.0),
    _K.EFFUSION: _Course(0.2, 0.4, 0.3),
    _K.LIGAMENT_RUPTURE: _Course(0.2, 0.2),
    _K.LIVER_METASTASIS: _Course(0.45, 0.3, 0.1),
    _K.HEPATIC_CYST: _Course(0.2, 0.0),
    _K.RENAL_CYST: _Course(0.25, 0.0),
    _K.RENAL_MASS: _Course(0.6, 0.0),
    _K.PROSTATE_CANCER: _Course(0.4, 0.15),
}


def followed_up(random: np.random.Generator, finding: Finding) -> Finding | None:
    """A finding at the next visit, weeks to years later; None where it is gone."""
    course = _COURSES[finding.kind]
    chance = random.random()
    if chance < course.goes:
        return None
    factor = 1.0
    if chance < course.goes + course.grows:
        factor = float(random.uniform(1.15, 1.5))
    elif chance < course.goes + course.grows + course.shrinks:
        factor = float(random.uniform(0.55, 0.85))
    stages = STAGES.get(finding.kind)
    return replace(
        finding,
        size_mm=float(max(3, round(finding.size_mm * factor))),
        stage=stages[-1] if stages else "",
    )
