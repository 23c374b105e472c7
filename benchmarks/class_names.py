"""What an encoder is asked to name, and which name is right: by the manifest, or by a phantom's label.

Sequences are mrseek's own classes, as far as one answer is right for the picture: a contrast agent is a fact apart, so
T1 after contrast is T1 (the harder task of ten names parts them); all that arterial spin labelling gives is perfusion;
susceptibility-weighted images are T2*. Left out, since no single name is right: ASL M0 (proton density by contrast, ASL
by header), DWI b0 (T2 by contrast), BOLD-derived maps, field maps, phase images, MT, FA, localizers, cine, dual echo.
"""

from collections.abc import Mapping
from types import MappingProxyType

from benchmarks.realism_data import REAL_REGIONS, REGIONS

REGION_NAMES = ("brain", "spine", "knee", "shoulder", "wrist", "leg", "heart", "abdomen", "pelvis", "fetal")
SEQUENCE_NAMES = ("T1", "T2", "FLAIR", "PD", "DWI", "ADC", "T2*", "BOLD", "perfusion")
SEQUENCE_NAMES_T1C = (*SEQUENCE_NAMES, "T1c")

# manifest sequence -> name among ten
_REAL_SEQUENCES: Mapping[str, str] = MappingProxyType(
    {
        "T1": "T1", "T1 SE": "T1", "T1 GRE (10 deg)": "T1", "T1 GRE (5 deg)": "T1", "T1-EPI": "T1",
        "T1 post-contrast": "T1c", "T1 GRE post-contrast": "T1c", "T1 VIBE fat-sat dynamic (MPR)": "T1c",
        "DCE dynamic T1": "T1c", "T2": "T2", "T2 TSE": "T2", "multi-echo SE (T2 map), echo 6": "T2",
        "T2*": "T2*", "GRE magnitude for SWI": "T2*", "multi-echo GRE magnitude": "T2*",
        "PD": "PD", "PD (VIBE)": "PD", "multi-echo SE (T2 map), echo 1": "PD", "FLAIR": "FLAIR",
        "DWI": "DWI", "DTI": "DWI", "DWI/DTI": "DWI", "DWI (trace)": "DWI", "DWI (calculated high b)": "DWI",
        "DWI b1400": "DWI", "ADC": "ADC", "BOLD fMRI": "BOLD", "BOLD fMRI (EPI)": "BOLD", "BOLD reference": "BOLD",
        "ASL": "perfusion", "ASL perfusion-weighted": "perfusion", "rCBF (ASL)": "perfusion",
    }
)  # fmt: skip
_PHANTOM_REGIONS = MappingProxyType({region.value: name for region, name in REGIONS.items()})
_PHANTOM_SEQUENCES: Mapping[str, str] = MappingProxyType(
    {name: name for name in SEQUENCE_NAMES} | {"SWI": "T2*", "ASL": "perfusion", "CBF": "perfusion"}
)


def region_of_real(row: Mapping[str, str]) -> str:
    """The region of a manifest row; "" where it is not said."""
    return REAL_REGIONS.get(row["anatomy"], "")


def sequence_of_real(row: Mapping[str, str], *, agent_apart: bool = False) -> str:
    """The sequence of a manifest row; "" where no name is right.

    >>> row = {"sequence": "DCE dynamic T1"}
    >>> sequence_of_real(row), sequence_of_real(row, agent_apart=True)
    ('T1', 'T1c')
    """
    return _merged(_REAL_SEQUENCES.get(row["sequence"], ""), agent_apart)


def region_of_phantom(region: str) -> str:
    """The name of a pool's region label."""
    return _PHANTOM_REGIONS.get(region, "")


def sequence_of_phantom(sequence: str, contrast: bool, *, agent_apart: bool = False) -> str:
    """The name of a pool's sequence label.

    >>> sequence_of_phantom("T1", True), sequence_of_phantom("T1", True, agent_apart=True)
    ('T1', 'T1c')
    """
    name = _PHANTOM_SEQUENCES.get(sequence, "")
    return _merged("T1c" if name == "T1" and contrast else name, agent_apart)


def _merged(name: str, agent_apart: bool) -> str:
    return "T1" if name == "T1c" and not agent_apart else name
