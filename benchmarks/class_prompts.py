"""How each class is asked for: several plain phrases, whose unit vectors are averaged.

Written on 2026-11-25 from the names of the classes and their synonyms, before any encoder was measured with them. They
are not tuned: whoever changes one measures everything again and says so in the lab log.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from encoders.contract import Vectors
from encoders.unit import unit_rows

_PLACE_FORMS = ("{}", "{} MRI", "MRI of the {}", "MR image showing the {}")
_PICTURE_FORMS = ("{}", "{} MRI", "{} image", "{} sequence")
_PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "brain": ("brain", "head", "cerebrum"),
        "spine": ("spine", "spinal cord", "vertebral column", "cervical spine", "lumbar spine"),
        "knee": ("knee", "knee joint"),
        "shoulder": ("shoulder", "shoulder joint"),
        "wrist": ("wrist", "hand and wrist"),
        "leg": ("leg", "thigh", "calf"),
        "heart": ("heart", "myocardium", "cardiac ventricles"),
        "abdomen": ("abdomen", "liver", "kidneys"),
        "pelvis": ("pelvis", "prostate", "male pelvis"),
        "fetal": ("fetus", "fetal brain", "fetal head"),
    }
)
_PICTURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "T1": ("T1", "T1-weighted", "T1w"),
        "T2": ("T2", "T2-weighted", "T2w"),
        "FLAIR": ("FLAIR", "fluid-attenuated inversion recovery", "T2 FLAIR"),
        "PD": ("PD", "proton density", "proton density-weighted"),
        "DWI": ("DWI", "diffusion-weighted", "diffusion tensor"),
        "ADC": ("ADC map", "apparent diffusion coefficient map"),
        "T2*": ("T2*-weighted gradient echo", "susceptibility-weighted (SWI)", "T2 star"),
        "BOLD": ("BOLD", "functional MRI (fMRI)", "BOLD fMRI"),
        "perfusion": ("perfusion", "arterial spin labelling (ASL)", "perfusion-weighted", "cerebral blood flow (CBF)"),
        "T1c": ("contrast-enhanced T1", "T1 post-contrast", "T1-weighted after gadolinium"),
    }
)


def region_prompts(name: str) -> tuple[str, ...]:
    """Every phrase for a region.

    >>> region_prompts("knee")[:4]
    ('knee', 'knee MRI', 'MRI of the knee', 'MR image showing the knee')
    """
    return tuple(form.format(word) for word in _PLACES[name] for form in _PLACE_FORMS)


def sequence_prompts(name: str) -> tuple[str, ...]:
    """Every phrase for a sequence.

    >>> sequence_prompts("PD")[:4]
    ('PD', 'PD MRI', 'PD image', 'PD sequence')
    """
    return tuple(form.format(word) for word in _PICTURES[name] for form in _PICTURE_FORMS)


def class_vectors(
    names: Sequence[str], prompts: Callable[[str], tuple[str, ...]], texts_of: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """One unit vector a class, float32 (classes, dimension): the mean of its phrases' unit vectors, made unit again."""
    means = [texts_of(prompts(name)).mean(axis=0, dtype=np.float64) for name in names]
    return unit_rows(np.stack(means).astype(np.float32))
