"""Short lines that people type for a series: its place and its picture in plain words, in many wordings.

A card has one wording for each fact, and a tower that has met no other takes a question for a riddle. The lines follow
from the labels, so that which of them are true of which other series in a batch is known exactly.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from indexer.header.card import SEQUENCE_WORDS, place_words
from indexer.header.region_names import PARENTS, Region
from indexer.header.sequence_names import SequenceClass
from training.pool_format import SampleLabels

S, R = SequenceClass, Region
# As people write them; the first is the shortest. What is not here goes by its name alone.
_SEQUENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        S.T1: ("T1", "T1w", "T1-weighted"),
        S.T2: ("T2", "T2w", "T2-weighted"),
        S.PD: ("PD", "PDw", "proton density", "proton-density-weighted"),
        S.FLAIR: ("FLAIR", "T2 FLAIR", "fluid-attenuated inversion recovery"),
        S.STIR: ("STIR", "short tau inversion recovery"),
        S.DWI: ("DWI", "diffusion", "diffusion-weighted"),
        S.ADC: ("ADC", "ADC map", "apparent diffusion coefficient"),
        S.T2_STAR: ("T2*", "T2 star", "gradient echo"),
        S.SWI: ("SWI", "susceptibility-weighted"),
        S.BOLD: ("BOLD", "fMRI", "functional", "BOLD fMRI"),
        S.ASL: ("ASL", "perfusion", "arterial spin labelling"),
        S.CBF: ("CBF", "perfusion", "cerebral blood flow"),
        S.PERFUSION: ("perfusion", "perfusion-weighted"),
        S.FA: ("FA", "fractional anisotropy"),
    }
)
_PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        R.BRAIN: ("brain", "head", "cerebral"),
        R.CERVICAL_SPINE: ("cervical spine", "c-spine", "neck"),
        R.THORACIC_SPINE: ("thoracic spine", "t-spine"),
        R.LUMBAR_SPINE: ("lumbar spine", "l-spine"),
        R.UPPER_LEG: ("upper leg", "thigh"),
        R.LOWER_LEG: ("lower leg", "calf"),
        R.HEART: ("heart", "cardiac"),
        R.FETAL_BRAIN: ("fetal brain", "fetus", "fetal"),
        R.LIVER: ("liver", "hepatic"),
        R.KIDNEY: ("kidney", "kidneys", "renal"),
    }
)
_OF_PLACE = ("{place}", "{place} MRI", "MRI of the {place}", "{place} scan", "MR image of the {place}")
_OF_PICTURE = ("{picture}", "{picture} MRI", "{picture} image", "{picture} scan")
_OF_BOTH = ("{place} {picture}", "{picture} {place}", "{picture} of the {place}", "{plane} {picture} {place}")


def queries_of(labels: SampleLabels) -> tuple[str, ...]:
    """Every short line that is true of a series with some labels.

    >>> labels = SampleLabels("s", "p", "t", region="knee", sequence="PD", plane="sagittal", contrast=False)
    >>> [line for line in queries_of(labels) if "knee" in line][5:9]
    ['knee PD', 'PD knee', 'PD of the knee', 'sagittal PD knee']
    """
    return _lines(labels.region, labels.sequence, labels.plane, labels.contrast)


@lru_cache(maxsize=4096)
def _lines(region: str, sequence: str, plane: str, contrast: bool) -> tuple[str, ...]:
    places, pictures = _places(region), _pictures(sequence)
    lines = [form.format(place=place) for place in places for form in _OF_PLACE]
    lines += [form.format(picture=picture) for picture in pictures for form in _OF_PICTURE]
    flat = plane if plane in {"axial", "coronal", "sagittal"} else ""
    for place in places[:3]:
        for picture in pictures[:3]:
            both = [form.format(place=place, picture=picture, plane=flat) for form in _OF_BOTH]
            lines += both if flat else both[:-1]
    if contrast and sequence == S.T1:
        lines += [f"{picture} {after}" for picture in pictures[:3] for after in ("post-contrast", "with gadolinium")]
        lines += ["contrast-enhanced T1", "post-contrast MRI"]
    return tuple(dict.fromkeys(lines))


def _places(region: str) -> tuple[str, ...]:
    """Words for where it lies, the narrowest first."""
    if region not in set(Region):
        return ()
    parent = PARENTS.get(Region(region))
    wider = (str(parent),) if parent else ()
    return tuple(dict.fromkeys((*_PLACES.get(region, (region,)), *wider, *place_words(Region(region)))))


def _pictures(sequence: str) -> tuple[str, ...]:
    """Words for what it shows, the shortest first."""
    if sequence not in set(SequenceClass):
        return ()
    return (*_SEQUENCES.get(sequence, (sequence,)), SEQUENCE_WORDS[SequenceClass(sequence)])
