"""How people's tissues differ from the table's: relaxation times, water content and diffusivity, a little for each."""

from dataclasses import replace

import numpy as np

from phantoms.tissue_properties import TissueProperties
from phantoms.tissues import Tissue

# Standard deviations of the logarithm between people, and between how sites measure. Source: the spread over studies
# in Stanisz et al., Magn Reson Med 2005, table 1: T1 by 5 to 15 %, T2 by 5 to 20 %.
T1_SPREAD, T2_SPREAD, DENSITY_SPREAD, ADC_SPREAD = 0.08, 0.11, 0.04, 0.08
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
        own[list(_BRAIN)] = own[Tissue.GREY_MATTER] + (own[list(_BRAIN)] - own[Tissue.GREY_MATTER]) * 0.4
        return np.asarray(np.exp(random.normal(0.0, spread * share / np.sqrt(2)) + own))

    t2 = factor(T2_SPREAD)
    return replace(
        properties,
        t1_ms=properties.t1_ms * factor(T1_SPREAD),
        t2_ms=properties.t2_ms * t2,
        t2_star_ms=np.minimum(properties.t2_star_ms * t2 * factor(T2_SPREAD), properties.t2_ms * t2),
        proton_density=properties.proton_density * factor(DENSITY_SPREAD),
        adc=properties.adc * factor(ADC_SPREAD),
        agent_mm=properties.agent_mm * float(np.exp(random.normal(0.0, 0.3 * share))),
        perfusion=properties.perfusion * factor(0.25),
    )
