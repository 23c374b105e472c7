"""The report phase: reports into the catalog, split into passages, each given to its study."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from common.pseudonym import IdKind, Pseudonymizer
from indexer.catalog.reports import (
    PassageRow,
    Placement,
    ReportRow,
    list_reports,
    list_stale,
    place_reports,
    replace_reports,
    rewrite_report,
)
from indexer.catalog.series import list_found
from indexer.catalog.sources import register_report_file
from indexer.catalog.store import Catalog, get_meta, get_revision, set_meta
from indexer.content import text_hash
from indexer.records import FoundSeries, Report
from indexer.reports.dedupe import folded_text_hash
from indexer.reports.join import join_reports
from indexer.reports.passages import passages_of
from indexer.rules import passage_rules
from indexer.schema import row_id_of

_JOINED_AT = "joined_revision"


def take_in_reports(catalog: Catalog, path: Path, reports: Iterable[Report], pseudonymize: Pseudonymizer) -> None:
    """Makes the catalog hold exactly these reports of the table or folder at `path`; those of others stay."""
    with catalog.write() as connection:
        file_id, name = register_report_file(connection, path)
        rows = (_row(pseudonymize(IdKind.REPORT, name, report.key), report) for report in reports)
        replace_reports(connection, file_id, rows, split=passage_rules())


def split_again(catalog: Catalog) -> None:
    """Splits those reports again that other rules have split."""
    with catalog.read() as connection:
        stale = list_stale(connection, passage_rules())
    if stale:
        with catalog.write() as connection:
            for report_id, found in stale:
                rewrite_report(connection, _row(report_id, found), split=passage_rules())


def join_all(catalog: Catalog) -> None:
    """Gives every report its study, where reports or series have changed since that was done last."""
    with catalog.read() as connection:
        if get_meta(connection, _JOINED_AT) == str(get_revision(connection)):
            return
        reports = list(list_reports(connection))
        found = list(list_found(connection)) if reports else []
    places = _places(reports, found)
    changed = {report_id: places[report_id] for report_id, _, before in reports if places[report_id] != before}
    with catalog.write() as connection:
        place_reports(connection, changed)
        set_meta(connection, _JOINED_AT, str(get_revision(connection)))


def _places(
    reports: list[tuple[str, Report, Placement]], found: list[tuple[FoundSeries, str, str]]
) -> dict[str, Placement]:
    """Where each report belongs, by its pseudonym."""
    studies = {id(series): study for series, study, _ in found}
    patients = {study: patient for _, study, patient in found}
    patient_of_key = _patients_by_key(found)
    ids = {id(report): report_id for report_id, report, _ in reports}
    result = join_reports(
        (report for _, report, _ in reports),
        (series for series, _, _ in found),
        identity=lambda series: studies[id(series)],
    )
    places = {}
    for joined in result.joined:
        study = str(joined.study)
        places[ids[id(joined.report)]] = Placement(study, patients[study])
    for unjoined in result.unjoined:
        patient = patient_of_key.get(unjoined.report.patient_key, "")
        places[ids[id(unjoined.report)]] = Placement("", patient, unjoined.reason.value)
    return places


def _patients_by_key(found: Iterable[tuple[FoundSeries, str, str]]) -> dict[str, str]:
    """The patient of each natural key that only one patient has: excluding him excludes his unjoined reports too."""
    patients = defaultdict(set)
    for series, _, patient in found:
        if series.patient_key:
            patients[series.patient_key].add(patient)
    return {key: ids.pop() for key, ids in patients.items() if len(ids) == 1}


def _row(report_id: str, report: Report) -> ReportRow:
    passages = tuple(
        PassageRow(
            ordinal=passage.ordinal,
            row_id=row_id_of("passage", report_id, str(passage.ordinal)),
            section=passage.section,
            text=passage.text,
            text_hash=text_hash(passage.text),
        )
        for passage in passages_of(report.text)
    )
    return ReportRow(report_id, report, folded_text_hash(report.text), passages)
