"""Joining reports to studies: each rule by hand, contradictions refused, and no report in two studies ever."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.records import FileStat, FoundSeries, Report, SourceKind
from indexer.reports.join import JoinResult, JoinRule, UnjoinedReason, join_reports
from indexer.reports.places import PlaceIndex
from indexer.sources.patient_names import KeyIndex


def dicom(
    key: str, study: str, patient: str = "P1", accession: str = "", date: str = "", path: str = ""
) -> FoundSeries:
    place = path or f"pacs/{key}"
    files = (FileStat(f"{place}/1", 1, 1),)
    tags = {"StudyDate": date} if date else {}
    return FoundSeries(SourceKind.DICOM, key, place, files, patient, study, accession, tags)


def bids(path: str, patient: str, study: str) -> FoundSeries:
    return FoundSeries(SourceKind.BIDS, path, path, (FileStat(path, 1, 1),), patient, study)


ARCHIVE = (
    dicom("1.1.1.1", "1.2.3.1", "P1", "A1", "20200301"),
    dicom("1.1.1.2", "1.2.3.1", "P1", "A1", "20200301"),
    dicom("1.1.1.3", "1.2.3.2", "P1", "A2", "20210301"),
    dicom("1.1.1.4", "1.2.3.3", "P2", "A3", "20200301"),
    bids("bids/sub-07/ses-1/anat/x_T1w.nii.gz", "sub-07", "sub-07/ses-1"),
    bids("bids/sub-07/ses-2/anat/x_T1w.nii.gz", "sub-07", "sub-07/ses-2"),
    bids("bids/sub-08/anat/x_T1w.nii.gz", "sub-08", "sub-08"),
)


def outcome(report: Report, archive: Sequence[FoundSeries] = ARCHIVE) -> tuple[JoinRule, str] | UnjoinedReason:
    """(rule, first series of the study) or the reason."""
    result = join_reports([report], archive)
    assert len(result.joined) + len(result.unjoined) == 1
    if result.unjoined:
        return result.unjoined[0].reason
    return result.joined[0].rule, result.joined[0].series_keys[0]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report("r", "x", study_key="1.2.3.1"), (JoinRule.STUDY, "1.1.1.1")),
        (Report("r", "x", study_key="sub-07/ses-2"), (JoinRule.STUDY, "bids/sub-07/ses-2/anat/x_T1w.nii.gz")),
        (Report("r", "x", accession="A2"), (JoinRule.ACCESSION, "1.1.1.3")),
        (Report("r", "x", series_key="1.1.1.2"), (JoinRule.SERIES, "1.1.1.1")),
        (Report("r", "x", path="pacs/1.1.1.4"), (JoinRule.PATH, "1.1.1.4")),
        (Report("r", "x", path="pacs/1.1.1.4/1"), (JoinRule.PATH, "1.1.1.4")),
        (Report("r", "x", path="bids/sub-07/ses-1"), (JoinRule.PATH, "bids/sub-07/ses-1/anat/x_T1w.nii.gz")),
        (Report("r", "x", patient_key="P1", date="2021-03-01"), (JoinRule.PATIENT_AND_DATE, "1.1.1.3")),
        (Report("r", "x", patient_key="P2"), (JoinRule.ONLY_STUDY_OF_PATIENT, "1.1.1.4")),
        (Report("r", "x", patient_key="08"), (JoinRule.ONLY_STUDY_OF_PATIENT, "bids/sub-08/anat/x_T1w.nii.gz")),
        (Report("r", "x", patient_key="P2", date="2020-03-04"), (JoinRule.ONLY_STUDY_OF_PATIENT, "1.1.1.4")),
        (Report("1.2.3.3", "x"), (JoinRule.STUDY, "1.1.1.4")),
        (Report("A3", "x", path="A3"), (JoinRule.ACCESSION, "1.1.1.4")),
        (Report("sub-08", "x", path="sub-08"), (JoinRule.STUDY, "bids/sub-08/anat/x_T1w.nii.gz")),
        (Report("r", "x", path="bids/sub-07", patient_key="sub-07"), UnjoinedReason.AMBIGUOUS),
        (Report("r", "x", patient_key="P1"), UnjoinedReason.AMBIGUOUS),
        (Report("r", "x", patient_key="P1", date="2019-01-01"), UnjoinedReason.AMBIGUOUS),
        (Report("r", "x", study_key="9.9.9.9"), UnjoinedReason.UNKNOWN),
        (Report("r", "x", path="pacs/nowhere"), UnjoinedReason.UNKNOWN),
        (Report("row-1", "x"), UnjoinedReason.NO_KEY),
        (Report("r", " ", study_key="1.2.3.1"), UnjoinedReason.EMPTY),
    ],
)
def test_each_rule(report: Report, expected: object) -> None:
    assert outcome(report) == expected


@pytest.mark.parametrize(
    "report",
    [
        Report("r", "x", study_key="1.2.9.9", patient_key="P2"),
        Report("r", "x", accession="A9", patient_key="P2"),
        Report("r", "x", patient_key="P2", date="2018-01-01"),
        Report("r", "x", study_key="1.2.9.9", accession="A3"),
    ],
)
def test_a_report_of_another_study_is_refused(report: Report) -> None:
    assert outcome(report) is UnjoinedReason.CONTRADICTED


def test_numbers_of_another_system_contradict_nothing() -> None:
    report = Report("r", "x", study_key="50414267", patient_key="P2")
    assert outcome(report) == (JoinRule.ONLY_STUDY_OF_PATIENT, "1.1.1.4")


def test_a_later_rule_narrows_an_accession_used_twice() -> None:
    archive = (dicom("1.1", "1.2.3.1", "P1", "A"), dicom("1.2", "1.2.3.2", "P2", "A"))
    assert outcome(Report("r", "x", accession="A"), archive) is UnjoinedReason.AMBIGUOUS
    narrowed = outcome(Report("r", "x", accession="A", patient_key="P2"), archive)
    assert narrowed == (JoinRule.ONLY_STUDY_OF_PATIENT, "1.2")


def test_the_caller_says_what_a_study_is() -> None:
    same = [bids(f"{source}/x_T1w.nii.gz", "sub-01", "sub-01") for source in ("one", "two")]
    assert not isinstance(outcome(Report("r", "x", patient_key="sub-01"), same), UnjoinedReason)
    apart = join_reports([Report("r", "x", patient_key="sub-01")], same, identity=lambda found: found.key)
    assert [one.reason for one in apart.unjoined] == [UnjoinedReason.AMBIGUOUS]


def test_counts_name_every_report() -> None:
    reports = [Report(key, "x", study_key=study) for key, study in (("a", "1.2.3.1"), ("b", "1.2.3.1"), ("c", "none"))]
    assert dict(join_reports(reports, ARCHIVE).counts) == {"study": 2, UnjoinedReason.UNKNOWN.value: 1}


def test_results_show_nothing_sensitive() -> None:
    archive = [dicom("1.1", "Secretstudy", "Secretpatient", "Secretacc")]
    report = Report("r", "Secrettext", study_key="Secretstudy", patient_key="Secretpatient", accession="Secretacc")
    assert "Secret" not in repr(join_reports([report, Report("s", "Secrettext", study_key="Secret")], archive))


def test_an_empty_archive_joins_nothing() -> None:
    assert outcome(Report("r", "x", study_key="1"), ()) is UnjoinedReason.UNKNOWN


SMALL = st.sampled_from(["", "1", "2", "sub-1", "1.2.3.4", "1.2.3.5"])
DATES = st.sampled_from(["", "2020-01-01", "2020-01-05", "2021-01-01"])
PATHS = st.sampled_from(["", "a", "a/b", "a/b/1", "c/1", "c"])
SERIES = st.builds(
    lambda key, study, patient, accession, date, path: dicom(
        key, study, patient, accession, date.replace("-", ""), path or "z"
    ),
    st.sampled_from([f"9.{number}" for number in range(6)]),
    SMALL,
    SMALL,
    SMALL,
    DATES,
    PATHS,
)
REPORTS = st.builds(
    Report, SMALL, st.sampled_from(["", "text"]), SMALL, SMALL, SMALL, st.sampled_from(["", "9.1"]), PATHS, DATES
)


@given(st.lists(REPORTS, max_size=8), st.lists(SERIES, max_size=8, unique_by=lambda one: one.key))
def test_every_report_comes_out_once_and_in_one_study(reports: list[Report], archive: list[FoundSeries]) -> None:
    studies = {one.key: (one.patient_key, one.study_key) for one in archive}
    result: JoinResult = join_reports(reports, archive, identity=lambda found: studies[found.key])
    out = [id(one.report) for one in result.joined] + [id(one.report) for one in result.unjoined]
    assert sorted(out) == sorted(id(report) for report in reports)
    for one in result.joined:
        assert {studies[key] for key in one.series_keys} == {one.study}
        assert set(one.series_keys) == {key for key, study in studies.items() if study == one.study}
    assert sum(result.counts.values()) == len(reports)


@given(st.lists(st.sampled_from(["a/b", "a/c", "ab/c", "d/a/b", "a/b/c"])), st.sampled_from(["a", "a/b", "c", "x"]))
def test_places_below_a_path_are_those_that_start_with_it(paths: list[str], wanted: str) -> None:
    found = PlaceIndex((path, path) for path in paths).find(wanted)
    exact = [path for path in sorted(paths) if path == wanted]
    below = [path for path in sorted(paths) if path.startswith(wanted + "/")]
    if exact or below:
        assert found == (exact or below)
    else:
        assert all(path.endswith(wanted) for path in found)
        assert len(set(found)) <= 1


def test_a_loose_spelling_counts_only_for_one_key() -> None:
    index = KeyIndex([("ds1/sub-01", 1), ("ds2/sub-01", 2), ("ds1/sub-02", 3)])
    assert index.find("sub-02") == index.find("02") == index.find("ds1/sub-02") == [3]
    assert index.find("sub-01") == []
    assert index.find("ds2/sub-01") == [2]
