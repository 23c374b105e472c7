"""How tissues differ from the table's: between people, and by what the slices' pulses do to one another."""

from dataclasses import replace

import numpy as np

from phantoms.scene import Acquisition, SequenceKind
from phantoms.tissue_properties import TissueProperties
from phantoms.tissues import Tissue

# Standard deviations of the logarithm between people, and between how sites measure. Source: the spread over studies
# in Stanisz et al., Magn Reson Med 2005, table 1: T1 by 5 to 15 %, T2 by 5 to 20 %.
T1_SPREAD, T2_SPREAD, DENSITY_SPREAD, ADC_SPREAD = 0.08, 0.13, 0.05, 0.08
# In half of the people white matter's T1 lies up to so much of the way towards grey matter's (logarithms): age, oedema,
# water of the old and the newborn, and partial volume of thick slices wash out what a table of the healthy says.
# Real T1 spin echoes have white over grey of 1.05 to 1.2; the table's values alone give 1.2 to 1.4.
_WASHED_OUT = 0.55
_CSF_T1_RANGE = (0.6, 1.1)  # flow and pulsation renew it, more here and less there
# Largest share of the signal that off-resonant pulses on the other slices of a stack take away by magnetisation
# transfer. Source: Dixon et al., Magn Reson Imaging 1990, and Santyr, Magn Reson Imaging 1993, for the effect and its
# order (white matter and muscle most, fluid and fat none); the numbers are ours.
_TRANSFER = {
    Tissue.WHITE_MATTER: 0.22, Tissue.GREY_MATTER: 0.13, Tissue.DEEP_GREY_MATTER: 0.15, Tissue.CORD: 0.20,
    Tissue.MUSCLE: 0.28, Tissue.CARTILAGE: 0.25, Tissue.MYOCARDIUM: 0.18, Tissue.LIVER: 0.18, Tissue.SPLEEN: 0.10,
    Tissue.RENAL_CORTEX: 0.10, Tissue.RENAL_MEDULLA: 0.08, Tissue.PANCREAS: 0.12, Tissue.TRANSITION_ZONE: 0.10,
    Tissue.DISC: 0.12, Tissue.ANNULUS: 0.20, Tissue.GLAND: 0.10,
}  # fmt: skip
_SPIN_ECHOES = (SequenceKind.SPIN_ECHO, SequenceKind.INVERSION_RECOVERY)
_NULLED_CSF_MS = 4100.0
_BRAIN = (Tissue.GREY_MATTER, Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER, Tissue.CORD)


def varied(random: np.random.Generator, properties: TissueProperties, share: float = 1.0) -> TissueProperties:
    """Properties of one person.

    Half of a tissue's deviation is the person's own and shared by all tissues (temperature, iron, hydration, how a
    site calibrates), half the tissue's; grey and white matter keep their order, without which there is no brain.

    Args:
        random: the person's stream.
        properties: of the table, at a field strength.
        share: of the spread; 0 gives the table.
    """
    count = len(properties.t1_ms)

    def factor(spread: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        own = random.normal(0.0, spread * share / np.sqrt(2), count)
        own[list(_BRAIN)] = own[Tissue.GREY_MATTER] + (own[list(_BRAIN)] - own[Tissue.GREY_MATTER]) * 0.6
        return np.asarray(np.exp(random.normal(0.0, spread * share / np.sqrt(2)) + own))

    t1, t2 = factor(T1_SPREAD), factor(T2_SPREAD)
    t1[Tissue.CSF] *= random.uniform(*_CSF_T1_RANGE) ** share
    if random.random() < 0.5 * share:
        towards = random.uniform(0.0, _WASHED_OUT)
        for tissue in (Tissue.WHITE_MATTER, Tissue.DEEP_GREY_MATTER, Tissue.CORD):
            t1[tissue] *= (properties.t1_ms[Tissue.GREY_MATTER] / properties.t1_ms[tissue]) ** towards
    return replace(
        properties,
        t1_ms=properties.t1_ms * t1,
        t2_ms=properties.t2_ms * t2,
        t2_star_ms=np.minimum(properties.t2_star_ms * t2 * factor(T2_SPREAD), properties.t2_ms * t2),
        proton_density=properties.proton_density * factor(DENSITY_SPREAD),
        adc=properties.adc * factor(ADC_SPREAD),
        agent_mm=properties.agent_mm * float(np.exp(random.normal(0.0, 0.3 * share))),
        perfusion=properties.perfusion * factor(0.25),
    )


def nulled_csf(random: np.random.Generator, properties: TissueProperties) -> TissueProperties:
    """Properties as a FLAIR sees them: its inversion covers all of the head, so that no fresh fluid renews the signal.

    The inversion time is set for 4100 ms; without this, fluid that looks renewed would shine in every third FLAIR.
    """
    t1 = properties.t1_ms.copy()
    t1[Tissue.CSF] = _NULLED_CSF_MS * random.uniform(0.92, 1.06)
    return replace(properties, t1_ms=t1)


def transferred(
    random: np.random.Generator, acquisition: Acquisition, properties: TissueProperties
) -> TissueProperties:
    """Properties as a stack of spin-echo slices sees them: less water where macromolecules take magnetisation away.

    How much depends on pulses, gaps and the number of slices, so it is drawn; one slice, or a volume, loses nothing.
    """
    if acquisition.sequence not in _SPIN_ECHOES or acquisition.slices < 3:
        return properties
    share = random.uniform(0.2, 1.0)
    density = properties.proton_density.copy()
    for tissue, most in _TRANSFER.items():
        density[tissue] *= 1 - share * most
    return replace(properties, proton_density=density)
