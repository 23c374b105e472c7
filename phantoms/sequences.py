"""The sequences of a hospital: what radiologists call them, and the settings that the signal follows from."""

from dataclasses import dataclass
from enum import StrEnum

from phantoms.scene import SequenceKind


class Weighting(StrEnum):
    """What a series shows, as reports and tables name it."""

    T1 = "T1"
    T1_CONTRAST = "T1 post-contrast"
    T2 = "T2"
    T2_FAT_SAT = "T2 fat-saturated"
    PD = "PD"
    PD_FAT_SAT = "PD fat-saturated"
    FLAIR = "FLAIR"
    STIR = "STIR"
    DWI = "DWI"
    ADC = "ADC"
    T2_STAR = "T2*"
    SWI = "SWI"
    TOF = "TOF"
    BOLD = "BOLD"
    PERFUSION = "perfusion"
    CINE = "bSSFP"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence as the protocol card has it at 1.5 T.

    Attributes:
        name: short, for file names: letters and digits.
        ti_ms: 0 for none.
        b_value: s/mm2, 0 for none.
        echo_train_ms: length of a turbo train's decay, for its blur; 0 for none.
        volumetric: encoded in 3D.
        scanning, variant: DICOM's ScanningSequence and SequenceVariant, several parted by a backslash.
        words: as a technique section names it.
    """

    name: str
    weighting: Weighting
    kind: SequenceKind
    words: str
    tr_ms: float
    te_ms: float
    ti_ms: float = 0.0
    flip_angle_deg: float = 90.0
    b_value: float = 0.0
    echo_train_ms: float = 0.0
    volumetric: bool = False
    contrast: bool = False
    fat_saturated: bool = False
    scanning: str = "SE"
    variant: str = "SK"


_K, _W = SequenceKind, Weighting

T1 = Sequence("t1", _W.T1, _K.SPIN_ECHO, "T1-weighted", 560, 12)
T1_GD = Sequence("t1gd", _W.T1_CONTRAST, _K.SPIN_ECHO, "post-contrast T1-weighted", 560, 12, contrast=True)
T1_GD_FS = Sequence(
    "t1gdfs",
    _W.T1_CONTRAST,
    _K.SPIN_ECHO,
    "fat-suppressed post-contrast T1-weighted",
    620,
    11,
    contrast=True,
    fat_saturated=True,
)
T2 = Sequence("t2", _W.T2, _K.SPIN_ECHO, "T2-weighted", 4200, 98, flip_angle_deg=150, echo_train_ms=60)
T2_FS = Sequence(
    "t2fs",
    _W.T2_FAT_SAT,
    _K.SPIN_ECHO,
    "fat-suppressed T2-weighted",
    4000,
    85,
    flip_angle_deg=150,
    echo_train_ms=60,
    fat_saturated=True,
)
PD = Sequence("pd", _W.PD, _K.SPIN_ECHO, "proton density", 2600, 26, flip_angle_deg=150, echo_train_ms=30)
PD_FS = Sequence(
    "pdfs",
    _W.PD_FAT_SAT,
    _K.SPIN_ECHO,
    "fat-suppressed proton density",
    2900,
    32,
    flip_angle_deg=150,
    echo_train_ms=30,
    fat_saturated=True,
)
FLAIR = Sequence(
    "flair",
    _W.FLAIR,
    _K.INVERSION_RECOVERY,
    "FLAIR",
    9000,
    118,
    ti_ms=2480,
    flip_angle_deg=150,
    echo_train_ms=60,
    scanning="SE\\IR",
)
STIR = Sequence(
    "stir",
    _W.STIR,
    _K.INVERSION_RECOVERY,
    "STIR",
    4500,
    55,
    ti_ms=205,
    flip_angle_deg=150,
    echo_train_ms=40,
    scanning="SE\\IR",
)
DWI = Sequence(
    "dwi", _W.DWI, _K.DIFFUSION, "diffusion-weighted", 5400, 82, b_value=1000, fat_saturated=True, scanning="EP"
)
ADC = Sequence("adc", _W.ADC, _K.ADC, "ADC", 5400, 82, fat_saturated=True, scanning="EP")
MPRAGE = Sequence(
    "mprage",
    _W.T1,
    _K.MPRAGE,
    "3D T1-weighted",
    2000,
    2.9,
    ti_ms=900,
    flip_angle_deg=8,
    volumetric=True,
    scanning="GR\\IR",
    variant="SP\\MP",
)
MPRAGE_GD = Sequence(
    "mpragegd",
    _W.T1_CONTRAST,
    _K.MPRAGE,
    "post-contrast 3D T1-weighted",
    2000,
    2.9,
    ti_ms=900,
    flip_angle_deg=8,
    volumetric=True,
    contrast=True,
    scanning="GR\\IR",
    variant="SP\\MP",
)
VIBE = Sequence(
    "vibe",
    _W.T1,
    _K.GRADIENT_ECHO,
    "fat-suppressed 3D gradient-echo T1-weighted",
    4.5,
    2.1,
    flip_angle_deg=11,
    volumetric=True,
    fat_saturated=True,
    scanning="GR",
    variant="SP",
)
VIBE_GD = Sequence(
    "vibegd",
    _W.T1_CONTRAST,
    _K.GRADIENT_ECHO,
    "post-contrast fat-suppressed T1-weighted",
    4.5,
    2.1,
    flip_angle_deg=11,
    volumetric=True,
    contrast=True,
    fat_saturated=True,
    scanning="GR",
    variant="SP",
)
IN_PHASE = Sequence(
    "inphase", _W.T1, _K.GRADIENT_ECHO, "in-phase T1-weighted", 150, 4.6, flip_angle_deg=70, scanning="GR", variant="SP"
)
OPPOSED = Sequence(
    "opposed",
    _W.T1,
    _K.GRADIENT_ECHO,
    "opposed-phase T1-weighted",
    150,
    2.3,
    flip_angle_deg=70,
    scanning="GR",
    variant="SP",
)
T2_STAR = Sequence(
    "t2star", _W.T2_STAR, _K.GRADIENT_ECHO, "T2*-weighted", 620, 22, flip_angle_deg=20, scanning="GR", variant="SP"
)
SWI = Sequence(
    "swi",
    _W.SWI,
    _K.SUSCEPTIBILITY,
    "susceptibility-weighted",
    49,
    40,
    flip_angle_deg=15,
    volumetric=True,
    scanning="GR",
    variant="SP",
)
TOF = Sequence(
    "tof",
    _W.TOF,
    _K.TOF,
    "time-of-flight angiography",
    23,
    3.5,
    flip_angle_deg=20,
    volumetric=True,
    scanning="GR",
    variant="SP",
)
BOLD = Sequence(
    "bold", _W.BOLD, _K.ECHO_PLANAR, "echo-planar BOLD", 2500, 46, fat_saturated=True, scanning="EP", variant="SK"
)
PERFUSION = Sequence("cbf", _W.PERFUSION, _K.PERFUSION, "arterial spin labelling perfusion", 4600, 14, scanning="EP")
CINE = Sequence(
    "cine", _W.CINE, _K.BALANCED, "balanced steady-state", 3.6, 1.7, flip_angle_deg=55, scanning="GR", variant="SS"
)
