"""The sides of a split, read from two collections or from the groups of one."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from indexer.records import Channel
from retrieval.audit.sides import Side, SideReports, SideSeries, SideVectors
from retrieval.collection import Collection
from retrieval.exact import gather
from retrieval.tables import Table

MOST_GROUPS = 20

_BLOCK = 4096  # vectors looked at in one piece

_SERIES_COLUMNS = ("series_id", "study_id", "patient_id", "patient_known", "source", "format", "content_hash")
_PASSAGES = "SELECT row_id, report_id, study_id, content_hash, text FROM reports ORDER BY report_id, ordinal"


@dataclass(frozen=True, slots=True, eq=False)
class _Reports:
    """All reports of a collection, one entry each; `passages` is the row id of every passage, `of` its report."""

    ids: NDArray[np.str_]
    studies: NDArray[np.str_]
    contents: NDArray[np.str_]
    texts: list[str]
    passages: NDArray[np.int64]
    of: NDArray[np.int64]


def read_sides(collection: Collection, against: Collection) -> tuple[Side, Side]:
    """Two collections as the two sides of a split.

    Raises:
        UsageError: one of them is empty, or both are the same.
    """
    if collection.path.resolve() == against.path.resolve():
        raise UsageError(
            f"{collection.path} was named twice: a collection shares everything with itself.",
            remedy="Name the other side's collection with --against, or a column of this one with --split.",
        )
    names = [side.path.resolve().name for side in (collection, against)]
    if names[0] == names[1]:
        names = [str(collection.path), str(against.path)]
    return _whole(collection, names[0]), _whole(against, names[1])


def read_groups(collection: Collection, column: str) -> tuple[tuple[Side, ...], int]:
    """The groups of one collection by a column of its series table, in the order of its values; and how many series
    have no value, which are left out.

    Raises:
        NotFoundError: no such column.
        UsageError: it has one value, or so many that it is no split.
    """
    found = collection.series_table([column])[column]
    given = ~np.ma.getmaskarray(found)
    values = as_texts(found)
    given &= values != ""
    names = np.unique(values[given]).tolist()
    if not 2 <= len(names) <= MOST_GROUPS:
        raise UsageError(
            f'"{column}" has {len(names)} different values; a split has 2 to {MOST_GROUPS}.',
            remedy="Name the column that says which split a series belongs to (train, test, ...).",
        )
    reports = _read_reports(collection)
    sides = tuple(_side(collection, name, np.flatnonzero(values == name), reports) for name in names)
    return sides, int((~given).sum())


def as_texts(column: NDArray[Any]) -> NDArray[np.str_]:
    """A column as text, "" where it has no value."""
    missing = np.ma.getmaskarray(column)
    return np.array(
        ["" if gone or value is None else str(value) for value, gone in zip(np.asarray(column), missing, strict=True)],
        dtype=np.str_,
    )


def finite_rows(vectors: NDArray[np.float32], rows: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Those of some rows (of all, for None) whose values are all finite; what is not cannot be compared."""
    rows = np.arange(len(vectors)) if rows is None else rows
    finite = np.ones(len(rows), np.bool_)
    for start in range(0, len(rows), _BLOCK):
        finite[start : start + _BLOCK] = np.isfinite(gather(vectors, rows[start : start + _BLOCK])).all(axis=1)
    return rows[finite]


def _whole(collection: Collection, name: str) -> Side:
    rows = np.arange(collection.tables.count(Table.SERIES))
    if not len(rows):
        raise UsageError(f"{collection.path} holds no series: there is nothing to audit.", remedy="Index an archive.")
    return _side(collection, name, rows, _read_reports(collection), every_report=True)


