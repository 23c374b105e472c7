"""Words and numbers out of header text: hand-worked examples, and properties that hold for any text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.header.numbers import (
    AGE_CAP,
    FIELD_STRENGTHS_T,
    Times,
    clinical_field_strength,
    field_strength_of_frequency,
    parse_age,
    parse_b_value,
    parse_field_strength,
    parse_number,
    sane_times,
)
from indexer.header.text import GLUED_WORDS, find_phrase, normal_form, path_components, segment


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("t2tsesag", "t2 tse sag"),
        ("anat-T1w_acq-tfl", "anat t1w acq tfl"),
        ("ep2d_diff_tra_DYNDIST_ADC", "ep2d diff tra dyndist adc"),
        ("ep2ddifftraDYNDISTADC", "ep2d diff tra dyndist adc"),
        ("msl_p01_s1_flair", "msl p01 s1 flair"),
        ("T2*w", "t2star w"),
        ("t2* gre", "t2star gre"),
        ("Ax T1 +C", "ax t1 pluscontrast"),
        ("T1 C+", "t1 pluscontrast"),
        ("sag 3d gre +c", "sag 3d gre pluscontrast"),
        ("relCBF", "rel cbf"),
        ("pCASL", "pcasl"),
        ("fMRI", "fmri"),
        ("3DpCASL", "3d pcasl"),
        ("CINESAX", "cine sax"),
        ("IRM cérébrale", "irm cerebrale"),
        ("MR Schädel / Füße", "mr schadel fusse"),
        ("T2W/UTSE/RC$ COR", "t2w utse rc cor"),
        ("Twist_TT=8.0s", "twist tt 8.0s"),
        ("facet axon", "facet axon"),
        ("", ""),
        ("***", ""),
    ],
)
def test_normal_form_of_names_as_scanners_write_them(raw: str, words: str) -> None:
    assert normal_form(raw).split() == words.split()


@given(st.text(max_size=60))
def test_normal_form_is_padded_lower_case_and_stable(text: str) -> None:
    form = normal_form(text)
    assert form.startswith(" ") and form.endswith(" ") and "  " not in form
    assert form == form.lower()
    assert normal_form(form) == form


@given(st.text(alphabet="abcdefgprstwx0123456789", min_size=1, max_size=24))
def test_segments_put_together_are_the_token(token: str) -> None:
    assert "".join(segment(token)) == token


@given(st.lists(st.sampled_from(sorted(word for word in GLUED_WORDS if word.isalpha())), min_size=1, max_size=4))
def test_glued_words_come_apart_into_known_words(words: list[str]) -> None:
    assert all(piece in GLUED_WORDS for piece in segment("".join(words)))


def test_phrases_match_whole_words_only() -> None:
    assert find_phrase(" relax t2 ", ("ax",)) is None
    assert find_phrase(" ax t2 ", ("cor", "ax")) == "ax"


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("sub-01/ses-2/anat/sub-01_ses-2_acq-sag_T2w.nii.gz", ("acq-sag_T2w", "anat")),
        ("knee/IM0001.dcm", ("IM0001", "knee")),
        ("t1.nii", ("t1",)),
        ("../a/./b.nii.gz", ("b", "a")),
        ("", ()),
    ],
)
def test_path_components_from_the_file_upwards(path: str, parts: tuple[str, ...]) -> None:
    assert path_components(path) == parts


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("045Y", 45.0),
        ("45", 45.0),
        ("006M", 0.5),
        ("003W", round(21 / 365.25, 2)),
        ("010D", round(10 / 365.25, 2)),
        ("000D", 0.0),
        ("89Y", 89.0),
        ("090Y", 90.0),
        ("103Y", 90.0),
        ("33.5", 33.5),
        (" 020y ", 20.0),
        ("000Y", None),
        ("0Y", None),
        ("999Y", None),
        ("***", None),
        ("n/a", None),
        ("-5Y", None),
        ("", None),
    ],
)
def test_ages(text: str, years: float | None) -> None:
    assert parse_age(text) == years


@given(st.text(max_size=8))
def test_an_age_is_never_outside_its_range(text: str) -> None:
    age = parse_age(text)
    assert age is None or 0 <= age <= AGE_CAP


@given(st.integers(1, 89))
def test_years_read_as_written(years: int) -> None:
    assert parse_age(f"{years:03d}Y") == years


@pytest.mark.parametrize(
    ("text", "tesla"),
    [
        ("3", 3.0),
        ("1.4939999580383", 1.5),
        ("15000", 1.5),
        ("15015", 1.5),
        ("30000", 3.0),
        ("2.89362", 3.0),
        ("0.5", 0.5),
        ("0.064", 0.064),
        ("7", 7.0),
        ("2.0", 2.0),
        ("0", None),
        ("-1.5", None),
        ("64", None),
        ("n/a", None),
        ("", None),
        ("nan", None),
    ],
)
def test_field_strengths(text: str, tesla: float | None) -> None:
    assert parse_field_strength(text) == tesla


@pytest.mark.parametrize(("frequency", "tesla"), [(123.249, 3.0), (63.87, 1.5), (297.2, 7.0), (128176060.0, 3.0)])
def test_field_strength_of_proton_frequency(frequency: float, tesla: float) -> None:
    assert field_strength_of_frequency(frequency) == tesla


@given(st.floats(0.01, 25))
def test_clinical_field_strength_is_near_what_was_measured(tesla: float) -> None:
    clinical = clinical_field_strength(tesla)
    assert clinical is not None
    assert abs(clinical - tesla) <= 0.05 * tesla + 0.006


@pytest.mark.parametrize("tesla", FIELD_STRENGTHS_T)
def test_known_field_strengths_stand_for_themselves(tesla: float) -> None:
    assert clinical_field_strength(tesla) == tesla


@pytest.mark.parametrize(
    ("given_times", "expected"),
    [
        ((2.0, 0.03, 0.9), Times(2000.0, 30.0, 900.0)),
        ((2000.0, 30.0, 900.0), Times(2000.0, 30.0, 900.0)),
        ((3.6, 1.8, None), Times(3.6, 1.8, None)),
        ((0.0, -1.0, 0.0), Times(None, None, None)),
        ((5.0, None, None), Times(5.0, None, None)),
    ],
)
def test_seconds_in_the_place_of_milliseconds(
    given_times: tuple[float | None, float | None, float | None], expected: Times
) -> None:
    assert sane_times(*given_times) == expected


def test_an_ultrashort_echo_time_stays() -> None:
    assert sane_times(5.0, 0.07, None, ultrashort=True) == Times(5.0, 0.07, None)


@given(st.floats(min_value=0.5, max_value=300), st.floats(min_value=1, max_value=20000))
def test_milliseconds_stay_milliseconds(te: float, tr: float) -> None:
    assert sane_times(tr, te, None) == Times(tr, te, None)


@pytest.mark.parametrize(
    ("tag", "name", "descriptions", "expected"),
    [
        ("0\\1000", "", (), 1000.0),
        ("", "*ep_b50_800", (), 800.0),
        ("", "ep_b800t", (), 800.0),
        ("", "*ep_b1000#3", (), 1000.0),
        ("", "", ("DWI b 1400",), 1400.0),
        ("", "", ("high bvalue 1400",), 1400.0),
        ("", "", ("ep2d_b0_b1000",), 1000.0),
        ("", "*tse2d1_25", ("t2_tse_sag",), None),
        ("", "", ("b1.5mm",), None),
    ],
)
def test_b_values(tag: str, name: str, descriptions: tuple[str, ...], expected: float | None) -> None:
    assert parse_b_value(tag, name, descriptions) == expected


@given(st.text(max_size=20))
def test_a_number_is_finite_or_none(text: str) -> None:
    number = parse_number(text)
    assert number is None or math.isfinite(number)
