"""Reports in the catalog: replacing those of a file, joining them to studies, and reading them back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from indexer.catalog.models import Passage, Report, Series
from indexer.catalog.store import bump_revision
from indexer.records import Report as FoundReport

_STATED = ("key", "text", "study_key", "patient_key", "accession", "series_key", "path", "date")


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage of a report, with its row id and the hash of its text."""

    ordinal: int
    row_id: int
    section: str
    text: str = field(repr=False)
    text_hash: str = ""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with its pseudonym and passages."""

    report_id: str
    found: FoundReport
    text_hash: str
    passages: tuple[PassageRow, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a report belongs: a study and a patient, or, with "" for both, why nowhere."""

    study_id: str = ""
    patient_id: str = ""
    unjoined: str = ""


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """How many reports there are."""

    joined: int
    unjoined: int
    passages: int

    @property
    def reports(self) -> int:
        """All of them."""
        return self.joined + self.unjoined


def stated(report: FoundReport) -> dict[str, str]:
    """What a report states, as the catalog keeps it."""
    return {name: str(getattr(report, name)).replace("\0", "") for name in _STATED}


def replace_reports(connection: Connection, file_id: int, reports: Iterable[ReportRow], *, split: str) -> bool:
    """Makes the catalog hold exactly these reports of that file; returns whether anything was new, changed or removed.

    `split` stands for the rules by which texts are split: reports that were split by others are split again.
    """
    query = select(Report.report_id, Report.split, *(getattr(Report, name) for name in _STATED))
    before = {row[0]: row[1:] for row in connection.execute(query.where(Report.file_id == file_id))}
    seen: set[str] = set()
    changed = False
    for report in reports:
        facts = stated(report.found)
        seen.add(report.report_id)
        if before.get(report.report_id) == (split, *facts.values()):
            continue
        changed = True
        if report.report_id not in before:
            fresh = {"report_id": report.report_id, "file_id": file_id, "text_hash": report.text_hash}
            connection.execute(insert(Report).values(**fresh, **facts))
        rewrite_report(connection, report, split=split)
    for removed in before.keys() - seen:
        changed = True
        _drop(connection, removed)
    if changed:
        bump_revision(connection)
    return changed


def rewrite_report(connection: Connection, report: ReportRow, *, split: str) -> None:
    """Brings a report that is in the catalog up to date, with its passages; where it belongs is decided later."""
    values = {**stated(report.found), "text_hash": report.text_hash, "split": split}
    connection.execute(update(Report).where(Report.report_id == report.report_id).values(**values))
    connection.execute(delete(Passage).where(Passage.report_id == report.report_id))
    _insert_passages(connection, report)
    bump_revision(connection)


def list_stale(connection: Connection, split: str) -> tuple[tuple[str, FoundReport], ...]:
    """Every report that was split by other rules than `split`."""
    rows = connection.execute(select(Report.__table__).where(Report.split != split).order_by(Report.report_id))
    return tuple((row.report_id, FoundReport(**{name: getattr(row, name) for name in _STATED})) for row in rows)


def list_reports(connection: Connection) -> Iterator[tuple[str, FoundReport, Placement]]:
    """Every report as it was read, by pseudonym, with where it was placed so far."""
    for row in connection.execute(select(Report.__table__).order_by(Report.report_id)):
        found = FoundReport(**{name: getattr(row, name) for name in _STATED})
        yield row.report_id, found, Placement(row.study_id, row.patient_id, row.unjoined)


def place_reports(connection: Connection, places: Mapping[str, Placement]) -> None:
    """Notes where reports belong."""
    for report_id, place in places.items():
        connection.execute(
            update(Report)
            .where(Report.report_id == report_id)
            .values(study_id=place.study_id, patient_id=place.patient_id, unjoined=place.unjoined)
        )
    if places:
        bump_revision(connection)


def count_reports(connection: Connection) -> ReportCounts:
    """How many reports and passages there are."""
    joined = connection.execute(select(func.count()).where(Report.study_id != "")).scalar_one()
    unjoined = connection.execute(select(func.count()).where(Report.study_id == "")).scalar_one()
    passages = connection.execute(select(func.count()).select_from(Passage)).scalar_one()
    return ReportCounts(joined, unjoined, passages)


def list_unjoined(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Pseudonym and reason of every report that belongs nowhere."""
    query = select(Report.report_id, Report.unjoined).where(Report.study_id == "").order_by(Report.report_id)
    return tuple((row[0], row[1]) for row in connection.execute(query))


def passage_rows(connection: Connection, published: Any) -> Iterator[dict[str, Any]]:
    """Every passage as a row of `reports.parquet`, by report id and ordinal.

    `published` is the condition under which a series is in the snapshot.
    """
    in_study = (
        select(Series.study_id, func.count().label("series")).where(published).group_by(Series.study_id).subquery()
    )
    query = (
        select(
            Passage.row_id,
            Passage.report_id,
            Report.study_id,
            Report.patient_id,
            Passage.section,
            Passage.ordinal,
            Passage.text,
            Report.text_hash.label("content_hash"),
            func.coalesce(in_study.c.series, 0).label("series"),
        )
        .join(Report, Report.report_id == Passage.report_id)
        .join(in_study, in_study.c.study_id == Report.study_id, isouter=True)
        .order_by(Passage.report_id, Passage.ordinal)
    )
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield dict(row._mapping)


def _insert_passages(connection: Connection, report: ReportRow) -> None:
    rows = [
        {
            "report_id": report.report_id,
            "ordinal": passage.ordinal,
            "row_id": passage.row_id,
            "section": passage.section,
            "text": passage.text.replace("\0", ""),
            "text_hash": passage.text_hash,
        }
        for passage in report.passages
    ]
    if rows:
        connection.execute(insert(Passage), rows)


def _drop(connection: Connection, report_id: str) -> None:
    connection.execute(delete(Passage).where(Passage.report_id == report_id))
    connection.execute(delete(Report).where(Report.report_id == report_id))