def _side(
    collection: Collection, name: str, rows: NDArray[np.int64], reports: _Reports, *, every_report: bool = False
) -> Side:
    table = {column: values[rows] for column, values in collection.series_table(_SERIES_COLUMNS).items()}
    texts = {column: as_texts(table[column]) for column in _SERIES_COLUMNS if column != "patient_known"}
    own = np.char.add("source ", texts["source"])
    series = SideSeries(
        ids=texts["series_id"],
        studies=texts["study_id"],
        patients=texts["patient_id"],
        patient_known=np.ma.filled(table["patient_known"], False).astype(np.bool_),
        namespaces=np.where(texts["format"] == "dicom", "dicom", own),
        contents=texts["content_hash"],
    )
    held = np.arange(len(reports.ids)) if every_report else np.flatnonzero(np.isin(reports.studies, series.studies))
    return Side(
        name=name,
        series=series,
        reports=SideReports(reports.ids[held], reports.contents[held], [reports.texts[one] for one in held]),
        images=_images(collection, rows),
        report_vectors=_report_means(collection, reports, held),
        key=collection.manifest.patient_key_fingerprint,
    )


def _images(collection: Collection, rows: NDArray[np.int64]) -> SideVectors | None:
    """Of the series in these rows of the table, those that have an image vector."""
    if not _has_vectors(collection, Channel.IMAGE):
        return None
    place = np.full(collection.tables.count(Table.SERIES), -1)
    place[rows] = np.arange(len(rows))
    items = place[collection.owners(Channel.IMAGE)]
    stored = collection.vectors(Channel.IMAGE).vectors
    chosen = finite_rows(stored, np.flatnonzero(items >= 0))
    vectors = gather(stored, chosen)
    return SideVectors(vectors, items[chosen], collection.manifest.channels[Channel.IMAGE.value].fingerprint)


def _report_means(collection: Collection, reports: _Reports, held: NDArray[np.int64]) -> SideVectors | None:
    if not _has_vectors(collection, Channel.REPORT) or not len(held):
        return None
    stored = collection.vectors(Channel.REPORT)
    report_of = dict(zip(reports.passages.tolist(), reports.of.tolist(), strict=True))
    owners = np.array([report_of[row_id] for row_id in stored.row_ids.tolist()], np.int64)
    sums = np.zeros((len(reports.ids), stored.vectors.shape[1]))
    for start in range(0, len(owners), _BLOCK):
        block = np.array(stored.vectors[start : start + _BLOCK], np.float64)
        np.add.at(sums, owners[start : start + _BLOCK], np.where(np.isfinite(block), block, 0))
    lengths = np.linalg.norm(sums[held], axis=1)
    kept = np.flatnonzero(lengths > 0)
    means = (sums[held[kept]] / lengths[kept, None]).astype(np.float32)
    return SideVectors(means, kept, collection.manifest.channels[Channel.REPORT.value].fingerprint)


def _has_vectors(collection: Collection, channel: Channel) -> bool:
    entry = collection.manifest.channels.get(channel.value)
    return entry is not None and entry.rows > 0


def _read_reports(collection: Collection) -> _Reports:
    if not collection.tables.count(Table.REPORTS):
        nothing = np.empty(0, np.str_)
        return _Reports(nothing, nothing, nothing, [], np.empty(0, np.int64), np.empty(0, np.int64))
    rows = collection.tables.rows(_PASSAGES)
    places: dict[str, int] = {}
    passages: defaultdict[int, list[str]] = defaultdict(list)
    heads: list[tuple[str, str, str]] = []
    for _, report, study, content, text in rows:
        if report not in places:
            places[report] = len(places)
            heads.append((report, study or "", content or ""))
        passages[places[report]].append(text or "")
    ids, studies, contents = (np.array(column, np.str_) for column in zip(*heads, strict=True))
    return _Reports(
        ids=ids,
        studies=studies,
        contents=contents,
        texts=["\n".join(passages[place]) for place in range(len(ids))],
        passages=np.array([row[0] for row in rows], np.int64),
        of=np.array([places[row[1]] for row in rows], np.int64),
    )
