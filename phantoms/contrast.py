"""How bright each tissue is in each kind of sequence: one table, typed in by hand.

The numbers are plausible, not computed: their *order* within a column follows common teaching (fat bright on T1, water
bright on T2 and dark on FLAIR, acute infarct bright on DWI and dark on ADC). The ADC column is in 10^-6 mm^2/s, as
scanners store it.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from phantoms.tissues import Tissue


class Weighting(StrEnum):
    """The kinds of sequence."""

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


_COLUMNS = tuple(Weighting)

# fmt: off
_TABLE: dict[Tissue, tuple[int, ...]] = {
    #                        T1  T1+C    T2  T2FS    PD  PDFS  FLAIR  STIR  DWI   ADC
    Tissue.AIR:             (  5,    5,    5,    5,    5,    5,    5,    5,    5,    0),
    Tissue.FAT:             (900,  900,  620,  130,  720,  140,  560,   90,   60,   60),
    Tissue.MUSCLE:          (340,  380,  170,  190,  380,  330,  230,  240,  160, 1500),
    Tissue.CORTICAL_BONE:   ( 40,   40,   30,   30,   50,   40,   40,   40,   15,   50),
    Tissue.MARROW:          (640,  660,  430,  140,  560,  170,  380,  150,   80,  400),
    Tissue.CSF:             (130,  130, 1000, 1000,  700,  720,   90,  980,   70, 3000),
    Tissue.GREY_MATTER:     (400,  420,  520,  520,  680,  660,  560,  540,  330,  830),
    Tissue.WHITE_MATTER:    (560,  570,  380,  380,  580,  560,  430,  400,  290,  730),
    Tissue.CORD:            (480,  490,  360,  360,  560,  540,  420,  390,  300,  900),
    Tissue.DISC:            (320,  330,  720,  740,  600,  620,  480,  680,  180, 1800),
    Tissue.ANNULUS:         (270,  280,  150,  160,  300,  290,  200,  180,   80, 1100),
    Tissue.CARTILAGE:       (420,  430,  380,  430,  620,  700,  430,  480,  150, 1500),
    Tissue.MENISCUS:        (120,  130,   70,   80,  130,  140,  100,   90,   40,  800),
    Tissue.LIGAMENT:        (110,  120,   60,   70,  120,  130,   90,   80,   40,  800),
    Tissue.FLUID:           (140,  140,  980,  990,  760,  900,  120,  960,   90, 2900),
    Tissue.BLOOD_VESSEL:    ( 90,  880,   90,   90,  120,  120,   90,   80,   50, 1500),
    Tissue.LIVER:           (520,  680,  200,  210,  420,  380,  300,  190,  180, 1200),
    Tissue.SPLEEN:          (360,  660,  420,  470,  520,  520,  420,  440,  420,  850),
    Tissue.RENAL_CORTEX:    (450,  850,  460,  500,  540,  540,  430,  480,  380, 2000),
    Tissue.RENAL_MEDULLA:   (350,  640,  580,  620,  580,  590,  480,  600,  400, 1900),
    Tissue.BOWEL:           (330,  470,  400,  430,  450,  450,  330,  420,  220, 1500),
    Tissue.PERIPHERAL_ZONE: (330,  500,  760,  800,  640,  680,  520,  700,  200, 1700),
    Tissue.TRANSITION_ZONE: (340,  560,  400,  420,  520,  520,  400,  400,  220, 1300),
    Tissue.OEDEMA:          (310,  320,  800,  800,  760,  750,  860,  800,  300, 1400),
    Tissue.TUMOUR:          (330,  930,  690,  690,  720,  710,  740,  700,  460, 1050),
    Tissue.NECROSIS:        (190,  200,  900,  900,  740,  740,  480,  880,  130, 2300),
    Tissue.INFARCT:         (330,  350,  740,  740,  740,  730,  820,  740,  950,  420),
    Tissue.GLIOSIS:         (340,  350,  760,  760,  740,  730,  900,  760,  300, 1250),
    Tissue.METASTASIS:      (330,  440,  500,  560,  560,  580,  480,  560,  520,  900),
    Tissue.PROSTATE_CANCER: (330,  760,  280,  290,  480,  470,  360,  320,  560,  650),
}
# fmt: on


def intensities(weighting: Weighting) -> NDArray[np.float32]:
    """Intensity by label, shape (number of tissues,), 0 to 1000 (ADC: 10^-6 mm^2/s, 0 to 3000).

    >>> table = intensities(Weighting.FLAIR)
    >>> bool(table[Tissue.GLIOSIS] > table[Tissue.GREY_MATTER] > table[Tissue.WHITE_MATTER] > table[Tissue.CSF])
    True
    """
    column = _COLUMNS.index(weighting)
    return np.array([_TABLE[tissue][column] for tissue in Tissue], dtype=np.float32)
