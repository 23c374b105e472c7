"""Reports: read back by an independent, simple reader, they say what the truth table says, and nothing more."""

import re

import pytest

from phantoms.findings import Finding, FindingKind, Side, kinds_in
from phantoms.reports import sentences_of, write_report
from phantoms.study import Study, plan_patients

SEED = 7
STUDIES = [study for patient in plan_patients(150, SEED) for study in patient.studies]

# Words that only a sentence about this kind of finding holds.
WORDS = {
    FindingKind.GLIOMA: r"\b(glioma|mass|tumour)\b",
    FindingKind.INFARCT: r"\bacute (ischaemic )?infarct\b",
    FindingKind.WHITE_MATTER_LESIONS: r"\bwhite matter lesions\b",
    FindingKind.DISC_HERNIATION: r"\bdisc herniation\b",
    FindingKind.CORD_LESION: r"\bcord lesion\b",
    FindingKind.MENISCAL_TEAR: r"\bmeniscal tear\b",
    FindingKind.EFFUSION: r"\bjoint effusion\b",
    FindingKind.LIVER_METASTASIS: r"\bliver metastasis\b",
    FindingKind.HEPATIC_CYST: r"\bhepatic cyst\b",
    FindingKind.RENAL_CYST: r"\brenal cyst\b",
    FindingKind.PROSTATE_CANCER: r"\bprostate cancer\b",
}
SIDES = {Side.LEFT: r"\bleft\b", Side.RIGHT: r"\bright\b", Side.BOTH: r"\bbilateral\b", Side.MIDLINE: r"\bcentral\b"}
DENIAL = re.compile(r"^No |^There (is|are) no |without evidence")


def about(kind: FindingKind, study: Study) -> tuple[list[str], list[str]]:
    """The sentences that state a kind of finding, and those that deny it."""
    found = [s for s in sentences_of(write_report(study, SEED)) if re.search(WORDS[kind], s, re.IGNORECASE)]
    denying = [sentence for sentence in found if DENIAL.search(sentence)]
    return [sentence for sentence in found if sentence not in denying], denying


def size_in_mm(sentence: str) -> float:
    number, unit = re.search(r"([\d.]+) (mm|cm)", sentence).groups()  # type: ignore[union-attr]
    return float(number) * (10 if unit == "cm" else 1)


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_is_stated_with_side_place_and_size(kind: FindingKind) -> None:
    cases: list[tuple[Study, Finding]] = [(s, f) for s in STUDIES for f in s.findings if f.kind is kind]
    assert cases
    for study, finding in cases:
        stated, denied = about(kind, study)
        assert len(stated) >= 2, "once in the findings and once in the impression"
        assert not denied
        assert all(re.search(SIDES[finding.side], sentence, re.IGNORECASE) for sentence in stated)
        assert size_in_mm(stated[0]) == pytest.approx(finding.size_mm)
        if kind is not FindingKind.WHITE_MATTER_LESIONS:
            assert all(finding.place in sentence or kind is FindingKind.EFFUSION for sentence in stated)
        other = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(finding.side)
        assert other is None or not any(re.search(SIDES[other], sentence, re.IGNORECASE) for sentence in stated)


def test_what_is_not_there_is_denied_or_left_out() -> None:
    denials = 0
    for study in STUDIES:
        for kind in set(kinds_in(study.region)) - {finding.kind for finding in study.findings}:
            stated, denied = about(kind, study)
            assert not stated
            denials += len(denied)
    assert denials > len(STUDIES) / 2


def test_a_changed_finding_is_compared_with_the_prior() -> None:
    follow_ups = [study for study in STUDIES if study.prior and study.findings]
    assert follow_ups
    for study in follow_ups:
        report = write_report(study, SEED)
        assert study.prior is not None
        assert f"MRI of {study.prior.date:%d %B %Y}" in report
        grown = study.findings[0].size_mm - study.prior.findings[0].size_mm
        word = "unchanged" if grown == 0 else "increased" if grown > 0 else "decreased"
        assert word in report


def test_reports_vary() -> None:
    reports = [write_report(study, SEED) for study in STUDIES]
    assert len(set(reports)) == len(reports)
    for report in reports:
        sections = re.findall(r"^[A-Z]+(?=:)", report, re.MULTILINE)
        assert sections == ["INDICATION", "TECHNIQUE", "COMPARISON", "FINDINGS", "IMPRESSION"]
