"""Headers of series that nobody scanned: every region with every sequence that it may be scanned with, for their cards.

Phantoms are scanned in twelve regions with sixteen weightings; an archive's cards name fifty regions and thirty-seven
sequence classes. Cards need no voxels, so here are all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from indexer.header.region_names import Region
from indexer.header.sequence_names import SequenceClass
from indexer.records import Geometry, SeriesHeader
from training.query_facts import SeriesFacts
from training.stated_header import silent_header, stated

_RULE = "made"
_S, _R = SequenceClass, Region
# Drawn more often than others, as in every archive.
_OFTEN = {_S.T1: 10, _S.T2: 10, _S.FLAIR: 4, _S.PD: 4, _S.STIR: 3, _S.DWI: 4, _S.ADC: 3, _S.T2_STAR: 2, _S.LOCALIZER: 2}
_OFTEN_REGIONS = {_R.BRAIN: 8, _R.KNEE: 2, _R.LUMBAR_SPINE: 2, _R.CERVICAL_SPINE: 2, _R.PROSTATE: 2, _R.ABDOMEN: 2}
# Sequences that are made of some regions alone.
_ONLY_IN = {
    _S.BOLD: (_R.BRAIN, _R.SPINAL_CORD),
    _S.ASL: (_R.BRAIN, _R.KIDNEY),
    _S.CBF: (_R.BRAIN,),
    _S.CBV: (_R.BRAIN,),
    _S.DSC: (_R.BRAIN,),
    _S.DIR: (_R.BRAIN,),
    _S.FLAIR: (_R.BRAIN, _R.ORBIT, _R.PITUITARY, _R.INNER_EAR, _R.FETAL_BRAIN),
    _S.CINE: (_R.HEART, _R.AORTA),
    _S.LGE: (_R.HEART,),
    _S.TAGGING: (_R.HEART,),
    _S.MRCP: (_R.BILE_DUCTS, _R.LIVER, _R.PANCREAS, _R.ABDOMEN),
    _S.ELASTOGRAPHY: (_R.LIVER, _R.BRAIN),
}
_PAIRED = {
    *(_R.SHOULDER, _R.UPPER_ARM, _R.ELBOW, _R.FOREARM, _R.WRIST, _R.HAND, _R.ARM, _R.HIP, _R.UPPER_LEG, _R.KNEE),
    *(_R.LOWER_LEG, _R.ANKLE, _R.FOOT, _R.LEG, _R.BREAST, _R.ORBIT, _R.KIDNEY, _R.BRACHIAL_PLEXUS),
}
_PLANES = ("axial", "coronal", "sagittal", "3d")
_SLICES_LIE = (0.4, 0.2, 0.25, 0.15)  # how often each plane comes
_ENHANCED = {_S.T1: 0.35, _S.DCE: 0.9, _S.DSC: 0.8, _S.LGE: 1.0, _S.MRA: 0.3, _S.FLAIR: 0.08}
_SATURATED = {_S.T1: 0.25, _S.T2: 0.3, _S.PD: 0.5, _S.STIR: 0.6}
_MAKERS = ("Siemens", "GE", "Philips", "Canon", "")
_FIELDS_T = (1.5, 3.0, 3.0, 1.5, 7.0, 0.55, 0.0)
_UNKNOWN = 0.05  # how often a header does not say its region or its sequence
_GRID = Geometry((64, 64, 20), (3.0, 3.0, 5.0), "axial", 0.0, 20, 5.0, 3.0, 1)  # cards do not look at it
T = TypeVar("T", Region, SequenceClass)


def draw_facts(random: np.random.Generator) -> SeriesFacts:
    """What is the case for a series: its region or its sequence at least.

    The sequence is drawn first, so that those of a single region are not rarer than the others.
    """
    sequence = _drawn(random, tuple(SequenceClass), _OFTEN)
    region = _drawn(random, _ONLY_IN.get(sequence, tuple(Region)), _OFTEN_REGIONS)
    plane = _PLANES[int(random.choice(4, p=_SLICES_LIE))]
    if sequence is _S.LOCALIZER and random.random() < 0.5:
        plane = "multi"
    sided = region in _PAIRED and random.random() < 0.8
    silent = random.random()
    return SeriesFacts(
        region="" if silent < _UNKNOWN else str(region),
        side=("left" if random.random() < 0.5 else "right") if sided and silent >= _UNKNOWN else "",
        sequence="" if silent > 1 - _UNKNOWN else str(sequence),
        plane="" if random.random() < 0.03 else plane,
        contrast=bool(random.random() < _ENHANCED.get(sequence, 0.0)),
        fat_sat=bool(random.random() < _SATURATED.get(sequence, 0.0)),
    )


def made_header(random: np.random.Generator, facts: SeriesFacts) -> SeriesHeader:
    """A header of which these are the facts; scanner and field strength are drawn."""
    maker = _MAKERS[int(random.integers(len(_MAKERS)))]
    field_t = _FIELDS_T[int(random.integers(len(_FIELDS_T)))]
    return replace(
        silent_header(_GRID),
        sequence=stated(facts.sequence, _RULE),
        plane=stated(facts.plane, _RULE),
        region=stated(facts.region, _RULE),
        role=stated("anatomical", _RULE),
        contrast=stated(facts.contrast, _RULE),
        fat_sat=stated(facts.fat_sat, _RULE),
        side=stated(facts.side, _RULE),
        manufacturer=stated(maker, _RULE),
        field_strength_t=stated(field_t or None, _RULE),
    )


def _drawn(random: np.random.Generator, values: Sequence[T], often: Mapping[T, int]) -> T:
    weights = np.array([often.get(one, 1) for one in values], float)
    return values[int(random.choice(len(values), p=weights / weights.sum()))]
