"""How bright each tissue is in a series: the signal equations, evaluated once per tissue into a look-up table."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantoms.scene import Acquisition, SequenceKind
from phantoms.tissue_properties import (
    FAT_T1_MS,
    FAT_T2_MS,
    FAT_T2_STAR_MS,
    TissueProperties,
    at_field,
    properties_at,
)
from phantoms.tissues import Tissue

Values = NDArray[np.float64]

_R1, _R2 = (
    4.5,
    5.5,
)  # relaxivities of a gadolinium chelate in blood, l/mmol/s. Source: Rohrer et al., Invest Radiol 2005
_FAT_SHIFT_HZ_PER_T = 3.4e-6 * 42.577e6
_FAT_LEFT_BY_SATURATION = 0.06
_SPIN_ECHO_FLOW_VOID = 0.95
MPRAGE_ECHO_SPACING_MS = 7.0
MPRAGE_MAX_ECHOES = 160
_FAT_ADC = 50.0
# Pulsation brings CSF that no pulse has met yet, or echo-planar images would not show ventricles brighter than grey
# matter as they do. The time is ours, from that observation; no source.
_CSF_RENEWAL_MS = 8000.0
_ALWAYS_SATURATED = (SequenceKind.DIFFUSION, SequenceKind.ECHO_PLANAR)  # fat would lie elsewhere in the image


@dataclass(frozen=True, slots=True)
class _Spins:
    """Magnetisation of one kind of proton in every tissue, relaxation times in ms, shape (tissues,)."""

    t1: Values
    t2: Values
    t2_star: Values
    adc: Values
    flow: Values
    fresh: Values  # share that comes in fully relaxed within a repetition, as gradient echoes see it


def signal_table(acquisition: Acquisition, properties: TissueProperties | None = None) -> NDArray[np.float64]:
    """The signal of every tissue, float64, shape (tissues,), where fully relaxed CSF without decay is 1.

    ADC maps are in 10^-6 mm2/s, perfusion in ml/100 g/min. Fat and water of a tissue add up, in gradient echoes with
    the phase that fat gains by its chemical shift of 3.4 ppm until the echo (Source: Dixon, Radiology 1984).

    Args:
        acquisition: the settings.
        properties: of one person's tissues at this field strength; the table's where it is not given.
    """
    properties = properties or properties_at(acquisition.field_strength_t)
    if acquisition.sequence is SequenceKind.ADC:
        return np.where(properties.fat_fraction > 0.9, 0.0, properties.adc)
    if acquisition.sequence is SequenceKind.PERFUSION:
        return properties.perfusion
    equation = _EQUATIONS[acquisition.sequence]
    water = equation(acquisition, _water(properties, acquisition))
    fat = equation(acquisition, _fat(acquisition.field_strength_t))
    if acquisition.fat_saturated or acquisition.sequence in _ALWAYS_SATURATED:
        fat = fat * _FAT_LEFT_BY_SATURATION
    share = properties.fat_fraction
    together = (1 - share) * water + share * fat * _fat_phase(acquisition)
    return np.asarray(properties.proton_density * np.abs(together))


def _water(properties: TissueProperties, acquisition: Acquisition) -> _Spins:
    """The water of every tissue; agent adds to its relaxation rates in proportion to its concentration."""
    agent = properties.agent_mm * acquisition.contrast_given
    r1, r2, r2_star = (
        1000 / times + relaxivity * agent
        for times, relaxivity in ((properties.t1_ms, _R1), (properties.t2_ms, _R2), (properties.t2_star_ms, _R2))
    )
    fresh = properties.flow.copy()
    fresh[Tissue.CSF] = 1 - np.exp(-acquisition.tr_ms / _CSF_RENEWAL_MS)
    return _Spins(1000 / r1, 1000 / r2, 1000 / r2_star, properties.adc, properties.flow, fresh)


def _fat(field_strength_t: float) -> _Spins:
    t1, t2, t2_star = (
        np.full(len(Tissue), at_field(np.array(times), field_strength_t))
        for times in (FAT_T1_MS, FAT_T2_MS, FAT_T2_STAR_MS)
    )
    still = np.zeros(len(Tissue))
    return _Spins(t1, t2, t2_star, np.full(len(Tissue), _FAT_ADC), still, still)


def _fat_phase(acquisition: Acquisition) -> complex:
    """Fat's phase against water at the echo, a number of modulus 1; 1 where a spin echo refocuses it."""
    if acquisition.sequence not in (SequenceKind.GRADIENT_ECHO, SequenceKind.SUSCEPTIBILITY):
        return 1.0
    cycles = _FAT_SHIFT_HZ_PER_T * acquisition.field_strength_t * acquisition.te_ms / 1000
    return complex(np.exp(2j * np.pi * cycles))


def _spin_echo(acquisition: Acquisition, spins: _Spins) -> Values:
    """(1 - 2 exp(-(TR - TE/2)/T1) + exp(-TR/T1)) exp(-TE/T2); flowing blood leaves the slice between the pulses.

    Source: Bernstein, King and Zhou, Handbook of MRI Pulse Sequences, 2004, section 14.3: one refocusing pulse.
    """
    tr_ms, te_ms = acquisition.tr_ms, acquisition.te_ms
    excited = 1 - 2 * np.exp(-(tr_ms - te_ms / 2) / spins.t1) + np.exp(-tr_ms / spins.t1)
    return np.asarray(excited * np.exp(-te_ms / spins.t2) * _left_in_slice(spins))


