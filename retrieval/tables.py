"""The two tables of a snapshot behind one sandboxed DuckDB connection: no other file, no network, no settings, no
extensions.

Positions count rows of a table in the order of its file, which is the order of its ids: so the lower position wins a
tie.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from threading import Timer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError
from indexer.layout import REPORTS_FILE, SERIES_FILE
from indexer.schema import HIDDEN_REPORT_COLUMNS, HIDDEN_SERIES_COLUMNS


class Table(StrEnum):
    """A table of a snapshot, by the name that it has in SQL."""

    SERIES = "series"
    REPORTS = "reports"


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one filter may cost."""

    seconds: float = 5.0
    memory_mb: int = 1024


DEFAULT_LIMITS = QueryLimits()


class OutOfTimeError(Exception):
    """A statement ran into its time limit; `filter.py` says so in the user's words."""


_HIDDEN = {Table.SERIES: HIDDEN_SERIES_COLUMNS, Table.REPORTS: HIDDEN_REPORT_COLUMNS}
_FILES = {Table.SERIES: SERIES_FILE, Table.REPORTS: REPORTS_FILE}
_STUDY_CODES = """
    WITH studies AS (
        SELECT study_id, row_number() OVER (ORDER BY study_id) - 1 AS code FROM (SELECT DISTINCT study_id FROM series)
    )
    SELECT t.row_id, coalesce(studies.code, -1) AS code FROM {table} AS t LEFT JOIN studies USING (study_id)
"""
# A row whose id is empty is a group of its own: nothing says that two unknown studies are the same one.
_GROUP_CODES = """
    SELECT row_id, dense_rank() OVER (ORDER BY coalesce(nullif({column}, ''), 'row ' || row_id)) - 1 AS code
    FROM {table}
"""


