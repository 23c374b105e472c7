"""Every query of a task as a row of a Parquet file: what is needed to compare two runs query by query.

| column | type | |
|---|---|---|
| query | int32 | number of the query, from 0, in the order of the task |
| id | string | its pseudonym |
| patient | int32 | running number: queries of one patient share it; no pseudonym, and of no meaning outside the file |
| patient_id | string | the patient's pseudonym; only where it was asked for |
| relevant | int64 | relevant items in its gallery, after exclusion |
| pool | int64 | items in its gallery, after exclusion |
| first_rank | float64 | expected rank of the first relevant item; null where there is none |
| first_above | int64 | items above the best tie group that holds a relevant item; null where none was returned |
| first_tied, first_tied_relevant | int64 | items in that group, and relevant ones among them |
| one a measure ("hit@10") | float64 | null where nothing is relevant: in no mean. Ranks hold the expected rank |

The schema's metadata holds, under "mrseek", a JSON object: version, task, channel, level, aggregate, measures.
"""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from common.atomic import atomic_path
from retrieval.evaluation.items import PATIENT
from retrieval.evaluation.rank_lists import NOT_FOUND
from retrieval.evaluation.results import Detail, TaskResult

VERSION = 1


def query_file(task: str, channel: str) -> str:
    """Where the table of a task lies within the report's folder."""
    return f"queries/{task}.{channel}.parquet"


def query_table(result: TaskResult, detail: Detail, *, patients: bool = False) -> pa.Table:
    """The queries of a task.

    Args:
        result: of the task.
        detail: of the same.
        patients: whether to name the patients by their pseudonyms.
    """
    queries, scores = detail.built.queries, detail.scores
    numbers = np.unique(detail.built.ranking.clusters, return_inverse=True)[1]
    columns = {
        "query": pa.array(np.arange(len(queries), dtype=np.int32)),
        "id": pa.array(queries.ids, pa.string()),
        "patient": pa.array(numbers.astype(np.int32)),
    }
    if patients:
        columns["patient_id"] = pa.array([";".join(values) or None for values in queries.of(PATIENT)], pa.string())
    columns["relevant"] = pa.array(scores.relevant)
    columns["pool"] = pa.array(scores.pool)
    columns["first_rank"] = _or_null(detail.ranks)
    first = scores.reached.first
    columns["first_above"] = pa.array(first.above, mask=first.above >= NOT_FOUND)
    columns["first_tied"], columns["first_tied_relevant"] = pa.array(first.size), pa.array(first.relevant)
    measures = list(map(str, result.figures))
    # The first columns of the scores are those that were asked for (`measure_columns.py`), in the order of the figures.
    columns |= {name: _or_null(scores.reached.values[:, place]) for place, name in enumerate(measures)}
    said = json.dumps(_about(result, measures), sort_keys=True)
    return pa.table(columns).replace_schema_metadata({"mrseek": said})


def write_query_table(path: Path, table: pa.Table) -> None:
    """Writes the table, whole or not at all.

    Raises:
        StorageError: the file cannot be written.
    """
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary)


def _or_null(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))


def _about(result: TaskResult, measures: list[str]) -> dict[str, object]:
    return {
        "version": VERSION,
        "task": result.spec.task.value,
        "channel": result.spec.channel.value,
        "level": result.spec.level.value,
        "aggregate": result.spec.aggregate.value,
        "measures": measures,
    }
