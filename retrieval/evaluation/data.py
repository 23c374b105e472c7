"""What an evaluation works on: the series and reports of a snapshot as plain columns, and their vectors by channel.

No collection is needed to make one, so tests and benchmarks build them from arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError, UsageError
from common.suggest import nearest
from indexer.layout import REPORTS_FILE, SERIES_FILE
from indexer.records import Channel
from retrieval.evaluation.item_vectors import ItemVectors, group_vectors

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.collection import Collection


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """The series of a collection, one entry each in every tuple.

    Attributes:
        ids: pseudonyms.
        studies: pseudonym of the study.
        patients: pseudonym of the patient, "" where unknown.
        labels: the values of the relevance columns, "" where a series has none.
        assumed_patients: how many series do not say whose they are, so that their folder stands in for the patient.
    """

    ids: tuple[str, ...]
    studies: tuple[str, ...]
    patients: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    assumed_patients: int = 0


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """The reports of a collection, one entry each in every tuple.

    Attributes:
        ids: pseudonyms.
        studies: pseudonym of the study, "" where none was found.
        patients: pseudonym of the patient, "" where unknown.
        texts: hash of the normalised text: reports with equal hashes say the same.
    """

    ids: tuple[str, ...]
    studies: tuple[str, ...]
    patients: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpacedVectors:
    """The vectors of a channel, by series (image, card) or report, and the name of the space that they live in."""

    items: ItemVectors
    space: str


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """Series, reports and vectors.

    Attributes:
        series: the series.
        reports: the reports.
        vectors: by channel; a channel that is missing was never encoded.
        relevance_columns: the columns of series.parquet that `series.labels` holds.
    """

    series: SeriesFacts
    reports: ReportFacts
    vectors: Mapping[Channel, SpacedVectors]
    relevance_columns: tuple[str, ...]


def read_evaluation_data(collection: "Collection", relevance_columns: Sequence[str]) -> EvaluationData:
    """The series, reports and vectors of a collection's snapshot.

    Raises:
        UsageError: a relevance column that the series table does not have.
        IntegrityError: vectors and tables disagree.
    """
    columns = tuple(relevance_columns)
    series_rows, series = _read_series(collection.snapshot / SERIES_FILE, columns)
    report_rows, reports = _read_reports(collection.snapshot / REPORTS_FILE)
    rows = {Channel.IMAGE: series_rows, Channel.CARD: series_rows, Channel.REPORT: report_rows}
    items = {Channel.IMAGE: len(series.ids), Channel.CARD: len(series.ids), Channel.REPORT: len(reports.ids)}
    vectors = {}
    for channel in map(Channel, collection.manifest.channels):
        stored = collection.vectors(channel)
        grouped = group_vectors(stored.vectors, _owners(stored.row_ids, rows[channel], channel), items[channel])
        vectors[channel] = SpacedVectors(grouped, collection.manifest.channels[channel.value].space)
    return EvaluationData(series, reports, vectors, columns)


def _read_series(file: "Path", columns: tuple[str, ...]) -> tuple[dict[int, int], SeriesFacts]:
    """Row id to series, and the facts."""
    found = _select(file, ("row_id", "series_id", "study_id", "patient_id", "patient_known", *columns), "series_id")
    facts = SeriesFacts(
        ids=tuple(row[1] for row in found),
        studies=tuple(row[2] or "" for row in found),
        patients=tuple(row[3] or "" for row in found),
        labels=tuple(tuple("" if value is None else str(value) for value in row[5:]) for row in found),
        assumed_patients=sum(not row[4] for row in found),
    )
    return {row[0]: place for place, row in enumerate(found)}, facts


def _read_reports(file: "Path") -> tuple[dict[int, int], ReportFacts]:
    """Row id of each passage to its report, and the facts."""
    if not file.exists():
        return {}, ReportFacts((), (), (), ())
    columns = ("row_id", "report_id", "study_id", "patient_id", "content_hash")
    found = _select(file, columns, "report_id, ordinal")
    reports = {row[1]: row for row in found}  # passages of a report agree in all but the row id
    places = {report: place for place, report in enumerate(reports)}
    facts = ReportFacts(
        ids=tuple(reports),
        studies=tuple(row[2] or "" for row in reports.values()),
        patients=tuple(row[3] or "" for row in reports.values()),
        texts=tuple(row[4] or "" for row in reports.values()),
    )
    return {row[0]: places[row[1]] for row in found}, facts


def _select(file: "Path", columns: Sequence[str], order: str) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        known = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()]
        for column in columns:
            if column not in known:
                raise UsageError(f'{file.name} has no column "{column}".', remedy=nearest(column, known))
        names = ", ".join(f'"{column}"' for column in columns)
        return connection.execute(f"SELECT {names} FROM read_parquet(?) ORDER BY {order}", [str(file)]).fetchall()


def _owners(row_ids: NDArray[np.int64], places: Mapping[int, int], channel: Channel) -> NDArray[np.int64]:
    try:
        return np.array([places[row_id] for row_id in row_ids.tolist()], np.int64)
    except KeyError:
        raise IntegrityError(
            f"The {channel} vectors name a row that the snapshot's table does not hold.",
            remedy="Run `mrseek verify`, then `mrseek index` to publish a new snapshot.",
        ) from None
