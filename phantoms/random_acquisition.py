"""Acquisitions drawn far wider than any one hospital's protocols: what training on phantoms needs.

A geometry (plane, field of view, coverage, slices) is drawn apart from a contrast, so that one geometry can be scanned
with several contrasts, which teaches contrast rather than anatomy.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from phantoms.anatomy import Region
from phantoms.scene import Acquisition, ScanPlane, SequenceKind


class Contrast(StrEnum):
    """What a series shows, as coarsely as archives tell it."""

    T1 = "T1"
    T2 = "T2"
    FLAIR = "FLAIR"
    PD = "PD"
    DWI = "DWI"
    ADC = "ADC"
    T1_CONTRAST = "T1c"
    T2_STAR = "T2*"
    BOLD = "BOLD"
    PERFUSION = "perfusion"


@dataclass(frozen=True, slots=True)
class _Habit:
    """What is usual for a region: fields of view in mm, planes, contrasts, reach of the slice stack in mm."""

    fov_mm: tuple[float, float]
    planes: tuple[ScanPlane, ...]
    contrasts: tuple[Contrast, ...]
    stack_mm: tuple[float, float]


_P, _C = ScanPlane, Contrast
_ALL_PLANES = (_P.AXIAL, _P.CORONAL, _P.SAGITTAL)
_SPINE = (_C.T1, _C.T2, _C.T2, _C.T2_STAR, _C.T1_CONTRAST, _C.PD, _C.DWI, _C.BOLD)
_JOINT = (_C.T1, _C.T2, _C.PD, _C.PD, _C.T2_STAR)
_BODY = (_C.T1, _C.T2, _C.T1_CONTRAST, _C.DWI, _C.ADC, _C.T2_STAR)
_HABITS = {
    Region.BRAIN: _Habit((170, 300), (_P.AXIAL, _P.AXIAL, _P.AXIAL, _P.SAGITTAL, _P.CORONAL), tuple(_C), (60, 200)),
    Region.CERVICAL_SPINE: _Habit((40, 280), (_P.AXIAL, _P.AXIAL, _P.SAGITTAL), _SPINE, (30, 120)),
    Region.THORACIC_SPINE: _Habit((60, 380), (_P.AXIAL, _P.SAGITTAL, _P.SAGITTAL), _SPINE, (40, 120)),
    Region.LUMBAR_SPINE: _Habit((60, 340), (_P.AXIAL, _P.SAGITTAL, _P.SAGITTAL), _SPINE, (40, 110)),
    Region.KNEE: _Habit((130, 200), (_P.SAGITTAL, _P.SAGITTAL, _P.CORONAL, _P.AXIAL), _JOINT, (70, 120)),
    Region.SHOULDER: _Habit((130, 260), _ALL_PLANES, _JOINT, (4, 110)),
    Region.WRIST: _Habit((70, 150), (_P.CORONAL, _P.CORONAL, _P.AXIAL, _P.SAGITTAL), _JOINT, (25, 60)),
    Region.UPPER_LEG: _Habit((320, 560), (_P.AXIAL, _P.AXIAL, _P.CORONAL), (_C.T1, _C.T2, _C.PD), (60, 400)),
    Region.LOWER_LEG: _Habit((250, 520), (_P.AXIAL, _P.AXIAL, _P.CORONAL), (_C.T1, _C.T2, _C.PD), (60, 400)),
    Region.HEART: _Habit((260, 420), _ALL_PLANES, (_C.T1, _C.T2, _C.T2_STAR, _C.T1_CONTRAST), (8, 120)),
    Region.ABDOMEN: _Habit((300, 470), (_P.AXIAL, _P.AXIAL, _P.CORONAL, _P.SAGITTAL), _BODY, (5, 200)),
    Region.PROSTATE: _Habit((130, 420), (_P.AXIAL, _P.AXIAL, _P.SAGITTAL, _P.CORONAL), (*_BODY, _C.PD), (40, 100)),
    Region.FETAL: _Habit((260, 440), _ALL_PLANES, (_C.T2,), (50, 120)),
}


_THICKNESSES_MM = (1.5, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 8, 12)


def contrasts_of(region: Region) -> tuple[Contrast, ...]:
    """The contrasts that a region is scanned with, common ones more than once."""
    return _HABITS[region].contrasts


def draw_geometry(random: np.random.Generator, region: Region, *, pixels: tuple[int, int] = (56, 96)) -> Acquisition:
    """A geometry with a spin echo's settings, to be replaced by `with_contrast`.

    Thin and thick slices, gaps, near-isotropic volumes, stacks of one to three slices, off-centre fields of view.
    """
    habit = _HABITS[region]
    plane = habit.planes[random.integers(len(habit.planes))]
    widest = habit.fov_mm if random.random() > 0.06 else (0.3 * habit.fov_mm[0], 0.8 * habit.fov_mm[0])  # a detail
    fov_mm = float(np.exp(random.uniform(*np.log(widest))))
    matrix = int(random.integers(pixels[0], pixels[1] + 1))
    volumetric = region in (Region.BRAIN, Region.KNEE) and random.random() < 0.3
    thickness_mm = fov_mm / matrix if volumetric else float(random.choice(_THICKNESSES_MM))
    gap_mm = 0.0 if volumetric else float(random.choice([0.0, 0.0, 0.1, 0.2, 0.4])) * thickness_mm
    stack_mm = 0.85 * fov_mm if volumetric else random.uniform(*habit.stack_mm)
    slices = int(np.clip(round(stack_mm / (thickness_mm + gap_mm)), 1, 80))
    if random.random() < 0.05:
        slices = int(random.integers(1, 4))
    second = int(matrix * random.choice([1.0, 1.0, 0.8, 0.65]))
    off_mm = random.normal(0.0, [0.05 * fov_mm, 0.05 * fov_mm, 0.06 * fov_mm])
    if region is Region.BRAIN:
        off_mm += np.array([0.0, 0.0, random.choice([0.0, 0.0, 15.0, 25.0])])
    return Acquisition(
        sequence=SequenceKind.SPIN_ECHO,
        plane=plane,
        matrix=(matrix, second) if plane is not ScanPlane.AXIAL or random.random() < 0.5 else (second, matrix),
        slices=slices,
        in_plane_mm=round(fov_mm / matrix, 4),
        thickness_mm=round(thickness_mm, 4),
        gap_mm=round(gap_mm, 4),
        field_strength_t=float(random.choice([0.5, 1.0, 1.5, 1.5, 1.5, 3.0, 3.0, 3.0, 7.0])),
        tr_ms=500,
        te_ms=12,
        centre_mm=(float(off_mm[0]), float(off_mm[1]), float(off_mm[2])),
        tilt_deg=(float(random.normal(0, 6)), float(random.normal(0, 4))),
        brain_extracted=region is Region.BRAIN and bool(random.random() < 0.25),
    )


def with_contrast(  # noqa: PLR0911
    random: np.random.Generator, geometry: Acquisition, contrast: Contrast, region: Region
) -> Acquisition:  # one return a contrast
    """A geometry scanned with settings that give a contrast, drawn from all that are in use."""
    kind = SequenceKind
    uniform = random.uniform
    fat_saturated = bool(random.random() < (0.15 if region is Region.BRAIN else 0.35))
    base = replace(geometry, fat_saturated=fat_saturated)
    match contrast:
        case Contrast.T1 | Contrast.T1_CONTRAST:
            given = replace(base, contrast_given=contrast is Contrast.T1_CONTRAST)
            return _t1(random, given, region)
        case Contrast.T2:
            if region in (Region.HEART, Region.FETAL, Region.ABDOMEN) and random.random() < 0.4:
                return replace(base, sequence=kind.BALANCED, tr_ms=3.5, te_ms=1.7, flip_angle_deg=uniform(45, 70))
            if region not in (Region.BRAIN, Region.FETAL) and random.random() < 0.15:
                return _stir(random, base)
            return replace(base, tr_ms=uniform(2500, 7000), te_ms=uniform(72, 125), echo_train_ms=uniform(20, 80))
        case Contrast.FLAIR:
            return _flair(random, base)
        case Contrast.PD:
            return replace(base, tr_ms=uniform(2000, 4500), te_ms=uniform(8, 35), echo_train_ms=uniform(10, 40))
        case Contrast.DWI:
            b_value = float(random.choice([400, 700, 800, 1000, 1000, 1000, 1400, 2000]))
            return replace(base, sequence=kind.DIFFUSION, tr_ms=6000, te_ms=uniform(60, 100), b_value=b_value)
        case Contrast.ADC:
            return replace(base, sequence=kind.ADC, tr_ms=6000, te_ms=80)
        case Contrast.T2_STAR:
            swi = random.random() < 0.25
            te_ms = uniform(12, 30) * (1.5 / geometry.field_strength_t) ** 0.5
            sequence = kind.SUSCEPTIBILITY if swi else kind.GRADIENT_ECHO
            tr_ms, flip = (uniform(25, 50), 15) if swi else (uniform(300, 900), uniform(15, 30))
            return replace(base, sequence=sequence, tr_ms=tr_ms, te_ms=te_ms, flip_angle_deg=flip)
        case Contrast.BOLD:
            te_ms = uniform(25, 45) * (1.5 / geometry.field_strength_t) ** 0.4
            return replace(base, sequence=kind.ECHO_PLANAR, tr_ms=uniform(1000, 3500), te_ms=te_ms, flip_angle_deg=80)
        case Contrast.PERFUSION:
            return replace(base, sequence=kind.PERFUSION, tr_ms=4000, te_ms=15)


def _t1(random: np.random.Generator, base: Acquisition, region: Region) -> Acquisition:
    uniform, choice = random.uniform, random.random()
    if region is Region.BRAIN and choice < 0.08:  # T1 FLAIR, common at 3 T
        kind, tr_ms, ti_ms = SequenceKind.INVERSION_RECOVERY, uniform(1800, 2600), uniform(700, 950)
        return replace(base, sequence=kind, tr_ms=tr_ms, te_ms=uniform(8, 25), ti_ms=ti_ms)
    if region is Region.BRAIN and choice < 0.45:
        ti_ms = uniform(750, 1100)
        base = replace(base, fat_saturated=bool(random.random() < 0.5))  # water excitation is common
        return replace(
            base, sequence=SequenceKind.MPRAGE, tr_ms=ti_ms + uniform(900, 1400), te_ms=3, ti_ms=ti_ms, flip_angle_deg=8
        )
    if choice < 0.75:
        return replace(base, tr_ms=uniform(350, 850), te_ms=uniform(7, 20))
    if choice < 0.87:
        te_ms = uniform(1.2, 5)
        return replace(
            base, sequence=SequenceKind.GRADIENT_ECHO, tr_ms=uniform(4, 10), te_ms=te_ms, flip_angle_deg=uniform(9, 18)
        )
    return replace(
        base, sequence=SequenceKind.GRADIENT_ECHO, tr_ms=uniform(100, 250), te_ms=uniform(2, 5), flip_angle_deg=70
    )


def _stir(random: np.random.Generator, base: Acquisition) -> Acquisition:
    """T2 with an inversion time near the null of fat."""
    return replace(
        base,
        sequence=SequenceKind.INVERSION_RECOVERY,
        fat_saturated=False,
        tr_ms=random.uniform(3500, 6500),
        te_ms=random.uniform(40, 75),
        ti_ms=random.uniform(180, 215) * (base.field_strength_t / 1.5) ** 0.28,
        echo_train_ms=random.uniform(20, 60),
    )


def _flair(random: np.random.Generator, base: Acquisition) -> Acquisition:
    """The inversion time that nulls CSF at this repetition time, as sites choose it."""
    tr_ms = random.uniform(6000, 11000)
    base = replace(base, fat_saturated=bool(random.random() < 0.4))
    csf_t1_ms = 4100.0
    null_ms = csf_t1_ms * np.log(2 / (1 + np.exp(-tr_ms / csf_t1_ms)))
    return replace(
        base,
        sequence=SequenceKind.INVERSION_RECOVERY,
        tr_ms=tr_ms,
        te_ms=random.uniform(85, 140),
        ti_ms=float(null_ms * random.uniform(0.94, 1.04)),
        echo_train_ms=random.uniform(20, 80),
    )
