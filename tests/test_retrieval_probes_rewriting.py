"""Sentences rewritten into their opposites: worked by hand, with the traps that must be left alone."""

import pytest

from retrieval.probes.controls import SEQUENCES, exchange_region, other_sequence
from retrieval.probes.negation import affirm, negate
from retrieval.probes.sides import exchange_side, side_in, swap_sides

# Rewritten and back to the letter.
BOTH_WAYS = [
    ("No midline shift.", "Midline shift."),
    ("No midline shift", "Midline shift"),
    ("There is no acute infarct.", "There is acute infarct."),
    ("There are no enlarged lymph nodes.", "There are enlarged lymph nodes."),
    ("There is no significant canal stenosis.", "There is significant canal stenosis."),
    ("- No fracture.", "- Fracture."),
    ("2. No acute infarct in the left thalamus.", "2. Acute infarct in the left thalamus."),
    ("No FLAIR lesions.", "FLAIR lesions."),
    ("No Baker cyst.", "Baker cyst."),
    ("No mass, haemorrhage or infarct.", "Mass, haemorrhage or infarct."),
    ("The ventricles are not dilated.", "The ventricles are dilated."),
    ("Intracranial haemorrhage is not identified.", "Intracranial haemorrhage is identified."),
    ("Cruciate ligaments are not intact.", "Cruciate ligaments are intact."),
    ("The examination is negative for rotator cuff tear.", "The examination is positive for rotator cuff tear."),
    ("Negative for hydrocephalus.", "Positive for hydrocephalus."),
]
# Denied to stated alone: the opposite would be put another way.
ONLY_AFFIRMED = [
    ("No acute infarct is seen.", "Acute infarct is seen."),
    ("No evidence of hydrocephalus.", "Evidence of hydrocephalus."),
    ("There is no evidence of acute infarct.", "There is evidence of acute infarct."),
    ("Infarct without haemorrhage.", "Infarct with haemorrhage."),
    ("Normal brain without evidence of infarct.", "Normal brain with evidence of infarct."),
    ("The flow void is absent.", "The flow void is present."),
]
# Stated to denied alone: the article is lost.
ONLY_NEGATED = [
    ("There is an acute infarct.", "There is no acute infarct."),
    ("There is a 12 mm cyst in the left kidney.", "There is no 12 mm cyst in the left kidney."),
]
NEITHER = [
    "Lesion no. 3 enhances.",
    "No. 3 is the largest.",
    "Tumour cannot be excluded.",
    "Metastasis is not excluded.",
    "The effusion is no longer seen.",
    "No longer seen.",
    "Not only the liver is enlarged.",
    "No significant interval change.",
    "No change.",
    "No contrast was given.",
    "MRI of the brain without contrast.",
    "No prior study.",
    "No mass without oedema.",
    "No mass, but oedema is present.",
    "No mass; the ventricles are normal.",
    "No mass and the ventricles are normal.",
    "There is no mass and there is no shift.",
    "Is there no infarct?",
    "There may be an infarct.",
    "Possible infarct.",
    "No sign of tear.",
    "The lesion is not well seen.",
    "It does not enhance.",
    "Neither mass nor effusion.",
    "There are two lesions.",
    "There is mild effusion.",
    "The effusion is unchanged.",
    "Follow-up is advised.",
    "Normal study.",
    "Left over from surgery.",
    "No",
    "",
]


@pytest.mark.parametrize(("denied", "stated"), BOTH_WAYS)
def test_denied_and_stated_turn_into_each_other(denied: str, stated: str) -> None:
    assert affirm(denied) == stated
    assert negate(stated) == denied
    assert affirm(negate(stated) or "") == stated
    assert (affirm(stated), negate(denied)) == (None, None)


@pytest.mark.parametrize(("denied", "stated"), ONLY_AFFIRMED)
def test_denials_are_taken_away(denied: str, stated: str) -> None:
    assert affirm(denied) == stated
    assert negate(denied) is None


@pytest.mark.parametrize(("stated", "denied"), ONLY_NEGATED)
def test_denials_are_put_in(stated: str, denied: str) -> None:
    assert negate(stated) == denied
    assert affirm(stated) is None


@pytest.mark.parametrize("sentence", NEITHER)
def test_what_is_unsure_is_left_alone(sentence: str) -> None:
    assert (affirm(sentence), negate(sentence)) == (None, None)


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("Infarct in the left thalamus.", "Infarct in the right thalamus."),
        ("MRI OF THE RIGHT KNEE", "MRI OF THE LEFT KNEE"),
        ("Left paracentral L4-L5 disc herniation.", "Right paracentral L4-L5 disc herniation."),
        ("Meningioma of the Lt sphenoid wing.", "Meningioma of the Rt sphenoid wing."),
        ("Haematoma in the L basal ganglia.", "Haematoma in the R basal ganglia."),
        (
            "Effusion on the left, extending to the left recess.",
            "Effusion on the right, extending to the right recess.",
        ),
        ("Effusion on the right at the recess.", "Effusion on the left at the recess."),
        ("Effusion of the left knee without loose bodies.", "Effusion of the right knee without loose bodies."),
    ],
)
def test_sides_are_exchanged_and_back(sentence: str, other: str) -> None:
    assert exchange_side(sentence) == other
    assert exchange_side(other) == sentence
    assert swap_sides(swap_sides(sentence)) == sentence
    assert {side_in(sentence), side_in(other)} == {"left", "right"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Right-handed patient.",
        "Right-handed patient with left infarct.",
        "L4 fracture.",
        "Fracture of L 4 on the left.",
        "A drain was left in place.",
        "Contrast left over.",
        "Left-to-right shunt.",
        "R/O infarct on the left.",
        "After RT to the left breast.",
        "Left and right kidneys.",
        "Bilateral infarcts, larger on the left.",
        "Left-sided effusion.",
        "The left kidney is normal.",
        "No effusion of the left knee.",
        "The left lesion is no longer seen.",
        "Cyst in segment VI of the right lobe.",
        "Midline shift.",
        "",
    ],
)
def test_sides_that_are_unsure_or_no_contradiction_are_left_alone(sentence: str) -> None:
    assert exchange_side(sentence) is None


def test_a_region_becomes_another_one_and_nothing_else_changes() -> None:
    for sentence in ("MRI of the brain.", "Effusion of the left Knee.", "LIVER METASTASIS", "MRI of the lumbar spine"):
        changed = exchange_region(sentence)
        assert changed is not None
        assert changed == exchange_region(sentence)
        assert len(set(changed.lower().split()) ^ set(sentence.lower().split())) in {2, 3, 4}
    assert (exchange_region("LIVER METASTASIS") or "").isupper()


@pytest.mark.parametrize(
    "sentence", ["Infarct.", "Tear at the humeral head of the shoulder and knee.", "Fetal brain.", "Femoral head.", ""]
)
def test_regions_that_are_unsure_are_left_alone(sentence: str) -> None:
    assert exchange_region(sentence) is None


def test_a_sequence_becomes_one_of_another_kind() -> None:
    drawn = {other_sequence("T1", f"ser-{number}") for number in range(60)}
    assert drawn == set(SEQUENCES) - {"T1"}
    assert other_sequence("", "ser-0") is other_sequence("T2*", "ser-0") is None
