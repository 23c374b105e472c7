"""What is scanned of each region: sequences, planes and coverage; and the settings that a scanner makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from phantoms import sequences as s
from phantoms.findings import FindingKind as K
from phantoms.scanners import Scanner
from phantoms.scene import Acquisition, ScanPlane, SequenceKind
from phantoms.sequences import Sequence


@dataclass(frozen=True, slots=True)
class Protocol:
    """One sequence of a region's protocol.

    Attributes:
        fov_mm: in-plane field of view, the longer side.
        slices, pitch_mm: how many, and from one middle to the next.
        thickness_mm: of a slice; the rest of the pitch is gap.
        core: always scanned; others now and then.
        shows: findings for which it is always scanned.
    """

    sequence: Sequence
    plane: ScanPlane
    fov_mm: float
    slices: int
    thickness_mm: float
    pitch_mm: float
    core: bool = False
    shows: tuple[K, ...] = ()


_AX, _COR, _SAG = ScanPlane.AXIAL, ScanPlane.CORONAL, ScanPlane.SAGITTAL
_TUMOURS = (K.GLIOMA, K.METASTASES, K.MENINGIOMA)


def _spine(fov_mm: float, slices: int, thickness_mm: float, axial_mm: float) -> tuple[Protocol, ...]:
    pitch_mm = thickness_mm * 1.1
    return (
        Protocol(s.T2, _SAG, fov_mm, slices, thickness_mm, pitch_mm, core=True),
        Protocol(s.T1, _SAG, fov_mm, slices, thickness_mm, pitch_mm, core=True),
        Protocol(s.T2, _AX, axial_mm, 24, thickness_mm, 5.0, shows=(K.DISC_HERNIATION, K.CORD_LESION)),
        Protocol(s.STIR, _SAG, fov_mm, slices, thickness_mm, pitch_mm),
        Protocol(s.T1_GD_FS, _SAG, fov_mm, slices, thickness_mm, pitch_mm, shows=(K.CORD_LESION,)),
    )


def _joint(fov_mm: float, slices: int, pitch_mm: float) -> tuple[Protocol, ...]:
    return (
        Protocol(s.PD_FS, _COR, fov_mm, slices, 3, pitch_mm, core=True),
        Protocol(s.PD_FS, _AX, fov_mm, slices, 3, pitch_mm, core=True),
        Protocol(s.T1, _COR, fov_mm, slices, 3, pitch_mm),
        Protocol(s.T2_FS, _SAG, fov_mm, slices, 3, pitch_mm),
        Protocol(s.STIR, _COR, fov_mm, slices, 3, pitch_mm),
    )


def _legs(axial_mm: float, long_mm: float) -> tuple[Protocol, ...]:
    return (
        Protocol(s.T1, _AX, axial_mm, 26, 6, 9, core=True),
        Protocol(s.STIR, _COR, long_mm, 22, 5, 6, core=True),
        Protocol(s.T2_FS, _AX, axial_mm, 26, 6, 9),
        Protocol(s.T1, _COR, long_mm, 22, 5, 6),
    )


# By the region's name, as its findings are.
PROTOCOLS: Mapping[str, tuple[Protocol, ...]] = {
    "brain": (
        Protocol(s.T2, _AX, 230, 22, 5, 6, core=True),
        Protocol(s.FLAIR, _AX, 230, 22, 5, 6, core=True),
        Protocol(s.T1, _SAG, 240, 22, 5, 6),
        Protocol(s.T1, _AX, 230, 22, 5, 6, shows=_TUMOURS),
        Protocol(s.T1_GD, _AX, 230, 22, 5, 6, shows=(K.GLIOMA, K.MENINGIOMA)),
        Protocol(s.MPRAGE_GD, _SAG, 245, 64, 2.6, 2.6, shows=(K.METASTASES,)),
        Protocol(s.DWI, _AX, 240, 22, 5, 6, shows=(K.INFARCT,)),
        Protocol(s.ADC, _AX, 240, 22, 5, 6, shows=(K.INFARCT,)),
        Protocol(s.FLAIR, _SAG, 240, 24, 5, 6, shows=(K.WHITE_MATTER_LESIONS,)),
        Protocol(s.MPRAGE, _SAG, 245, 64, 2.6, 2.6, shows=(K.HYDROCEPHALUS,)),
        Protocol(s.SWI, _AX, 230, 48, 2.5, 2.5, shows=(K.HAEMORRHAGE,)),
        Protocol(s.T2_STAR, _AX, 230, 22, 5, 6, shows=(K.HAEMORRHAGE,)),
        Protocol(s.T2, _COR, 220, 24, 5, 6),
        Protocol(s.TOF, _AX, 200, 60, 1.2, 1.2),
        Protocol(s.BOLD, _AX, 220, 28, 4, 4.4),
        Protocol(s.PERFUSION, _AX, 240, 20, 5, 6),
    ),
    "cervical spine": _spine(220, 16, 3, 160),
    "thoracic spine": _spine(320, 16, 3.5, 190),
    "lumbar spine": _spine(280, 16, 4, 190),
    "knee": (
        Protocol(s.PD_FS, _SAG, 160, 26, 3, 4, core=True),
        Protocol(s.PD_FS, _COR, 160, 24, 3, 4, core=True),
        Protocol(s.T1, _COR, 160, 24, 3, 4),
        Protocol(s.PD_FS, _AX, 160, 26, 3.5, 4.5, shows=(K.EFFUSION,)),
        Protocol(s.PD, _SAG, 160, 26, 3, 4, shows=(K.MENISCAL_TEAR,)),
        Protocol(s.T2, _SAG, 160, 26, 3, 4, shows=(K.LIGAMENT_RUPTURE,)),
    ),
    "shoulder": _joint(170, 24, 3.6),
    "wrist": _joint(110, 20, 2.8),
    "upper leg": _legs(400, 440),
    "lower leg": _legs(320, 440),
    "fetal brain": (
        Protocol(s.T2, _AX, 300, 24, 4, 4.4, core=True),
        Protocol(s.T2, _COR, 320, 24, 4, 4.4, core=True),
        Protocol(s.T2, _SAG, 320, 24, 4, 4.4),
        Protocol(s.CINE, _COR, 340, 24, 5, 5.5),
        Protocol(s.T1, _AX, 320, 20, 5, 5.5),
    ),
    "abdomen": (
        Protocol(s.T2, _COR, 400, 24, 6, 8, core=True),
        Protocol(s.T2_FS, _AX, 390, 26, 6, 8, core=True),
        Protocol(s.VIBE, _AX, 390, 40, 5, 5),
        Protocol(s.IN_PHASE, _AX, 390, 26, 6, 8),
        Protocol(s.OPPOSED, _AX, 390, 26, 6, 8),
        Protocol(s.VIBE_GD, _AX, 390, 40, 5, 5, shows=(K.LIVER_METASTASIS, K.HEPATIC_CYST, K.RENAL_MASS)),
        Protocol(s.DWI, _AX, 390, 26, 6, 8, shows=(K.LIVER_METASTASIS,)),
        Protocol(s.ADC, _AX, 390, 26, 6, 8),
    ),
    "prostate": (
        Protocol(s.T2, _AX, 200, 24, 3, 3.3, core=True),
        Protocol(s.T2, _SAG, 200, 24, 3, 3.3, core=True),
        Protocol(s.DWI, _AX, 220, 24, 3, 3.3, shows=(K.PROSTATE_CANCER,)),
        Protocol(s.ADC, _AX, 220, 24, 3, 3.3, shows=(K.PROSTATE_CANCER,)),
        Protocol(s.T2, _COR, 200, 24, 3, 3.3),
        Protocol(s.T1, _AX, 300, 26, 5, 6),
    ),
    "heart": (
        Protocol(s.CINE, _AX, 340, 16, 7, 9, core=True),
        Protocol(s.CINE, _COR, 340, 16, 7, 9, core=True),
        Protocol(s.T1, _AX, 340, 16, 6, 9),
        Protocol(s.STIR, _AX, 340, 16, 7, 9),
    ),
}


def acquisition_of(random: np.random.Generator, protocol: Protocol, scanner: Scanner, matrix: int) -> Acquisition:
    """The settings of a series: the card's, as this site and this scanner's field have them.

    Args:
        random: what the site has changed: times by up to 10 %, coverage, angle and field of view by a little.
        protocol: the card.
        scanner: whose field strength times depend on.
        matrix: pixels along the longer side.
    """
    sequence, field_t = protocol.sequence, scanner.field_strength_t
    in_plane_mm = round(protocol.fov_mm * float(random.uniform(0.92, 1.1)) / matrix, 4)
    across = matrix if random.random() < 0.6 else 2 * round(matrix * float(random.uniform(0.75, 0.95)) / 2)
    times = float(random.uniform(0.9, 1.1))
    tilts = random.normal(0.0, 3.5, 2)
    shift = random.normal(0.0, 0.012 * protocol.fov_mm, 3)
    return Acquisition(
        sequence=sequence.kind,
        plane=protocol.plane,
        matrix=(across, matrix),
        slices=protocol.slices,
        in_plane_mm=in_plane_mm,
        thickness_mm=protocol.thickness_mm,
        gap_mm=round(protocol.pitch_mm - protocol.thickness_mm, 4),
        field_strength_t=field_t,
        tr_ms=_rounded(sequence.tr_ms * times),
        te_ms=_rounded(_echo_time(sequence, field_t) * times),
        ti_ms=_rounded(_inversion_time(sequence, field_t)),
        flip_angle_deg=sequence.flip_angle_deg,
        b_value=sequence.b_value,
        echo_train_ms=sequence.echo_train_ms,
        contrast_given=sequence.contrast,
        fat_saturated=sequence.fat_saturated,
        centre_mm=(round(float(shift[0]), 3), round(float(shift[1]), 3), round(float(shift[2]), 3)),
        tilt_deg=(round(float(tilts[0]), 3), round(float(tilts[1]), 3)),
    )


def _echo_time(sequence: Sequence, field_t: float) -> float:
    """Echo times that follow the field: T2* sequences shorter, fat in or out of phase where the field has it."""
    match sequence.kind:
        case SequenceKind.SUSCEPTIBILITY | SequenceKind.ECHO_PLANAR:
            return float(sequence.te_ms * min(1.6, 1.5 / field_t) ** 0.6)
        case SequenceKind.GRADIENT_ECHO if sequence in (s.IN_PHASE, s.OPPOSED):
            return sequence.te_ms * 1.5 / field_t
        case _:
            return sequence.te_ms


def _inversion_time(sequence: Sequence, field_t: float) -> float:
    """STIR nulls fat, whose T1 grows with the field; FLAIR nulls fluid, whose T1 does not."""
    return float(sequence.ti_ms * (field_t / 1.5) ** 0.3) if sequence is s.STIR else sequence.ti_ms


def _rounded(time_ms: float) -> float:
    """A time as the card shows it.

    >>> _rounded(563.2), _rounded(2.937)
    (563.0, 2.94)
    """
    return float(round(time_ms, 2 if time_ms < 10 else 0))