class Tables:
    """The series and the passages of one snapshot, read where they lie."""

    def __init__(self, snapshot: Path, limits: QueryLimits = DEFAULT_LIMITS) -> None:
        """Opens the tables in a snapshot's folder; reads nothing yet."""
        self.limits = limits
        self._files = {table: snapshot / name for table, name in _FILES.items() if (snapshot / name).exists()}
        self._positions: dict[Table, _Positions] = {}
        self._known_codes: dict[tuple[Table, str], NDArray[np.int64]] = {}
        self._known_columns: dict[Table, dict[str, str]] = {}

    @cached_property
    def _connection(self) -> Any:
        import duckdb

        connection = duckdb.connect(":memory:", config={"memory_limit": f"{self.limits.memory_mb}MB"})
        names = ", ".join(_quoted(str(file)) for file in self._files.values())
        connection.execute(f"SET allowed_paths = [{names}]")
        for table, file in self._files.items():
            self._create_view(connection, table, file)
        for setting in _LOCKS:
            connection.execute(setting)
        return connection

    def _create_view(self, connection: Any, table: Table, file: Path) -> None:
        import duckdb

        try:
            connection.execute(f"CREATE VIEW {table.value} AS SELECT * FROM read_parquet({_quoted(str(file))})")
        except duckdb.Error as error:
            raise IntegrityError(
                f"{file} cannot be read as Parquet.",
                remedy="Run `mrseek verify`; restore the snapshot from a backup, or run `mrseek index` again.",
            ) from error

    def close(self) -> None:
        """Ends the connection, if one was made."""
        if "_connection" in self.__dict__:
            self._connection.close()
            del self.__dict__["_connection"]

    def columns(self, table: Table) -> Mapping[str, str]:
        """Column names with their DuckDB types ("VARCHAR", "DOUBLE", "BIGINT", "BOOLEAN"), in the file's order."""
        if table not in self._known_columns:
            described = self.rows(f"DESCRIBE {table.value}") if table in self._files else []
            self._known_columns[table] = {row[0]: row[1] for row in described}
        return self._known_columns[table]

    def shown_columns(self, table: Table) -> tuple[str, ...]:
        """The columns that answers show unasked: ours, and all of the user's table."""
        return tuple(name for name in self.columns(table) if name not in _HIDDEN[table])

    def count(self, table: Table) -> int:
        """Number of rows."""
        return len(self.row_ids(table))

    def row_ids(self, table: Table) -> NDArray[np.int64]:
        """int64, shape (rows,), in the order of the file."""
        return self._positions_of(table).row_ids

    def positions(self, table: Table, row_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where rows stand in their table, by row id.

        Raises:
            IntegrityError: a row id that the table does not hold.
        """
        return self._positions_of(table).of(row_ids, table)

    def _positions_of(self, table: Table) -> "_Positions":
        if table not in self._positions:
            row_ids = np.empty(0, np.int64)
            if table in self._files:
                row_ids = np.asarray(self.arrays(f"SELECT row_id FROM {table.value}")["row_id"], np.int64)
            self._positions[table] = _Positions(row_ids)
        return self._positions[table]

    def study_codes(self, table: Table) -> NDArray[np.int64]:
        """int64, shape (rows,): one number a study, the same in both tables; -1 for a study without a series."""
        return self._codes(table, _STUDY_CODES.format(table=table.value))

    def group_codes(self, table: Table, column: str) -> NDArray[np.int64]:
        """int64, shape (rows,): one number from 0 for each value of an id column; a row without one has its own."""
        return self._codes(table, _GROUP_CODES.format(table=table.value, column=column))

    def _codes(self, table: Table, sql: str) -> NDArray[np.int64]:
        if (table, sql) not in self._known_codes:
            found = self.arrays(sql)
            codes = np.empty(self.count(table), np.int64)
            codes[self.positions(table, found["row_id"])] = found["code"]
            self._known_codes[table, sql] = codes
        return self._known_codes[table, sql]

    def fetch(self, table: Table, positions: NDArray[np.int64], columns: Sequence[str]) -> list[dict[str, Any]]:
        """The named columns of some rows, one dictionary each, in the order of `positions`; no other row is read."""
        row_ids = [int(row_id) for row_id in self.row_ids(table)[positions]]
        if not row_ids:
            return []
        names = ", ".join(f'"{column}"' for column in columns)
        listed = ", ".join(map(str, row_ids))
        found = self.rows(f"SELECT row_id, {names} FROM {table.value} WHERE row_id IN ({listed})")
        by_id = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}
        return [by_id[row_id] for row_id in row_ids]

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a statement, as Python values.

        Raises:
            OutOfTimeError: it ran longer than the limit.
        """
        with self._timed() as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql, list(parameters)).fetchall()
        return found

    def arrays(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, NDArray[Any]]:
        """Columns of a statement, as NumPy arrays.

        Raises:
            OutOfTimeError: it ran longer than the limit.
        """
        with self._timed() as connection:
            found: dict[str, NDArray[Any]] = connection.execute(sql, list(parameters)).fetchnumpy()
        return found

    @contextmanager
    def _timed(self) -> Iterator[Any]:
        import duckdb

        connection = self._connection
        timer = Timer(self.limits.seconds, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield connection
        except duckdb.InterruptException as error:
            raise OutOfTimeError from error
        finally:
            timer.cancel()
            timer.join()  # so that it can neither interrupt the next statement nor outlive the connection


@dataclass(frozen=True, slots=True, eq=False)
class _Positions:
    """Row ids in the order of a file, and the way back from a row id to its place."""

    row_ids: NDArray[np.int64]

    def of(self, row_ids: NDArray[np.int64], table: Table) -> NDArray[np.int64]:
        """Positions of `row_ids`, shape (m,)."""
        if np.array_equal(row_ids, self.row_ids):  # the usual case: both files in the order of the ids
            return np.arange(len(row_ids))
        by_id = np.argsort(self.row_ids)
        sorted_ids = self.row_ids[by_id]
        places = np.minimum(np.searchsorted(sorted_ids, row_ids), len(sorted_ids) - 1)
        if len(row_ids) and (not len(sorted_ids) or (sorted_ids[places] != row_ids).any()):
            raise IntegrityError(
                f"The vectors name rows that the table {table.value} does not hold.",
                remedy="Run `mrseek verify`, then `mrseek index` to publish a new snapshot.",
            )
        return by_id[places]


# After these nothing but the two files can be reached, whatever the statement, and no statement can undo it. Python's
# own variables must not be found as tables either, and nothing may spill to a disk that others can read.
_LOCKS = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
