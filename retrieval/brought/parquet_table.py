"""Tables and vectors from Parquet: column `id`, column `vector` (a list of numbers a row), all others what is known."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from retrieval.brought.raw_table import ID, SIZE, VECTOR, RawTable, check_ids, column_names, plain_number
from retrieval.evaluation.facts import interned, plain_value
from retrieval.evaluation.items import Values

_HOW = "Write it with pyarrow, polars or pandas: a column `id`, and a column `vector` of lists of equal length."


def read_parquet_table(file: Path, *, renamed: bool = True) -> RawTable:
    """The rows of a Parquet file. A null vector is an item without one; a list in any other column is several values.

    Args:
        file: the file.
        renamed: whether `patient_id` is read as `patient` and `study_id` as `study`; not in files that mrseek wrote.

    Raises:
        UsageError: it is no Parquet file, or is damaged; no ids; vectors of unequal length, or not of numbers.
    """
    table = _read(file)
    names = list(table.column_names)
    called = column_names(file.name, names) if renamed else {name: name for name in names}
    ids = _ids(file.name, table.column(ID))
    check_ids(file.name, ids)
    known = [name for name in names if name not in {ID, VECTOR, SIZE}]
    vectors, with_vector = None, np.zeros(len(ids), bool)
    if VECTOR in names:
        vectors, with_vector = _vectors(file.name, table.column(VECTOR))
    return RawTable(
        name=file.name,
        ids=ids,
        columns={called[name]: _values(file.name, name, table.column(name)) for name in known},
        vectors=vectors,
        with_vector=with_vector,
        sizes=_sizes(file.name, table.column(SIZE)) if SIZE in names else None,
    )


def _read(file: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            table = opened.read()
        table.validate(full=True)  # words that are no UTF-8, lists that point elsewhere
        list(table.column_names)  # decodes them: names that are no UTF-8 raise here, and not later
        return table
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise UsageError(
            f"{file.name} cannot be read as Parquet ({type(error).__name__}): it is damaged, cut short, or no Parquet.",
            remedy=_HOW,
        ) from error


def _ids(name: str, column: Any) -> list[str]:
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise UsageError(f"The ids of {name} are of type {column.type}; expected strings or whole numbers.")
    return ["" if one is None else str(one) for one in column.to_pylist()]


def _vectors(name: str, column: Any) -> tuple[NDArray[np.number], NDArray[np.bool_]]:
    """The rows that are there, shape (those, dimension), and which they are, shape (rows,)."""
    import pyarrow as pa

    kind = column.type
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    if not listed or not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        raise UsageError(f"The column `{VECTOR}` of {name} is of type {kind}; expected lists of numbers.", remedy=_HOW)
    present = ~np.asarray(column.is_null().to_numpy(), bool)
    chunks = [chunk for chunk in column.drop_null().chunks if len(chunk)]
    if not chunks:
        return np.empty((0, 1), np.float32), present
    lengths = np.unique(np.concatenate([one.value_lengths().to_numpy(zero_copy_only=False) for one in chunks]))
    if len(lengths) > 1 or not lengths[0]:
        shown = "empty" if len(lengths) == 1 else f"of {len(lengths)} lengths, {lengths[0]} to {lengths[-1]}"
        raise UsageError(f"The vectors of {name} are {shown}; expected one length.", remedy=_HOW)
    numbers = [one.flatten() for one in chunks]  # apart: together they may be more than a list's 32-bit offsets count
    if empty := sum(one.null_count for one in numbers):
        raise UsageError(f"{name} has {empty} empty places inside its vectors.", remedy=_HOW)
    values = np.concatenate([one.to_numpy(zero_copy_only=False) for one in numbers])
    return values.reshape(-1, int(lengths[0])), present


def _values(name: str, column: str, cells: Any) -> list[Values]:
    import pyarrow as pa

    kind = cells.type
    if pa.types.is_dictionary(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise UsageError(
            f"The column `{column}` of {name} is of type {cells.type}, which names no values.",
            remedy="Give words, numbers, yes or no, or lists of these; or leave the column out.",
        )
    return interned([plain_value(_plain(cell)) for cell in cells.to_pylist()])


def _plain(cell: Any) -> Any:
    return [plain_number(one) for one in cell] if isinstance(cell, list) else plain_number(cell)


def _sizes(name: str, column: Any) -> NDArray[np.float64]:
    import pyarrow as pa

    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise UsageError(f"The column `{SIZE}` of {name} is of type {column.type}; expected numbers.")
    return np.asarray(column.to_numpy(), np.float64)
