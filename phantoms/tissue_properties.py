"""What each tissue's magnetisation does: relaxation, proton density, fat, diffusion, contrast agent, flow.

T1, T2 and T2* are given at 1.5 and 3 T and follow a power of the field through both points elsewhere (Source: Bottomley
et al., "A review of normal tissue hydrogen NMR relaxation times", Med Phys 1984, eq. 2, T1 = A f^B; Rooney et al., Magn
Reson Med 2007, fig. 3: it holds in brain from 0.2 to 7 T).

Each number's source, how sure it is and the range where papers disagree: docs/tissue_values.md, row by row. In short,
brain: Wright et al., MAGMA 2008; Stanisz et al., Magn Reson Med 2005, table 1; Cox and Gowland, Magn Reson Med 2010;
Peters et al., Magn Reson Imaging 2007; Helenius et al., AJNR 2002. Cord: Smith et al., Magn Reson Med 2008. Abdomen
and pelvis: de Bazelaire et al., Radiology 2004, tables 1 and 2; their ADC: Jafar et al., World J Radiol 2016. Knee,
fat: Gold et al., Am J Roentgenol 2004. Tendon, meniscus, bone: Du et al., Magn Reson Med 2012, table 1. Where in vivo
and in vitro disagree, as for white and grey matter, the values lie between, nearer to in vivo. Lesions, blood by stage
(order only: Bradley, Radiology 1993, table 2) and whatever the page calls ours lie where their look on each weighting
puts them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.tissues import Tissue

FIELDS_T = (0.3, 7.0)
_POINTS_T = (1.5, 3.0)


@dataclass(frozen=True, slots=True)
class TissueProperties:
    """Arrays over `Tissue`, float64, shape (tissues,), at one field strength.

    Attributes:
        t1_ms, t2_ms, t2_star_ms: of the water in a tissue.
        proton_density: of water and fat together, CSF 1.
        fat_fraction: share of the protons that are fat's.
        adc: mean diffusivity, 10^-6 mm2/s.
        agent_mm: concentration of contrast agent some minutes after a usual dose, mmol/l.
        flow: share of the blood renewed within a repetition, 0 where nothing flows.
        perfusion: blood flow, ml/100 g/min.
    """

    t1_ms: NDArray[np.float64]
    t2_ms: NDArray[np.float64]
    t2_star_ms: NDArray[np.float64]
    proton_density: NDArray[np.float64]
    fat_fraction: NDArray[np.float64]
    adc: NDArray[np.float64]
    agent_mm: NDArray[np.float64]
    flow: NDArray[np.float64]
    perfusion: NDArray[np.float64]


# fmt: off
_ROWS: dict[Tissue, tuple[float, ...]] = {
    #                           T1 1.5  T1 3 T2 1.5 T2 3 T2*1.5 T2*3  PD  fat  ADC agent flow perfusion
    Tissue.AIR:                   (1000, 1000,   10,   10,    1,    1,  0.00,  0.0,    0,  0.0, 0.0,   0),
    Tissue.FAT:                   (1000, 1200,   40,   35,   20,   12,  0.95, 0.93,   50,  0.0, 0.0,   2),
    Tissue.MUSCLE:                (1010, 1410,   36,   34,   28,   22,  0.78, 0.02, 1500, 0.10, 0.0,   5),
    Tissue.CORTICAL_BONE:         ( 250,  260,  0.5,  0.4,  0.4,  0.3,  0.20, 0.05,   50,  0.0, 0.0,   0),
    Tissue.MARROW:                ( 750,  900,   45,   40,   14,    8,  0.80, 0.55,  400, 0.08, 0.0,   8),
    Tissue.CSF:                   (4300, 4300, 2000, 1900, 1000,  800,  1.00,  0.0, 3000,  0.0, 0.0,   0),
    Tissue.GREY_MATTER:           (1120, 1450,   90,   87,   84,   66,  0.82,  0.0,  860, 0.02, 0.0,  60),
    Tissue.WHITE_MATTER:          ( 690,  860,   75,   71,   66,   53,  0.70,  0.0,  710, 0.01, 0.0,  22),
    Tissue.CORD:                  ( 745,  900,   75,   74,   55,   38,  0.70,  0.0,  900, 0.02, 0.0,  20),
    Tissue.DISC:                  (1100, 1300,  130,  115,   80,   60,  0.85,  0.0, 1800,  0.0, 0.0,   0),
    Tissue.ANNULUS:               ( 850, 1000,   32,   28,   15,   11,  0.60,  0.0, 1100,  0.0, 0.0,   0),
    Tissue.CARTILAGE:             (1060, 1240,   42,   37,   25,   21,  0.75,  0.0, 1400,  0.0, 0.0,   0),
    Tissue.MENISCUS:              ( 800,  900,   11,   10,    6,    5,  0.60,  0.0,  800,  0.0, 0.0,   0),
    Tissue.LIGAMENT:              ( 700,  800,    7,    6,    3,  2.5,  0.55,  0.0,  800,  0.0, 0.0,   0),
    Tissue.FLUID:                 (3300, 3600, 1000,  750,  400,  320,  0.98,  0.0, 2700,  0.0, 0.0,   0),
    Tissue.BLOOD_VESSEL:          (1400, 1790,  260,  220,  200,  130,  0.90,  0.0, 1500, 0.45, 0.9,   0),
    Tissue.LIVER:                 ( 586,  809,   46,   34,   28,   20,  0.78, 0.04, 1250, 0.22, 0.0,  90),
    Tissue.SPLEEN:                (1057, 1328,   79,   61,   45,   30,  0.82,  0.0,  850, 0.27, 0.0, 130),
    Tissue.RENAL_CORTEX:          ( 966, 1142,   87,   76,   70,   55,  0.80,  0.0, 2000, 0.75, 0.0, 250),
    Tissue.RENAL_MEDULLA:         (1412, 1545,   85,   81,   45,   32,  0.85,  0.0, 1900, 0.55, 0.0,  90),
    Tissue.BOWEL:                 (1000, 1250,   65,   58,   30,   22,  0.75, 0.03, 1500, 0.25, 0.0,  40),
    Tissue.PERIPHERAL_ZONE:       (1400, 1700,  150,  135,   80,   65,  0.88,  0.0, 1650, 0.15, 0.0,  20),
    Tissue.TRANSITION_ZONE:       (1317, 1597,   88,   80,   55,   45,  0.80,  0.0, 1300, 0.22, 0.0,  30),
    Tissue.OEDEMA:                (1400, 1800,  140,  130,  110,   85,  0.88,  0.0, 1400, 0.02, 0.0,  15),
    Tissue.TUMOUR:                (1350, 1750,  120,  110,   90,   65,  0.84,  0.0, 1050, 0.20, 0.0,  80),
    Tissue.NECROSIS:              (2200, 2600,  320,  280,  220,  160,  0.93,  0.0, 2300, 0.02, 0.0,   3),
    Tissue.INFARCT:               (1350, 1750,  130,  120,  100,   75,  0.85,  0.0,  420, 0.02, 0.0,   6),
    Tissue.GLIOSIS:               (1350, 1700,  150,  140,  110,   85,  0.84,  0.0, 1150, 0.03, 0.0,  12),
    Tissue.METASTASIS:            (1150, 1400,   85,   75,   55,   40,  0.80,  0.0,  950, 0.16, 0.0,  50),
    Tissue.PROSTATE_CANCER:       (1300, 1550,   72,   65,   48,   40,  0.78,  0.0,  850, 0.30, 0.0,  70),
    Tissue.DEEP_GREY_MATTER:      (1050, 1310,   80,   70,   57,   36,  0.80,  0.0,  750, 0.02, 0.0,  55),
    Tissue.SKIN:                  ( 800,  950,   25,   22,   12,    9,  0.65, 0.10,  900, 0.10, 0.0,  10),
    Tissue.LUNG:                  (1200, 1300,   40,   35,  1.6,  0.8,  0.22,  0.0, 1500, 0.20, 0.0,  60),
    Tissue.MYOCARDIUM:            (1030, 1250,   50,   45,   35,   28,  0.79,  0.0, 1200, 0.19, 0.0,  90),
    Tissue.PANCREAS:              ( 584,  725,   46,   43,   30,   22,  0.80, 0.06, 1600, 0.20, 0.0, 100),
    Tissue.GLAND:                 ( 750,  950,   60,   54,   32,   24,  0.78, 0.20, 1100, 0.35, 0.0,  40),
    Tissue.NERVE:                 ( 815, 1083,   77,   78,   40,   30,  0.72, 0.05, 1100, 0.03, 0.0,  10),
    Tissue.VEIN:                  (1400, 1790,  120,   60,   60,   18,  0.88,  0.0, 1500, 0.45,0.15,   0),
    Tissue.SUBACUTE_INFARCT:      (1400, 1800,  150,  135,  105,   80,  0.86,  0.0,  820, 0.15, 0.0,  30),
    Tissue.CHRONIC_INFARCT:       (2700, 3100,  500,  420,  350,  260,  0.95,  0.0, 2300, 0.01, 0.0,   3),
    Tissue.HYPERACUTE_BLOOD:      (1300, 1700,  160,  140,   40,   22,  0.88,  0.0,  650,  0.0, 0.0,   0),
    Tissue.ACUTE_BLOOD:           (1250, 1600,   42,   28,   12,    6,  0.85,  0.0,  600,  0.0, 0.0,   0),
    Tissue.EARLY_SUBACUTE_BLOOD:  ( 320,  380,   38,   28,   12,    7,  0.85,  0.0,  650,  0.0, 0.0,   0),
    Tissue.LATE_SUBACUTE_BLOOD:   ( 330,  400,  220,  200,   60,   35,  0.90,  0.0, 1100,  0.0, 0.0,   0),
    Tissue.CHRONIC_BLOOD:         (1300, 1600,   18,   12,    5,  2.5,  0.75,  0.0, 1200,  0.0, 0.0,   0),
    Tissue.MENINGIOMA:            (1150, 1550,   88,   82,   70,   52,  0.80,  0.0,  850, 0.40, 0.0, 120),
    Tissue.RENAL_MASS:            (1150, 1400,  100,   88,   60,   45,  0.82,  0.0, 1450, 0.30, 0.0, 120),
    Tissue.STOMACH_CONTENT:       (1900, 2200,  250,  220,  120,   90,  0.92, 0.05, 2300,  0.0, 0.0,   0),
    Tissue.ANTERIOR_CRUCIATE:     ( 800,  900,   14,   12,    7,    6,  0.60, 0.03,  900,  0.0, 0.0,   0),
    Tissue.POSTERIOR_CRUCIATE:    ( 720,  820,    8,    7,    4,    3,  0.56,  0.0,  850,  0.0, 0.0,   0),
    Tissue.MEDIAL_COLLATERAL:     ( 700,  800,    7,    6,    3,  2.5,  0.55,  0.0,  800,  0.0, 0.0,   0),
    Tissue.SUPRASPINATUS_TENDON:  ( 700,  800,    8,    7,    4,    3,  0.55,  0.0,  800,  0.0, 0.0,   0),
    Tissue.CYST:                  (3300, 3600, 1100,  850,  500,  400,  0.99,  0.0, 2800,  0.0, 0.0,   0),
    Tissue.EFFUSION:              (2850, 3620, 1210,  767,  350,  280,  0.97,  0.0, 2500,  0.0, 0.0,   0),
    Tissue.TORN:                  (1800, 2100,  150,  135,   80,   60,  0.90,  0.0, 2000, 0.05, 0.0,   5),
    Tissue.HERNIATION:            (1000, 1200,   58,   50,   30,   22,  0.72,  0.0, 1300,  0.0, 0.0,   0),
    Tissue.BONE_OEDEMA:           (1200, 1450,   95,   85,   25,   16,  0.85, 0.25, 1300,  0.2, 0.0,  20),
}
# fmt: on
# Fat's own protons, wherever they lie. T1: between Gold et al. 2004 (288/371) and de Bazelaire et al. 2004 (343/382).
# T2: between 58/68 (de Bazelaire) and 165/133 (Gold), for coupling makes it longer in a turbo train than in single
# echoes, and one value serves both. T2*: as fast as fat's six resonances dephase at TE 2 to 6 ms (Hamilton et al., NMR
# Biomed 2011; fitted as one peak 10 to 12 ms, Bydder et al., Magn Reson Imaging 2008), too fast for TE beyond 10 ms.
FAT_T1_MS = (310.0, 375.0)
FAT_T2_MS = (100.0, 95.0)
FAT_T2_STAR_MS = (11.0, 7.0)


def at_field(at_both: NDArray[np.float64], field_strength_t: float) -> NDArray[np.float64]:
    """Values at a field strength from those at 1.5 and 3 T in the last axis, along a power law, kept within 0.3 to 7 T.

    >>> float(at_field(np.array([500.0, 1000.0]), 1.5))
    500.0
    """
    field = min(max(field_strength_t, FIELDS_T[0]), FIELDS_T[1])
    exponent = np.log(at_both[..., 1] / at_both[..., 0]) / np.log(_POINTS_T[1] / _POINTS_T[0])
    return np.asarray(at_both[..., 0] * (field / _POINTS_T[0]) ** exponent)


def properties_at(field_strength_t: float) -> TissueProperties:
    """The properties of every tissue at a field strength in tesla."""
    rows = np.array([_ROWS[tissue] for tissue in Tissue], dtype=np.float64)
    t1_ms, t2_ms, t2_star_ms = (at_field(rows[:, first : first + 2], field_strength_t) for first in (0, 2, 4))
    t2_ms = np.minimum(t2_ms, t1_ms)  # towards low fields the power laws would cross, which physics forbids
    return TissueProperties(
        t1_ms,
        t2_ms,
        np.minimum(t2_star_ms, t2_ms),
        *(rows[:, column] for column in range(6, 12)),
    )
