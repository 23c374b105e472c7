"""Which study each report belongs to.

Rules in this order, each by what the report states: study, accession number, series, place in the archive, patient and
date, and the patient alone where it has one study only. A rule that leaves several studies is narrowed by the rules
after it. A report is never given to a study that contradicts it: another study UID, another accession number, or, where
only the patient matched, a date more than a week away. Reports that find no study are listed with the reason.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from indexer.identity import study_of
from indexer.records import FoundSeries, Report, SourceKind
from indexer.reports.places import PlaceIndex
from indexer.reports.read import is_row_number, iso_date
from indexer.sources.patient_names import KeyIndex

_DAYS_APART = 7  # a report is dictated within days of its scan


class JoinRule(StrEnum):
    """What a report was joined by."""

    STUDY = "study"
    ACCESSION = "accession"
    SERIES = "series"
    PATH = "path"
    PATIENT_AND_DATE = "patient and date"
    ONLY_STUDY_OF_PATIENT = "only study of the patient"


class UnjoinedReason(StrEnum):
    """Why a report has no study."""

    EMPTY = "The report has no text."
    NO_KEY = "The report states nothing to join it by (study, accession, series, path or patient)."
    UNKNOWN = "No study of the archive has what the report states."
    AMBIGUOUS = "Several studies fit what the report states."
    CONTRADICTED = "The only study that fits states another study, accession number or date."


@dataclass(frozen=True, slots=True)
class JoinedReport:
    """A report with its study.

    Attributes:
        report: the report.
        rule: what it was joined by.
        study: the study's identity, as `join_reports` was told to make it.
        series_keys: the keys of all series of that study, sorted.
    """

    report: Report
    rule: JoinRule
    study: Hashable = field(repr=False)
    series_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnjoinedReport:
    """A report without a study."""

    report: Report
    reason: UnjoinedReason


@dataclass(frozen=True, slots=True)
class JoinResult:
    """Every report once: in `joined` or in `unjoined`, in the order given."""

    joined: tuple[JoinedReport, ...]
    unjoined: tuple[UnjoinedReport, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many reports each rule joined, and each reason left out."""
        return Counter([one.rule.value for one in self.joined] + [one.reason.value for one in self.unjoined])


def join_reports(
    reports: Iterable[Report],
    series: Iterable[FoundSeries],
    *,
    identity: Callable[[FoundSeries], Hashable] | None = None,
) -> JoinResult:
    """Give each report its study, or the reason why it has none.

    Args:
        reports: reports as read.
        series: series as found.
        identity: which study a series belongs to; needed where series come from several sources, whose "sub-01" differ.
    """
    archive = _Archive(series, identity or (lambda found: study_of(found, "")))
    joined: list[JoinedReport] = []
    unjoined: list[UnjoinedReport] = []
    for report in reports:
        outcome = _decide(report, archive)
        if isinstance(outcome, UnjoinedReason):
            unjoined.append(UnjoinedReport(report, outcome))
        else:
            rule, study = outcome
            joined.append(JoinedReport(report, rule, study.identity, tuple(sorted(study.series_keys))))
    return JoinResult(tuple(joined), tuple(unjoined))


@dataclass(slots=True, eq=False)
class _Study:
    """What the series of one study say about it."""

    identity: Hashable
    series_keys: set[str] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    accessions: set[str] = field(default_factory=set)
    dates: set[str] = field(default_factory=set)


