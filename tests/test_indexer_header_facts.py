"""Maker, field strength, age, sex and plain columns; sidecars and keywords; headers that are broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.header.card import card_text
from indexer.header.evidence import gather_evidence
from indexer.header.keywords import HEADER_KEYWORDS
from indexer.records import FoundSeries, SourceKind
from indexer.sources.dicom_tags import DESCRIPTIVE
from tests.header_cases import BODY, header_of


@pytest.mark.parametrize(
    ("stated", "manufacturer"),
    [
        ("SIEMENS", "Siemens"),
        ("Siemens Healthineers", "Siemens"),
        ("SIEMENS Healthineers", "Siemens"),
        ("Siemens HealthCare GmbH", "Siemens"),
        ("GE MEDICAL SYSTEMS", "GE"),
        ("GENESIS_SIGNA", "GE"),
        ("G.E. Medical Systems", "GE"),
        ("Philips Medical Systems", "Philips"),
        ("Philips Healthcare", "Philips"),
        ("TOSHIBA_MEC", "Canon"),
        ("Canon Medical Systems", "Canon"),
        ("Hitachi Medical Corporation", "Fujifilm"),
        ("UIH", "UIH"),
        ("United Imaging Healthcare", "UIH"),
        ("Bruker BioSpin MRI GmbH", "Bruker"),
        ("Some Small Maker", "Some Small Maker"),
    ],
)
def test_manufacturers(stated: str, manufacturer: str) -> None:
    found = header_of("", Manufacturer=stated).manufacturer
    assert (found.value, found.raw, found.confidence) == (manufacturer, stated, 1.0)


def test_a_model_or_a_name_tells_the_maker_too() -> None:
    assert header_of("", ManufacturerModelName="DISCOVERY MR750").manufacturer.value == "GE"
    assert header_of("", path="philips_perf.nii.gz").manufacturer.value == "Philips"
    assert header_of("average t1").manufacturer.value is None


@pytest.mark.parametrize(
    ("tags", "path", "tesla", "rule"),
    [
        ({"MagneticFieldStrength": "1.494"}, "a", 1.5, "field-strength"),
        ({"MagneticFieldStrength": "15000"}, "a", 1.5, "field-strength"),
        ({"ImagingFrequency": "123.249"}, "a", 3.0, "imaging-frequency"),
        ({"MagneticFieldStrength": "0", "ImagingFrequency": "63.87"}, "a", 1.5, "imaging-frequency"),
        ({}, "knee_3T/1.dcm", 3.0, "folder-name"),
        ({}, "t1_1.5T.nii.gz", 1.5, "name"),
        ({}, "t1.nii.gz", None, ""),
    ],
)
def test_field_strengths(tags: dict[str, str], path: str, tesla: float | None, rule: str) -> None:
    found = header_of("", path=path, **tags).field_strength_t
    assert (found.value, found.rule) == (tesla, rule)


def test_age_and_sex_from_header_or_table() -> None:
    stated = header_of("", PatientAge="006M", PatientSex="F", extra={"age": 50, "sex": "M"})
    assert (stated.age_years.value, stated.sex.value, stated.age_years.rule) == (0.5, "F", "patient-age")
    listed = header_of("", extra={"age": 50, "sex": "male"})
    assert (listed.age_years.value, listed.sex.value, listed.sex.rule) == (50.0, "M", "table")
    nothing = header_of("", PatientAge="***", PatientSex="", extra={"age": None})
    assert (nothing.age_years.value, nothing.sex.value) == (None, None)


def test_plain_columns_and_sidecar_units() -> None:
    header = header_of("t2", sidecar={"EchoTime": 0.1, "RepetitionTime": 4.0, "BodyPart": "KNEE"}, StudyDate="20110218")
    assert (header.te_ms, header.tr_ms, header.region.value, header.study_date) == (100.0, 4000.0, "knee", "2011-02-18")


def test_a_null_in_a_sidecar_is_nothing() -> None:
    assert header_of("t2", sidecar={"BodyPartExamined": None, "InstitutionName": None}).site == ""


def test_the_keywords_are_sorted_and_listed_once() -> None:
    assert list(HEADER_KEYWORDS) == sorted(set(HEADER_KEYWORDS))


def test_the_inventory_hands_over_every_keyword_that_is_read() -> None:
    assert set(HEADER_KEYWORDS) <= set(DESCRIPTIVE)


def test_the_series_own_tags_go_before_its_sidecar() -> None:
    assert header_of("t2", sidecar={"EchoTime": 0.1}, EchoTime="90").te_ms == 90.0


def test_no_identifying_keyword_is_read() -> None:
    assert not [keyword for keyword in HEADER_KEYWORDS if keyword in {"PatientName", "PatientID", "PatientBirthDate"}]


def test_an_empty_header_decides_nothing() -> None:
    found = FoundSeries(SourceKind.NIFTI, "x", "", ())
    evidence = gather_evidence(found, {}, BODY)
    assert evidence.texts == ()
    assert header_of("").sequence.value is None


@given(st.dictionaries(st.sampled_from(HEADER_KEYWORDS), st.text(max_size=30), max_size=12), st.text(max_size=40))
def test_no_header_however_broken_raises(tags: dict[str, str], path: str) -> None:
    header = header_of(tags.pop("SeriesDescription", ""), path=path, **tags)
    assert card_text(header)
    for derived in (header.sequence, header.region, header.plane, header.contrast, header.side, header.age_years):
        assert (derived.value is None) == (derived.confidence == 0)


@given(
    st.dictionaries(
        st.sampled_from([*HEADER_KEYWORDS, "BidsGuess"]),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9), st.lists, max_leaves=4),
    )
)
def test_no_sidecar_however_broken_raises(sidecar: dict[str, object]) -> None:
    assert card_text(header_of("", sidecar=sidecar))
