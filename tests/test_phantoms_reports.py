"""Reports: read back sentence by sentence, they say what the truth says, and nothing more; and they vary."""

import re

import pytest

from phantoms.findings import FindingKind, Side
from phantoms.plan import plan_patients
from phantoms.report_check import disagreements
from phantoms.report_grammar import count_texts, expand, sentence
from phantoms.report_parse import Change, parse_report
from phantoms.reports import write_report
from phantoms.seeds import generator
from phantoms.study import Study

SEED = 7
STUDIES = [study for patient in plan_patients(1700, SEED) for study in patient.studies]
TEXTS = [write_report(study, SEED).text for study in STUDIES]


def check(text: str, study: Study) -> tuple[str, ...]:
    return disagreements(text, study.findings, study.prior.findings if study.prior else None)


def test_thousands_of_reports_say_what_is_true_and_all_of_it() -> None:
    assert len(STUDIES) >= 2000
    wrong = [found for text, study in zip(TEXTS, STUDIES, strict=True) if (found := check(text, study))]
    assert not wrong


def test_every_kind_is_stated_and_denied_somewhere() -> None:
    statements = [said for text in TEXTS for said in parse_report(text)]
    drawn = {finding.kind for study in STUDIES for finding in study.findings}
    assert {said.kind for said in statements if said.present} == drawn
    assert {said.kind for said in statements if not said.present} >= drawn


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"\bleft\b", "right"),
        (r"\b(?=(acute infarct|disc protrusion|liver metastasis|intra-axial mass|renal cyst)\b)", "no "),
        (r"(\d+) mm\b", r"\g<1>7 mm"),
    ],
)
def test_the_check_finds_a_report_that_was_changed(pattern: str, replacement: str) -> None:
    """The reader must not agree with everything: a side, a negation or a size that is wrong is found."""
    changed = 0
    for text, study in zip(TEXTS[:400], STUDIES, strict=False):
        marks = list(re.finditer(r"^(findings|report):", text, re.MULTILINE | re.IGNORECASE))
        head, body = text[: marks[0].end()], text[marks[0].end() :]
        stated = [said for said in parse_report(text) if said.present]
        wrong = re.sub(pattern, replacement, body)
        if stated and wrong != body and "previous" not in body and parse_report(head + wrong) != parse_report(text):
            changed += 1
            assert check(head + wrong, study), wrong
    assert changed > 20


HAND_READ = """HISTORY: ?stroke.

FINDINGS:
There is a 2.3 cm non-hemorrhagic old infarct in the Lt occipital lobe w/o mass effect.
No acute infarct, hydrocephalus or meningioma.
White matter lesions are not seen. No glioma in the right hemisphere.

IMPRESSION: 1. Chronic infarct. Stable from before."""


def test_a_report_read_by_hand() -> None:
    said = [
        (one.kind, one.present, sorted(side.value for side in one.sides), one.size_mm, one.stage, one.change)
        for one in parse_report(HAND_READ)
    ]
    assert said == [
        (FindingKind.INFARCT, True, ["left"], 23.0, "chronic", None),
        (FindingKind.INFARCT, False, [], None, "acute", None),
        (FindingKind.HYDROCEPHALUS, False, [], None, "", None),
        (FindingKind.MENINGIOMA, False, [], None, "", None),
        (FindingKind.WHITE_MATTER_LESIONS, False, [], None, "", None),
        (FindingKind.GLIOMA, False, ["right"], None, "", None),
        (FindingKind.INFARCT, True, [], None, "chronic", Change.UNCHANGED),
    ]


def test_ten_thousand_distinct_sentences_in_five_thousand_reports() -> None:
    """Distinct after case is folded; and thousands of forms remain when every number is taken out as well."""
    studies = [study for patient in plan_patients(4000, SEED) for study in patient.studies][:5000]
    assert len(studies) == 5000
    sentences = {said.lower() for study in studies for said in write_report(study, SEED).sentences}
    forms = {re.sub(r"[\d.]+", "#", said) for said in sentences}
    print(f"{len(sentences)} distinct sentences, {len(forms)} without their numbers")
    assert len(sentences) >= 10_000
    assert len(forms) >= 8_000


def test_reports_have_five_sections_and_differ() -> None:
    assert len(set(TEXTS)) == len(TEXTS)
    for text in TEXTS:
        assert len(re.findall(r"^[A-Za-z ]+(?=:\s)", text, re.MULTILINE)) == 5


def test_follow_ups_name_the_prior_study() -> None:
    follow_ups = [(text, study) for text, study in zip(TEXTS, STUDIES, strict=True) if study.prior]
    assert follow_ups
    for text, study in follow_ups:
        assert study.prior is not None
        assert str(study.prior.date.year) in text


def test_patterns_by_hand() -> None:
    pattern = "[no|no evidence of] {x}[ is [seen|identified]|]"
    texts = {expand(generator(number), pattern, {"x": "cyst"}) for number in range(200)}
    assert len(texts) == count_texts(pattern) == 6
    assert "no evidence of cyst is seen" in texts
    assert sentence("a 8 mm cyst ,  with a acute angle") == "An 8 mm cyst, with an acute angle."
    assert sentence("a unilocular cyst of a 18 mm size") == "A unilocular cyst of an 18 mm size."


def test_sides_are_those_of_the_truth() -> None:
    """Beside the check: left and right findings are both there, and about as often."""
    sides = [finding.side for study in STUDIES for finding in study.findings]
    assert 0.6 < sides.count(Side.LEFT) / sides.count(Side.RIGHT) < 1.3
