"""The facts of a text that scores are split by: every value worked by hand, traps included."""

import pytest

from retrieval.probes.text_facts import LENGTH_ENDS, length_band, negation_of, side_of


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("Effusion of the left knee.", "left"),
        ("RIGHT HIP", "right"),
        ("Lt kidney", "left"),
        ("Right-sided pleural effusion.", "right"),
        ("Cyst in the left-hand side of the pelvis.", "left"),
        ("Hippocampi: R > L", "both"),
        ("Meningioma on the L.", "left"),
        ("Left infarct, right haematoma.", "both"),
        ("Bilateral hip effusions.", "both"),
        ("Infarcts in both cerebral hemispheres.", "both"),
        ("Both menisci are intact.", "none"),
        ("L4-L5 disc protrusion.", "none"),
        ("Fracture of L 4.", "none"),
        ("Right-handed patient.", "none"),
        ("Left hand dominant.", "none"),
        ("Left-to-right shunt.", "none"),
        ("A catheter was left in the bladder.", "none"),
        ("The patient left the room.", "none"),
        ("Contrast left over from before.", "none"),
        ("The vessels meet at right angles.", "none"),
        ("Brain MRI, r/o infarct", "none"),
        ("A transmit T/R coil was used.", "none"),
        ("Changes after RT, and no recurrence.", "none"),
        ("Seen by Dr. L. Smith", "none"),
        ("5 l of fluid", "none"),
        ("Was left unchanged; effusion of the right hip.", "right"),
        ("", "none"),
    ],
)
def test_sides(text: str, side: str) -> None:
    assert side_of(text) == side


@pytest.mark.parametrize(
    ("text", "negation"),
    [
        ("No midline shift.", "negated"),
        ("NO ACUTE INFARCT", "negated"),
        ("The ventricles are not dilated.", "negated"),
        ("Infarct without haemorrhage.", "negated"),
        ("Neither mass nor effusion.", "negated"),
        ("Absence of flow void.", "negated"),
        ("The effusion is no longer seen.", "negated"),
        ("The lesion isn't seen.", "negated"),
        ("Tumour cannot be excluded, but there is no oedema.", "negated"),
        ("Midline shift.", "plain"),
        ("Lesion no. 3 enhances.", "plain"),
        ("Not only the liver is involved.", "plain"),
        ("Metastasis cannot be entirely excluded.", "plain"),
        ("Fracture is not excluded.", "plain"),
        ("No significant interval change.", "plain"),
        ("MRI without contrast.", "plain"),
        ("T1 with and without intravenous contrast.", "plain"),
        ("Comparison: None", "plain"),
        ("No prior study.", "plain"),
        ("Normal nose, knot and notch.", "plain"),
        ("", "plain"),
    ],
)
def test_negation(text: str, negation: str) -> None:
    assert negation_of(text) == negation


def test_bands_meet_without_a_gap() -> None:
    ends = {end: f"{start}-{end} words" for start, end in zip((1, 51, 101, 201), LENGTH_ENDS, strict=True)}
    for end, band in ends.items():
        assert length_band("word\n" * end) == band
        assert length_band("word " * (end + 1)) not in ends.values() or length_band("word " * (end + 1)) != band
    assert length_band("word") == "1-50 words"
    assert length_band("word " * 401) == "over 400 words"
    assert length_band(" \n") == "no words"
