"""The header of a series, typed and normalised, with the raw text and the deciding rule beside each derived value."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from indexer.header.contrast import contrast_of
from indexer.header.evidence import INFERRED, SAID, STATED, Evidence, gather_evidence
from indexer.header.fat import fat_sat_of
from indexer.header.manufacturer import manufacturer_of
from indexer.header.numbers import (
    Times,
    clinical_field_strength,
    field_strength_of_frequency,
    parse_age,
    parse_b_value,
    parse_field_strength,
    sane_times,
)
from indexer.header.plane import plane_of
from indexer.header.region import region_of
from indexer.header.role import role_of
from indexer.header.sequence import sequence_of
from indexer.header.side import side_of
from indexer.header.text import find_phrase, phrases
from indexer.records import Derived, FoundSeries, Geometry, SeriesHeader

_SEXES = MappingProxyType(
    {"F": "F", "FEMALE": "F", "W": "F", "M": "M", "MALE": "M", "O": "O", "OTHER": "O", "DIVERSE": "O", "D": "O"}
)
_AGE_COLUMNS = ("age_years", "age", "patient_age")
_SEX_COLUMNS = ("sex", "gender", "patient_sex")
_SAID_TESLA = re.compile(r" (\d(?:\.\d+)?) ?t(?:esla)? ")
_ULTRASHORT = phrases("ute, zte, petra, silent, pointwise encoding, ultrashort")


def normalise_header(found: FoundSeries, sidecar: Mapping[str, object], geometry: Geometry) -> SeriesHeader:
    """The normalised header of a series.

    Args:
        found: the series as the inventory found it.
        sidecar: its BIDS or dcm2niix JSON (times in seconds), empty where there is none; the series' own tags go first.
        geometry: the shape of its representative volume.
    """
    evidence = gather_evidence(found, sidecar, geometry)
    sequence = sequence_of(evidence)
    region = region_of(evidence, sequence.value)
    times = _times(evidence)
    return SeriesHeader(
        modality="MR",
        sequence=sequence,
        plane=plane_of(evidence, sequence.value),
        region=region,
        role=role_of(evidence, sequence),
        contrast=contrast_of(evidence, sequence.value),
        fat_sat=fat_sat_of(evidence, sequence.value),
        side=side_of(evidence, region.value),
        age_years=_age(evidence, found.extra),
        sex=_sex(evidence, found.extra),
        study_date=_iso_date(evidence.tag("StudyDate")),
        manufacturer=manufacturer_of(evidence),
        model=evidence.tag("ManufacturerModelName"),
        field_strength_t=_field_strength(evidence),
        tr_ms=times.tr_ms,
        te_ms=times.te_ms,
        ti_ms=times.ti_ms,
        flip_angle_deg=evidence.number("FlipAngle"),
        b_value=parse_b_value(
            evidence.tag("DiffusionBValue"), evidence.tag("SequenceName"), tuple(field.raw for field in evidence.series)
        ),
        slice_thickness_mm=evidence.number("SliceThickness"),
        series_description=evidence.tag("SeriesDescription"),
        protocol=evidence.tag("ProtocolName"),
        study_description=evidence.tag("StudyDescription"),
        body_part=evidence.tag("BodyPartExamined"),
        site=evidence.tag("InstitutionName"),
        geometry=geometry,
    )


def _times(evidence: Evidence) -> Times:
    named = any(find_phrase(field.text, _ULTRASHORT) for field in evidence.series)
    return sane_times(
        evidence.number("RepetitionTime"),
        evidence.number("EchoTime"),
        evidence.number("InversionTime"),
        ultrashort=named,
    )


def _age(evidence: Evidence, table: Mapping[str, object]) -> Derived[float]:
    stated = parse_age(evidence.tag("PatientAge"))
    if stated is not None:
        return Derived(stated, evidence.tag("PatientAge"), "patient-age", STATED)
    for name in _AGE_COLUMNS:
        raw = str(table.get(name, ""))
        if (listed := parse_age(raw)) is not None:
            return Derived(listed, raw, "table", STATED)
    return Derived()


def _sex(evidence: Evidence, table: Mapping[str, object]) -> Derived[str]:
    candidates = [
        ("patient-sex", evidence.tag("PatientSex")),
        *(("table", str(table.get(c, ""))) for c in _SEX_COLUMNS),
    ]
    for rule, raw in candidates:
        if sex := _SEXES.get(raw.strip().upper()):
            return Derived(sex, raw, rule, STATED)
    return Derived()


def _field_strength(evidence: Evidence) -> Derived[float]:
    """As stated, else by the resonance frequency of hydrogen, else by a "3T" in a description or name."""
    raw = evidence.tag("MagneticFieldStrength")
    if (stated := parse_field_strength(raw)) is not None:
        return Derived(stated, raw, "field-strength", STATED)
    frequency = evidence.number("ImagingFrequency")
    if frequency is not None and (reckoned := field_strength_of_frequency(frequency)) is not None:
        return Derived(reckoned, evidence.tag("ImagingFrequency"), "imaging-frequency", INFERRED)
    for field in evidence.texts:
        match = _SAID_TESLA.search(field.text)
        if match and (said := clinical_field_strength(float(match.group(1)))) is not None:
            return Derived(said, field.raw, field.rule, SAID)
    return Derived()


def _iso_date(text: str) -> str:
    """An ISO date of a DICOM or ISO one; "" for anything else.

    >>> _iso_date("20110218"), _iso_date("2011-02-18"), _iso_date("18.2.2011")
    ('2011-02-18', '2011-02-18', '')
    """
    match = re.fullmatch(r"(\d{4})[-.]?(\d{2})[-.]?(\d{2})", text)
    return "-".join(match.groups()) if match else ""
