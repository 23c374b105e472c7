"""Numbers out of header text: ages in years, field strengths in tesla, times in milliseconds, b-values in s/mm2."""

import math
import re
from dataclasses import dataclass

AGE_CAP = 90.0  # HIPAA's safe harbour pools ages above 89 into one group; so do we, and 90 stands for it.
_AGE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*([YMWD]?)\s*", re.IGNORECASE)
_YEARS_PER = {"": 1.0, "Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}

# Field strengths of scanners sold for people, and the usual ones for animals, in tesla.
_CLINICAL = (0.064, 0.2, 0.23, 0.25, 0.3, 0.35, 0.4, 0.5, 0.55, 0.6, 0.7, 1.0, 1.2, 1.5)
FIELD_STRENGTHS_T = (*_CLINICAL, 3.0, 4.0, 4.7, 5.0, 7.0, 9.4, 10.5, 11.7, 14.1, 17.2, 21.1)
PROTON_MHZ_PER_T = 42.577  # gyromagnetic ratio of hydrogen over 2 pi
_SNAP = 0.045  # a "3 T" Siemens magnet runs at 2.89 T (123.2 MHz): 3.7 % off

_B_VALUE = re.compile(r"(?:^|[^a-z0-9])b(?:[ -]?val(?:ue)?s?)?[ =_-]?(\d{1,5})(?![0-9.])")
_SEQUENCE_B = re.compile(r"ep_b([0-9_]+)")  # Siemens: "*ep_b50_800", "ep_b800t", "ep_b1000#3"
_MOST_B = 20000.0


def parse_number(text: str) -> float | None:
    r"""The first number of a header value, None where there is none or it is not finite.

    >>> parse_number("2000.000000"), parse_number("2.3\\4.6"), parse_number("n/a")
    (2000.0, 2.3, None)
    """
    head = text.split("\\", maxsplit=1)[0].strip().removeprefix("[").split(",")[0].rstrip("]").strip()
    try:
        value = float(head)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def parse_age(text: str) -> float | None:
    """Age in years of a DICOM age string or a plain number of years; 90 and above become 90.

    "000Y" is None: DICOM counts infants in days, weeks or months, so zero years is what de-identification leaves.

    >>> parse_age("045Y"), parse_age("006M"), parse_age("93"), parse_age("000Y")
    (45.0, 0.5, 90.0, None)
    """
    match = _AGE.fullmatch(text)
    if match is None:
        return None
    unit = match.group(2).upper()
    count = float(match.group(1))
    if count == 0 and unit in {"Y", ""}:
        return None
    years = count * _YEARS_PER[unit]
    return min(round(years, 2), AGE_CAP) if years <= 150 else None


def parse_field_strength(text: str) -> float | None:
    """Field strength in tesla as used clinically; values from 100 up are gauss.

    >>> parse_field_strength("1.494"), parse_field_strength("15015"), parse_field_strength("0")
    (1.5, 1.5, None)
    """
    value = parse_number(text)
    if value is None or value <= 0:
        return None
    return clinical_field_strength(value / 10_000 if value >= 100 else value)


def field_strength_of_frequency(frequency: float) -> float | None:
    """Field strength in tesla of a proton resonance frequency in MHz, or in Hz as UIH writes it.

    >>> field_strength_of_frequency(123.25), field_strength_of_frequency(63.87), field_strength_of_frequency(128176060)
    (3.0, 1.5, 3.0)
    """
    mhz = frequency / 1e6 if frequency > 1e5 else frequency
    return clinical_field_strength(mhz / PROTON_MHZ_PER_T)


def clinical_field_strength(tesla: float) -> float | None:
    """The usual name of a measured field strength: the nearest known one within 4.5 %, otherwise two decimals."""
    if not 0.01 <= tesla <= 25:
        return None
    nearest = min(FIELD_STRENGTHS_T, key=lambda known: abs(known - tesla))
    return nearest if abs(nearest - tesla) <= _SNAP * nearest else round(tesla, 2)


@dataclass(frozen=True, slots=True)
class Times:
    """Sequence timing in milliseconds; None where unknown."""

    tr_ms: float | None
    te_ms: float | None
    ti_ms: float | None


def sane_times(tr_ms: float | None, te_ms: float | None, ti_ms: float | None, *, ultrashort: bool = False) -> Times:
    """Timing in milliseconds, also where a writer put seconds into the fields; zero and below mean unknown.

    Seconds give themselves away by the pair: TE under 0.3 with TR from 0.1 to 20. Only an ultrashort echo time looks
    the same in milliseconds (TE 0.07, TR 5): `ultrashort`, told by the name of the sequence, takes them as they are.

    >>> sane_times(2.0, 0.03, 0.9)
    Times(tr_ms=2000.0, te_ms=30.0, ti_ms=900.0)
    >>> sane_times(3.6, 1.8, 0.0)
    Times(tr_ms=3.6, te_ms=1.8, ti_ms=None)
    """
    tr, te, ti = (value if value is not None and value > 0 else None for value in (tr_ms, te_ms, ti_ms))
    if ultrashort or tr is None or te is None or not (te < 0.3 and 0.1 <= tr <= 20):
        return Times(tr, te, ti)
    return Times(round(1000 * tr, 4), round(1000 * te, 4), round(1000 * ti, 4) if ti is not None and ti < 20 else ti)


def parse_b_value(tag: str, sequence_name: str, descriptions: tuple[str, ...]) -> float | None:
    """The highest b-value in s/mm2: stated by the tag, else by Siemens' sequence name, else by a description.

    >>> parse_b_value("", "*ep_b50_800", ()), parse_b_value("", "", ("DWI high bvalue 1400",))
    (800.0, 1400.0)
    """
    stated = [value for part in tag.split("\\") if (value := parse_number(part)) is not None and 0 <= value <= _MOST_B]
    if stated:
        return max(stated)
    named = [float(part) for run in _SEQUENCE_B.findall(sequence_name.lower()) for part in run.split("_") if part]
    if named:
        return max(named)
    said = [float(part) for text in descriptions for part in _B_VALUE.findall(text.lower())]
    return max((value for value in said if value <= _MOST_B), default=None)
