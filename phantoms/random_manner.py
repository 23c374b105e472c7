"""Geometries that go with contrasts, as scanners are used: nobody measures diffusion with voxels of half a millimetre.

A network that meets every contrast on every geometry alike has to tell a functional image from a diffusion image by
brightness alone; who looks at an archive sees the coarse voxels first. Part of the subjects is therefore drawn in a
manner of their own, and the rest in any, so that the habit is a hint and never a rule.
"""

from dataclasses import replace
from enum import Enum

import numpy as np

from phantoms.anatomy import Region
from phantoms.random_acquisition import Contrast
from phantoms.scene import Acquisition, ScanPlane


class Manner(Enum):
    """How a subject is scanned."""

    ANY = "any"
    STACK = "stack"  # thick slices, fine pixels
    VOLUME = "volume"  # near-isotropic, fine
    ECHO_PLANAR = "echo-planar"  # coarse, axial, all of the organ


_C = Contrast
_SHARES = {Manner.ANY: 0.4, Manner.STACK: 0.25, Manner.VOLUME: 0.15, Manner.ECHO_PLANAR: 0.2}
_OFFERED = {
    Manner.STACK: (_C.T1, _C.T2, _C.FLAIR, _C.PD, _C.T1_CONTRAST, _C.T2_STAR),
    Manner.VOLUME: (_C.T1, _C.T1, _C.T1_CONTRAST, _C.T2, _C.FLAIR, _C.T2_STAR),
    Manner.ECHO_PLANAR: (_C.DWI, _C.DWI, _C.ADC, _C.BOLD, _C.BOLD, _C.PERFUSION),
}
_ECHO_PLANAR_REGIONS = (Region.BRAIN, Region.ABDOMEN, Region.PROSTATE, Region.CERVICAL_SPINE)
_VOLUME_REGIONS = (Region.BRAIN, Region.CERVICAL_SPINE, Region.ABDOMEN, Region.PROSTATE, Region.KNEE)


def draw_manner(random: np.random.Generator, region: Region) -> Manner:
    """A manner that the region is scanned in."""
    manner = Manner(random.choice([one.value for one in _SHARES], p=list(_SHARES.values())))
    if manner is Manner.ECHO_PLANAR and region not in _ECHO_PLANAR_REGIONS:
        return Manner.STACK
    if manner is Manner.VOLUME and region not in _VOLUME_REGIONS:
        return Manner.STACK
    return manner


def offered_in(manner: Manner, contrasts: tuple[Contrast, ...]) -> tuple[Contrast, ...]:
    """The contrasts of a region that go with a manner; all of them where none does.

    >>> offered_in(Manner.ECHO_PLANAR, (Contrast.T1, Contrast.DWI, Contrast.ADC))
    (<Contrast.DWI: 'DWI'>, <Contrast.DWI: 'DWI'>, <Contrast.ADC: 'ADC'>)
    """
    if manner is Manner.ANY:
        return contrasts
    return tuple(one for one in _OFFERED[manner] if one in contrasts) or contrasts


def in_manner(random: np.random.Generator, geometry: Acquisition, manner: Manner) -> Acquisition:
    """A geometry as the manner has it; its field of view and its place stay."""
    fov_mm = geometry.in_plane_mm * max(geometry.matrix)
    match manner:
        case Manner.ECHO_PLANAR:
            return _echo_planar(random, geometry, fov_mm)
        case Manner.VOLUME:
            step_mm = geometry.in_plane_mm * float(random.choice([1.0, 1.0, 1.2, 1.6]))
            slices = int(np.clip(round(random.uniform(0.55, 0.95) * fov_mm / step_mm), 16, 120))
            return replace(geometry, thickness_mm=round(step_mm, 4), gap_mm=0.0, slices=slices)
        case Manner.STACK:
            thickness_mm = max(geometry.thickness_mm, 2.0 * geometry.in_plane_mm)
            reach_mm = geometry.slices * (geometry.thickness_mm + geometry.gap_mm)
            slices = max(1, round(reach_mm / (thickness_mm + geometry.gap_mm)))
            return replace(geometry, thickness_mm=round(thickness_mm, 4), slices=slices)
        case Manner.ANY:
            return geometry


def _echo_planar(random: np.random.Generator, geometry: Acquisition, fov_mm: float) -> Acquisition:
    """Axial, square, 60 to 112 pixels, slices about as thick as pixels are wide or a little thicker."""
    fov_mm = max(fov_mm, 180.0)
    matrix = max(geometry.matrix)
    in_plane_mm = fov_mm / matrix
    thickness_mm = float(np.clip(in_plane_mm * random.uniform(0.9, 2.2), 1.7, 6.0))
    gap_mm = float(random.choice([0.0, 0.0, 0.1, 0.25])) * thickness_mm
    slices = int(np.clip(round(random.uniform(70, 160) / (thickness_mm + gap_mm)), 12, 72))
    return replace(
        geometry,
        plane=ScanPlane.AXIAL,
        matrix=(matrix, matrix),
        in_plane_mm=round(in_plane_mm, 4),
        thickness_mm=round(thickness_mm, 4),
        gap_mm=round(gap_mm, 4),
        slices=slices,
    )
