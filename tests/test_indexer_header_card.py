"""The card: exact texts for hand-made headers, and what it must never hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.header.card import SEQUENCE_WORDS, card_text
from indexer.header.sequence_names import SequenceClass
from tests.header_cases import HEAD, header_of


@pytest.mark.parametrize(
    ("description", "tags", "card"),
    [
        (
            "t2_tse_tra",
            {"BodyPartExamined": "PROSTATE", "MagneticFieldStrength": "3", "Manufacturer": "SIEMENS"},
            "prostate, pelvis, axial T2-weighted (T2) MRI; 3 T Siemens",
        ),
        (
            "t1_vibe_fs_tra +C",
            {"BodyPartExamined": "LIVER", "MagneticFieldStrength": "1.494"},
            "liver, abdomen, abdominal, axial T1-weighted (T1) MRI; "
            "after contrast, post-contrast, contrast-enhanced with gadolinium; fat-saturated; 1.5 T",
        ),
        ("pd_tse left knee", {}, "left knee, leg, lower limb, axial proton density weighted (PD) MRI"),
        ("ep2d_bold", {}, "brain, head, axial functional MRI (fMRI, BOLD)"),
        ("exam", {}, "unidentified body part, axial unidentified sequence MRI"),
    ],
)
def test_cards(description: str, tags: dict[str, str], card: str) -> None:
    assert card_text(header_of(description, **tags)) == card


def test_an_isotropic_volume_says_so() -> None:
    assert card_text(header_of("t1_mprage", geometry=HEAD)) == "brain, head, 3D isotropic T1-weighted (T1) MRI"


def test_every_sequence_class_has_words() -> None:
    assert set(SEQUENCE_WORDS) == set(SequenceClass)
    assert len(set(SEQUENCE_WORDS.values())) == len(SequenceClass)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"]), max_size=40), st.sampled_from(["045Y", "3", ""]))
def test_a_card_is_one_line_and_repeats_no_header_text(text: str, age: str) -> None:
    header = header_of(f"t1 Zebediah19481127 {text}", PatientAge=age, StudyDate="20110218", InstitutionName="Clinic Q")
    card = card_text(header)
    assert card == card_text(header)
    assert "\n" not in card
    assert "zebediah" not in card.casefold() and "1948" not in card and "2011" not in card and "Clinic" not in card