class _Archive:
    """The studies of an archive, found by whatever a report may state."""

    def __init__(self, series: Iterable[FoundSeries], identity: Callable[[FoundSeries], Hashable]) -> None:
        studies: dict[Hashable, _Study] = {}
        keys: dict[JoinRule, list[tuple[str, _Study]]] = {rule: [] for rule in JoinRule}
        places: list[tuple[str, _Study]] = []
        for found in series:
            name = identity(found)
            study = studies.setdefault(name, _Study(name))
            _note(study, found)
            keys[JoinRule.STUDY].append((found.study_key, study))
            keys[JoinRule.ACCESSION].append((found.accession, study))
            keys[JoinRule.SERIES].append((found.key.split("#")[0], study))
            keys[JoinRule.ONLY_STUDY_OF_PATIENT].append((found.patient_key, study))
            places.extend((place, study) for place in _places(found))
        self._by = {rule: KeyIndex((key, study) for key, study in pairs if key) for rule, pairs in keys.items()}
        self._by_place = PlaceIndex(places)

    def find(self, rule: JoinRule, report: Report) -> list[_Study]:
        """The studies that a rule finds for a report, each once; empty where the report states nothing for it."""
        match rule:
            case JoinRule.STUDY:
                found = self._by[rule].find(report.study_key)
            case JoinRule.ACCESSION:
                found = self._by[rule].find(report.accession)
            case JoinRule.SERIES:
                found = self._by[rule].find(report.series_key)
            case JoinRule.PATH:
                found = self._by_place.find(report.path)
            case JoinRule.PATIENT_AND_DATE:
                same = self._by[JoinRule.ONLY_STUDY_OF_PATIENT].find(report.patient_key)
                found = [study for study in same if report.date and report.date in study.dates]
            case JoinRule.ONLY_STUDY_OF_PATIENT:
                found = self._by[rule].find(report.patient_key)
        return list(dict.fromkeys(found))


def _note(study: _Study, found: FoundSeries) -> None:
    """Take what one series says about its study."""
    study.series_keys.add(found.key)
    if found.kind is SourceKind.DICOM and found.study_key:
        study.uids.add(found.study_key)
    if found.accession:
        study.accessions.add(found.accession)
    if when := iso_date(found.tags.get("StudyDate", "")):
        study.dates.add(when)


def _places(found: FoundSeries) -> set[str]:
    """Where a series lies: its path, and every folder or file that holds it."""
    if found.kind is not SourceKind.DICOM:
        return {found.path}
    folders = {stat.path.rpartition("/")[0] for stat in found.files} - {""}
    loose = {stat.path for stat in found.files if "/" not in stat.path}
    return {found.path, *folders, *loose} - {"."}


def _decide(report: Report, archive: _Archive) -> tuple[JoinRule, _Study] | UnjoinedReason:
    """The rule and the study for one report, or why there is none."""
    if not report.text.strip():
        return UnjoinedReason.EMPTY
    claims = _claims(report)
    candidates: list[_Study] = []
    decided = JoinRule.ONLY_STUDY_OF_PATIENT
    for rule in JoinRule:
        found = archive.find(rule, claims)
        narrowed = [study for study in candidates if study in found] if candidates else found
        if narrowed:
            candidates, decided = narrowed, rule
        if len(candidates) == 1:
            break
    if not candidates:
        return UnjoinedReason.UNKNOWN if _states_anything(claims) else UnjoinedReason.NO_KEY
    if len(candidates) > 1:
        return UnjoinedReason.AMBIGUOUS
    if claims is report and _contradicts(report, decided, candidates[0]):
        return UnjoinedReason.CONTRADICTED
    return decided, candidates[0]


def _claims(report: Report) -> Report:
    """The report with its own key as study, accession, series and patient where it states none of these.

    So text files called like a study or a patient find it; the number of a row says nothing.
    """
    if report.study_key or report.accession or report.series_key or report.patient_key or is_row_number(report.key):
        return report
    key = report.key
    return replace(report, study_key=key, accession=key, series_key=key, patient_key=key)


def _states_anything(report: Report) -> bool:
    return any((report.study_key, report.accession, report.series_key, report.path, report.patient_key))


def _contradicts(report: Report, rule: JoinRule, study: _Study) -> bool:
    """Whether a study found by a rule states something else than the report does, by an identifier that is surer."""
    if rule is JoinRule.STUDY:
        return False
    if _is_uid(report.study_key) and study.uids and report.study_key not in study.uids:
        return True
    if rule is JoinRule.ACCESSION:
        return False
    if report.accession and study.accessions and report.accession not in study.accessions:
        return True
    return rule is JoinRule.ONLY_STUDY_OF_PATIENT and _far_apart(report.date, study.dates)


def _is_uid(key: str) -> bool:
    """Whether a key is a DICOM UID; other study keys of a table may be another system's and contradict nothing."""
    return bool(re.fullmatch(r"[0-9]+(\.[0-9]+){3,}", key))


def _far_apart(day: str, days: Iterable[str]) -> bool:
    known = [date.fromisoformat(one) for one in days]
    if not day or not known:
        return False
    return min(abs((date.fromisoformat(day) - one).days) for one in known) > _DAYS_APART