def _inversion_recovery(acquisition: Acquisition, spins: _Spins) -> Values:
    """(1 - 2 exp(-TI/T1) + 2 exp(-(TR - TE/2)/T1) - exp(-TR/T1)) exp(-TE/T2), signed; magnitude images lose the sign.

    Source: Bernstein, King and Zhou 2004, section 14.2: spin-echo readout with one refocusing pulse.
    """
    tr_ms, te_ms = acquisition.tr_ms, acquisition.te_ms
    carried_over = 2 * np.exp(-(tr_ms - te_ms / 2) / spins.t1) - np.exp(-tr_ms / spins.t1)
    recovered = 1 - 2 * np.exp(-acquisition.ti_ms / spins.t1) + carried_over
    return np.asarray(recovered * np.exp(-te_ms / spins.t2) * _left_in_slice(spins))


def _left_in_slice(spins: _Spins) -> Values:
    """The share of spins that both pulses of a spin echo meet: little of fast blood."""
    return np.asarray(1 - _SPIN_ECHO_FLOW_VOID * (spins.flow > 0.5))


def _gradient_echo(acquisition: Acquisition, spins: _Spins) -> Values:
    """Sin a (1 - E1) / (1 - E1 cos a) exp(-TE/T2*), E1 = exp(-TR/T1); fresh blood and CSF come in fully relaxed.

    Source: Ernst and Anderson, Rev Sci Instrum 1966; Bernstein, King and Zhou 2004, eq. 14.8.
    """
    angle = np.radians(acquisition.flip_angle_deg)
    e1 = np.exp(-acquisition.tr_ms / spins.t1)
    steady = (1 - e1) / (1 - e1 * np.cos(angle))
    mixed = spins.fresh + (1 - spins.fresh) * steady
    return np.asarray(np.sin(angle) * mixed * np.exp(-acquisition.te_ms / spins.t2_star))


def _balanced(acquisition: Acquisition, spins: _Spins) -> Values:
    """Sin a (1 - E1) / (1 - (E1 - E2) cos a - E1 E2) exp(-TE/T2), on resonance.

    Source: Scheffler and Lehnhardt, Eur Radiol 2003, eq. 1; Bernstein, King and Zhou 2004, eq. 14.26.
    """
    angle = np.radians(acquisition.flip_angle_deg)
    e1, e2 = np.exp(-acquisition.tr_ms / spins.t1), np.exp(-acquisition.tr_ms / spins.t2)
    steady = np.sin(angle) * (1 - e1) / (1 - (e1 - e2) * np.cos(angle) - e1 * e2)
    return np.asarray(steady * np.exp(-acquisition.te_ms / spins.t2))


def mprage_echoes(acquisition: Acquisition) -> int:
    """How many echoes fit before and after the middle of the train, which lies at TI."""
    around_ms = 2 * min(acquisition.ti_ms, acquisition.tr_ms - acquisition.ti_ms)
    return max(2, min(MPRAGE_MAX_ECHOES, int((around_ms - 20) / MPRAGE_ECHO_SPACING_MS)))


def _mprage(acquisition: Acquisition, spins: _Spins) -> Values:
    """The magnetisation at the middle of the echo train in the steady state of inversion, train and recovery, signed.

    With M after the inversion -m: before the train 1 - (1 + m) exp(-TA/T1); each echo takes M to
    M cos a E + (1 - E); after the train recovery to m again. All steps are linear, so m solves one linear equation.

    Source: Deichmann et al., "Optimization of 3-D MP-RAGE sequences", NeuroImage 2000, eqs. 1 to 7.
    """
    angle = np.radians(acquisition.flip_angle_deg)
    echoes = mprage_echoes(acquisition)
    before_ms = acquisition.ti_ms - echoes / 2 * MPRAGE_ECHO_SPACING_MS
    after_ms = acquisition.tr_ms - before_ms - echoes * MPRAGE_ECHO_SPACING_MS
    e_before, e_echo, e_after = (
        np.exp(-time / spins.t1) for time in (before_ms, MPRAGE_ECHO_SPACING_MS, max(after_ms, 0.0))
    )
    per_echo = np.cos(angle) * e_echo
    driven = (1 - e_echo) / (1 - per_echo)  # where the train alone would settle
    left, half = per_echo**echoes, per_echo ** (echoes // 2)
    # m = 1 - e_after (1 - end), end = driven + left (start - driven), start = 1 - (1 + m) e_before
    constant = 1 - e_after * (1 - driven - left * (1 - e_before - driven))
    m = constant / (1 + e_after * left * e_before)
    start = 1 - (1 + m) * e_before
    middle = driven + half * (start - driven)
    fresh = spins.flow + (1 - spins.flow) * middle
    return np.asarray(np.sin(angle) * fresh * np.exp(-acquisition.te_ms / spins.t2_star))


def _diffusion(acquisition: Acquisition, spins: _Spins) -> Values:
    """A spin echo times exp(-b D). Source: Stejskal and Tanner, J Chem Phys 1965; Le Bihan et al., Radiology 1986."""
    return _spin_echo(acquisition, spins) * np.exp(-acquisition.b_value * spins.adc * 1e-6)


_EQUATIONS: dict[SequenceKind, Callable[[Acquisition, _Spins], Values]] = {
    SequenceKind.SPIN_ECHO: _spin_echo,
    SequenceKind.INVERSION_RECOVERY: _inversion_recovery,
    SequenceKind.GRADIENT_ECHO: _gradient_echo,
    SequenceKind.BALANCED: _balanced,
    SequenceKind.MPRAGE: _mprage,
    SequenceKind.TOF: _gradient_echo,
    SequenceKind.DIFFUSION: _diffusion,
    SequenceKind.SUSCEPTIBILITY: _gradient_echo,
    SequenceKind.ECHO_PLANAR: _gradient_echo,
}
