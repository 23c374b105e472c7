"""What an evaluation of a collection works on: its series and reports as items, with the columns that are asked about.

No collection is needed to make one, so tests and benchmarks build them from arrays.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError, UsageError
from common.suggest import nearest
from indexer.records import Channel
from retrieval.evaluation.facts import (
    AGE_BAND,
    DERIVED,
    SCANNER,
    TEXT_FACTS,
    TEXT_LENGTH,
    TEXT_NEGATION,
    TEXT_SIDE,
    age_band,
    interned,
    plain_value,
    scanner,
)
from retrieval.evaluation.item_vectors import group_vectors
from retrieval.evaluation.items import PATIENT, REPORT, STUDY, Items, Values
from retrieval.evaluation.near_duplicates import near_duplicate_clusters
from retrieval.evaluation.rules import Rule, with_joined
from retrieval.evaluation.task_names import DEFAULT_SIMILARITY
from retrieval.probes.text_facts import length_band, negation_of, side_of
from retrieval.tables import Table

if TYPE_CHECKING:
    from retrieval.collection import Collection


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """The items of a collection, or of tables.

    Attributes:
        scans: the series, once a channel that has vectors: the same series in the same order, other vectors.
        texts: the reports; None where there are none.
        assumed_patients: how many series do not say whose they are, so that their folder stands in for the patient.
    """

    scans: Mapping[Channel, Items]
    texts: Items | None = None
    assumed_patients: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be read beside ids, patients and studies.

    Attributes:
        needed: columns without which there is no evaluation: of rules and exclusions.
        wished: columns that are shown where they exist: strata, shortcuts.
        rules: so that columns can be joined series by series.
        near_duplicates: how like two reports must be to count as one text; 1 for equal ones only.
    """

    needed: tuple[str, ...] = ()
    wished: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    near_duplicates: float = DEFAULT_SIMILARITY


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of one table, before any vectors.

    Attributes:
        ids: pseudonyms.
        columns: by name, the values of each.
        sizes: float64, shape (rows,): as `Items.sizes`.
        places: row id in the channels' files -> which of them.
    """

    ids: tuple[str, ...]
    columns: Mapping[str, Sequence[Values]]
    sizes: NDArray[np.float64]
    places: Mapping[int, int]


def read_evaluation_data(collection: "Collection", wanted: Wanted) -> EvaluationData:
    """The series, reports and vectors of a collection's snapshot.

    Raises:
        UsageError: a column is needed that neither the series table nor the reports' texts have.
        IntegrityError: vectors and tables disagree.
    """
    _check_columns(collection, wanted)
    series, assumed = _read_series(collection, wanted)
    reports = _read_reports(collection, wanted)
    told = _Said(reports, (REPORT, *TEXT_FACTS)).of(series)
    about = _Said(series, tuple(name for name in series.columns if name not in {PATIENT, STUDY})).of(reports)
    channels = [Channel(name) for name in collection.manifest.channels]
    return EvaluationData(
        scans={one: _items("series", series, told, collection, one) for one in channels if one is not Channel.REPORT},
        texts=_items("report", reports, about, collection, Channel.REPORT) if Channel.REPORT in channels else None,
        assumed_patients=assumed,
    )


def _check_columns(collection: "Collection", wanted: Wanted) -> None:
    known = [*collection.tables.columns(Table.SERIES), PATIENT, STUDY, REPORT, *DERIVED, *TEXT_FACTS]
    for column in wanted.needed:
        if column not in known:
            raise UsageError(f'The collection has no column "{column}".', remedy=nearest(column, known))


def _read_series(collection: "Collection", wanted: Wanted) -> tuple[_Rows, int]:
    known = set(collection.tables.columns(Table.SERIES))
    asked = dict.fromkeys((*wanted.needed, *wanted.wished))
    plain = [name for name in asked if name in known]
    parts = [part for name, of in DERIVED.items() if name in asked for part in of]
    names = list(dict.fromkeys(("row_id", "series_id", "study_id", "patient_id", "patient_known", *plain, *parts)))
    rows = collection.tables.rows(f"SELECT {', '.join(map(_quoted, names))} FROM series ORDER BY series_id")
    cells = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    columns = {name: interned([plain_value(cell) for cell in cells[name]]) for name in plain} | _derived(cells)
    columns |= {PATIENT: [plain_value(one) for one in cells["patient_id"]]}
    columns |= {STUDY: [plain_value(one) for one in cells["study_id"]]}
    per_study = Counter(columns[STUDY])
    sizes = np.array([per_study[study] if study else 1 for study in columns[STUDY]], np.float64)
    places = {row_id: place for place, row_id in enumerate(cells["row_id"])}
    found = _Rows(tuple(cells["series_id"]), with_joined(columns, wanted.rules, len(rows)), sizes, places)
    return found, sum(not sure for sure in cells["patient_known"])


def _derived(cells: Mapping[str, Sequence[Any]]) -> dict[str, list[Values]]:
    made: dict[str, list[Values]] = {}
    if "model" in cells and "manufacturer" in cells:
        made[SCANNER] = interned([scanner(*pair) for pair in zip(cells["manufacturer"], cells["model"], strict=True)])
    if "age_years" in cells:
        made[AGE_BAND] = interned([age_band(age) for age in cells["age_years"]])
    return made


def _read_reports(collection: "Collection", wanted: Wanted) -> _Rows:
    """The reports; what they say becomes clusters, bands and yes or no, and goes no further."""
    if not collection.tables.columns(Table.REPORTS):
        return _Rows((), {}, np.empty(0), {})
    rows = collection.tables.rows(
        "SELECT report_id, any_value(study_id), any_value(patient_id), string_agg(text, '\n' ORDER BY ordinal), "
        "list(row_id) FROM reports GROUP BY report_id ORDER BY report_id"
    )
    texts = [row[3] or "" for row in rows]
    columns = {STUDY: [plain_value(row[1]) for row in rows], PATIENT: [plain_value(row[2]) for row in rows]}
    columns[REPORT] = _clusters(texts, wanted.near_duplicates)
    columns |= {TEXT_LENGTH: interned([(length_band(text),) for text in texts])}
    columns |= {TEXT_NEGATION: interned([(negation_of(text),) for text in texts])}
    columns |= {TEXT_SIDE: interned([(side_of(text),) for text in texts])}
    sizes = np.array([len(text) for text in texts], np.float64)
    places = {row_id: place for place, row in enumerate(rows) for row_id in row[4]}
    return _Rows(tuple(row[0] for row in rows), columns, sizes, places)


def _clusters(texts: Sequence[str], similarity: float) -> list[Values]:
    """The cluster of each text by name; a text that says nothing is like no other."""
    said = [place for place, text in enumerate(texts) if text.strip()]
    clusters: list[Values] = [()] * len(texts)
    for place, cluster in zip(said, near_duplicate_clusters([texts[place] for place in said], similarity), strict=True):
        clusters[place] = (f"text {cluster}",)
    return clusters


class _Said:
    """What the rows of a study say together: what holds for a study's series holds for its reports, and so back."""

    def __init__(self, rows: _Rows, columns: Sequence[str]) -> None:
        self._by_study: dict[str, dict[str, dict[str, None]]] = {column: {} for column in columns}
        for column, known in self._by_study.items():
            for study, values in zip(rows.columns.get(STUDY, ()), rows.columns.get(column, ()), strict=False):
                if study and values:
                    known.setdefault(study[0], {}).update(dict.fromkeys(values))

    def of(self, rows: _Rows) -> dict[str, list[Values]]:
        """The columns, for rows of the other table."""
        studies = rows.columns.get(STUDY, ())
        return {
            column: interned([tuple(known.get(study[0], ())) if study else () for study in studies])
            for column, known in self._by_study.items()
        }


def _items(
    noun: str, rows: _Rows, more: Mapping[str, Sequence[Values]], collection: "Collection", channel: Channel
) -> Items:
    stored = collection.vectors(channel)
    owners = _owners(rows.places, stored.row_ids, channel)
    vectors = group_vectors(stored.vectors, owners, len(rows.ids))
    space = collection.manifest.channels[channel.value].space
    return Items(noun, rows.ids, {**more, **rows.columns}, vectors, space, rows.sizes)


def _owners(places: Mapping[int, int], row_ids: NDArray[np.int64], channel: Channel) -> NDArray[np.int64]:
    try:
        return np.array([places[row_id] for row_id in row_ids.tolist()], np.int64)
    except KeyError:
        raise IntegrityError(
            f"The {channel} vectors name a row that the snapshot's table does not hold.",
            remedy="Run `mrseek verify`, then `mrseek index` to publish a new snapshot.",
        ) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
