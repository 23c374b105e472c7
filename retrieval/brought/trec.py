"""TREC files: what somebody's system returned (a run), and what is relevant (qrels), checked line by line.

    run    QUERY Q0 ITEM RANK SCORE TAG     the score decides the order, the rank is not read; ties stay ties
    qrels  QUERY 0 ITEM GAIN                a gain of 0 or below: judged, and not relevant

Between columns stand blanks, or tabs where ids hold blanks. All bad lines are counted, and the first ones named by
number; their contents are never shown.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.brought.read_table import check_file
from retrieval.evaluation.relevance import Judgments, Relevant
from retrieval.evaluation.score_sources import RunScores

_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class TrecLines:
    """The lines of a run or of qrels.

    Attributes:
        name: of the file, for messages.
        queries: of each line.
        items: of each line.
        values: float64, shape (lines,): scores, or gains.
        numbers: of the lines in the file, from 1.
    """

    name: str
    queries: Sequence[str]
    items: Sequence[str]
    values: NDArray[np.float64]
    numbers: Sequence[int]


def read_run(file: Path) -> TrecLines:
    """The lines of a run.

    Raises:
        NotFoundError: no such file.
        UsageError: lines that do not have six columns, scores that are no finite numbers, an item twice for a query.
    """
    return _read(file, columns=6, value=4, what="run", form="QUERY Q0 ITEM RANK SCORE TAG")


def read_qrels(file: Path) -> TrecLines:
    """The lines of qrels.

    Raises:
        NotFoundError: no such file.
        UsageError: lines that do not have four columns, gains that are no finite numbers, an item twice for a query.
    """
    return _read(file, columns=4, value=3, what="qrels", form="QUERY 0 ITEM GAIN")


def run_scores(run: TrecLines, queries: Sequence[str], gallery: Sequence[str], where: str) -> RunScores:
    """The run as scores of every query.

    Args:
        run: its lines.
        queries: ids of those who ask; one that the run lacks found nothing.
        gallery: ids of those who are ranked.
        where: what queries and gallery were taken from, for messages.

    Raises:
        UsageError: it names a query or an item that is not there.
    """
    return RunScores(list(_by_query(run, queries, gallery, where)), len(gallery))


def judgments(qrels: TrecLines, queries: Sequence[str], gallery: Sequence[str], where: str) -> Judgments:
    """The qrels as relevance of every query.

    Args:
        qrels: their lines.
        queries: ids of those who ask; one that nobody judged has nothing relevant, and is in no mean.
        gallery: ids of those who are ranked.
        where: what queries and gallery were taken from, for messages.

    Raises:
        UsageError: they name a query or an item that is not there.
    """
    found = []
    for positions, gains in _by_query(qrels, queries, gallery, where):
        kept = gains > 0
        order = np.argsort(positions[kept])
        found.append(Relevant(positions[kept][order], gains[kept][order]))
    return Judgments(found)


def _read(file: Path, *, columns: int, value: int, what: str, form: str) -> TrecLines:
    check_file(file)
    queries: list[str] = []
    items: list[str] = []
    values: list[float] = []
    numbers: list[int] = []
    crooked: list[int] = []
    unreadable: list[int] = []
    for number, cells in _lines(file, columns):
        if len(cells) != columns:
            crooked.append(number)
            continue
        try:
            score = float(cells[value])
        except ValueError:
            score = math.nan
        if not math.isfinite(score):
            unreadable.append(number)
        queries.append(cells[0])
        items.append(cells[2])
        values.append(score)
        numbers.append(number)
    _refuse(file.name, crooked, f"do not have {columns} columns", f"Expected: {form}.")
    _refuse(file.name, unreadable, "have no finite number as " + form.split()[value].lower(), f"Expected: {form}.")
    if not values:
        raise UsageError(f"{file.name} is empty; expected a {what}.", remedy=f"A line is: {form}.")
    found = TrecLines(file.name, queries, items, np.array(values, np.float64), numbers)
    _refuse(file.name, _repeated(found), "name an item that their query has already", "Leave one of them out.")
    return found


def _lines(file: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The number and the columns of each line that is not empty."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, 1):
                by_tabs = [cell.strip() for cell in line.split("\t")]
                cells = by_tabs if len(by_tabs) == columns and all(by_tabs) else line.split()
                if cells:
                    yield number, cells
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file.name} cannot be read as text ({type(error).__name__}).", remedy="Give a TREC file in UTF-8."
        ) from error


def _repeated(lines: TrecLines) -> list[int]:
    seen: set[tuple[str, str]] = set()
    found = []
    for number, pair in zip(lines.numbers, zip(lines.queries, lines.items, strict=True), strict=True):
        if pair in seen:
            found.append(number)
        seen.add(pair)
    return found


def _by_query(
    lines: TrecLines, queries: Sequence[str], gallery: Sequence[str], where: str
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """For each query the gallery positions and values of its lines, in the order of the file."""
    asked, found = _places(lines, lines.queries, queries), _places(lines, lines.items, gallery)
    check = f"Give the table that they are in, or check that ids are those of {where}."
    _refuse(lines.name, _unknown(lines, asked), f"name a query that is not in {where}", check)
    _refuse(lines.name, _unknown(lines, found), f"name an item that is not in {where}", check)
    order = np.argsort(asked, kind="stable")
    bounds = np.searchsorted(asked[order], np.arange(len(queries) + 1))
    for query in range(len(queries)):
        rows = order[bounds[query] : bounds[query + 1]]
        yield found[rows], lines.values[rows]


def _places(lines: TrecLines, names: Iterable[str], known: Sequence[str]) -> NDArray[np.int64]:
    """Where each line's name stands, int64, shape (lines,); -1 where nowhere."""
    places = {one: place for place, one in enumerate(known)}
    return np.fromiter((places.get(name, -1) for name in names), np.int64, len(lines.values))


def _unknown(lines: TrecLines, places: NDArray[np.int64]) -> list[int]:
    return [lines.numbers[place] for place in np.flatnonzero(places < 0).tolist()]


def _refuse(name: str, numbers: Sequence[int], what: str, remedy: str) -> None:
    if numbers:
        shown = ", ".join(map(str, numbers[:_SHOWN])) + (", ..." if len(numbers) > _SHOWN else "")
        lines = "line" if len(numbers) == 1 else "lines"
        raise UsageError(f"{len(numbers)} {lines} of {name} {what} (line {shown}).", remedy=remedy)
