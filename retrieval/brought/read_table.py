"""The one door for tables: by the file's ending, Parquet, CSV, TSV or NPZ."""

from pathlib import Path

from common.errors import NotFoundError, UsageError
from retrieval.brought.csv_table import read_csv_table
from retrieval.brought.npz_table import read_npz_table
from retrieval.brought.parquet_table import read_parquet_table
from retrieval.brought.raw_table import RawTable

_ENDINGS = ".parquet, .csv, .tsv, .npz"


def read_table(file: Path) -> RawTable:
    """The rows of a table.

    Raises:
        NotFoundError: no such file.
        UsageError: another ending, or what is in it cannot be read as what the ending says.
    """
    check_file(file)
    match file.suffix.lower():
        case ".parquet":
            return read_parquet_table(file)
        case ".csv" | ".tsv":
            return read_csv_table(file)
        case ".npz":
            return read_npz_table(file)
    raise UsageError(f"{file.name} is no table that can be read here.", remedy=f"Expected one of: {_ENDINGS}.")


def check_file(file: Path) -> None:
    """Refuses a file that is not there.

    Raises:
        NotFoundError: no such file.
    """
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.", remedy="Check the path.")
