"""Reports against the truth: every finding stated, everything stated true, nothing true denied."""

from collections.abc import Sequence

from phantoms.findings import Finding, Side
from phantoms.report_parse import Change, Statement, parse_report

_ROUNDING_MM = 0.51  # centimetres are written with one decimal


def disagreements(text: str, findings: Sequence[Finding], prior: Sequence[Finding] | None = None) -> tuple[str, ...]:
    """What a report and the truth about its study disagree on, in words; empty where they agree.

    Args:
        text: the report.
        findings: all of the study's.
        prior: all of the prior study's; None where there is no prior study.
    """
    statements = parse_report(text)
    wrong = [f"not true: {said}" for said in statements if not _is_true(said, findings, prior)]
    for section in ("findings", "impression"):
        here = [said for said in statements if said.section == section and said.present]
        wrong.extend(
            f"not stated in the {section}: {finding}"
            for finding in findings
            if not any(_states(said, finding, whole=section == "findings") for said in here)
        )
    return tuple(wrong)


def _is_true(said: Statement, findings: Sequence[Finding], prior: Sequence[Finding] | None) -> bool:
    if said.present:
        return any(_states(said, finding, whole=False) and _changed(said, finding, prior) for finding in findings)
    return not any(_rules_out(said, finding) for finding in findings)


def _states(said: Statement, finding: Finding, *, whole: bool) -> bool:
    """Whether a statement is about a finding and right; `whole`: and says all of it."""
    if said.kind is not finding.kind or said.stage != finding.stage:
        return False
    right_side = said.sides == _sides(finding)
    right_place = said.place == finding.place
    right_size = said.size_mm is not None and abs(said.size_mm - finding.size_mm) <= _ROUNDING_MM
    if whole:
        return right_side and right_place and right_size
    return right_side and right_place and (said.size_mm is None or right_size)


def _sides(finding: Finding) -> frozenset[Side]:
    return frozenset({finding.side})


def _rules_out(said: Statement, finding: Finding) -> bool:
    """Whether a denial is about a finding that is there: any part of it that is said must fit."""
    return (
        said.kind is finding.kind
        and said.stage in ("", finding.stage)
        and said.place in ("", finding.place)
        and (not said.sides or bool(said.sides & _sides(finding)))
    )


def _changed(said: Statement, finding: Finding, prior: Sequence[Finding] | None) -> bool:
    """Whether the change that is said, if any, is the one that happened."""
    if said.change is None:
        return True
    if prior is None:
        return False
    before = [old for old in prior if (old.kind, old.side, old.place) == (finding.kind, finding.side, finding.place)]
    if not before:
        return said.change is Change.NEW
    grown = finding.size_mm - before[0].size_mm
    return said.change is (Change.UNCHANGED if grown == 0 else Change.GROWN if grown > 0 else Change.SHRUNK)
