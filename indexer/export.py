"""A snapshot's tables for other programs: CSV, JSON lines or Parquet; columns not shown unasked are left out."""

import csv
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from common.atomic import atomic_path
from indexer.layout import REPORTS_FILE, SERIES_FILE
from indexer.open import open_snapshot
from indexer.schema import HIDDEN_REPORT_COLUMNS, HIDDEN_SERIES_COLUMNS


class ExportTable(StrEnum):
    """Which table."""

    SERIES = "series"
    REPORTS = "reports"


class ExportFormat(StrEnum):
    """Which form; the value is the file's usual ending."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def export_table(
    collection: Path,
    out: Path,
    *,
    table: ExportTable = ExportTable.SERIES,
    form: ExportFormat = ExportFormat.CSV,
    hidden: bool = False,
) -> int:
    """Writes a table of the snapshot in force to `out`, whole or not at all; returns the number of rows.

    Args:
        collection: the collection.
        out: the file to write.
        table: which table.
        form: which form.
        hidden: also the columns that are not shown unasked: report texts, study dates, hashes, evidence.

    Raises:
        NotFoundError, IntegrityError: as `open_snapshot`.
        StorageError: `out` cannot be written to.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    snapshot, _ = open_snapshot(collection)
    file = pq.ParquetFile(snapshot / (SERIES_FILE if table is ExportTable.SERIES else REPORTS_FILE))
    columns = _columns(file.schema_arrow.names, table, hidden=hidden)
    with atomic_path(out) as temporary:
        match form:
            case ExportFormat.PARQUET:
                schema = pa.schema([file.schema_arrow.field(name) for name in columns])
                with pq.ParquetWriter(temporary, schema) as writer:
                    for batch in file.iter_batches(columns=columns):
                        writer.write_batch(batch)
            case ExportFormat.JSONL:
                with temporary.open("w", encoding="utf-8") as stream:
                    stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(file, columns))
            case ExportFormat.CSV:
                with temporary.open("w", encoding="utf-8", newline="") as stream:
                    sheet = csv.DictWriter(stream, columns)
                    sheet.writeheader()
                    sheet.writerows(_rows(file, columns))
    return int(file.metadata.num_rows)


def _columns(names: list[str], table: ExportTable, *, hidden: bool) -> list[str]:
    unasked = HIDDEN_SERIES_COLUMNS if table is ExportTable.SERIES else HIDDEN_REPORT_COLUMNS
    return [name for name in names if hidden or name not in unasked]


def _rows(file: Any, columns: list[str]) -> Iterator[dict[str, Any]]:
    for batch in file.iter_batches(columns=columns):
        yield from batch.to_pylist()
