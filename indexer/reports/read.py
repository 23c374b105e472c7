"""Reports as users have them: a table (CSV, TSV, JSON lines, Parquet) or a folder of text files.

What a column holds is known by its name (`sources.column_names`), or said by a `ColumnMap`. A report without text is
kept with an empty one, so that the join can say that it was there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from common.errors import ReportError
from indexer.records import Report
from indexer.reports.columns import ColumnMap, Columns, find_columns
from indexer.sources.column_names import Role
from indexer.sources.rows import is_missing, read_rows, read_text
from indexer.sources.walk import walk

_ROW = "row-"
_TEXT_SUFFIXES = (".txt", ".text", ".md")


def read_reports(path: Path, columns: ColumnMap | None = None) -> tuple[Report, ...]:
    """All reports of a table, a folder of .txt files, or one .txt file.

    In a folder the file's name without ending is the report's key, and the report is joined by it: it may be a study
    UID, an accession number, a patient, or the place of the scan ("sub-01/ses-1.txt"). Keys that come twice get "#2".

    Raises:
        ReportError: nothing is there, it cannot be read, or no column holds the text.
    """
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise ReportError(f"There are no reports at {path}.", remedy="Give a table, or a folder of .txt files.")
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return (Report(path.stem, read_text(path).strip(), path=path.stem),)
    return _table(path, columns or ColumnMap())


def is_row_number(key: str) -> bool:
    """Whether a report's key is only the place of its row, and so identifies nothing in an archive."""
    return bool(re.fullmatch(rf"{_ROW}\d+", key))


def _folder(folder: Path) -> tuple[Report, ...]:
    """One report for every text file below a folder."""
    files = [stat.path for stat in walk(folder).files if stat.path.lower().endswith(".txt")]
    if not files:
        raise ReportError(f"The folder {folder} holds no .txt file.", remedy="Give a table, or a folder of .txt files.")
    places = [re.sub(r"\.txt$", "", file, flags=re.IGNORECASE) for file in files]
    stems = Counter(place.rsplit("/", 1)[-1] for place in places)
    keys = [place if stems[stem := place.rsplit("/", 1)[-1]] > 1 else stem for place in places]
    return tuple(
        Report(key, read_text(folder / file).strip(), path=place)
        for key, file, place in zip(keys, files, places, strict=True)
    )


def _table(path: Path, given: ColumnMap) -> tuple[Report, ...]:
    """One report for every row of a table."""
    table = read_rows(path, error=ReportError)
    columns = find_columns(table.columns, given, path.name)
    reports = (_report(number, row, columns, path.parent) for number, row in enumerate(table.rows, start=1))
    return _with_own_keys(reports)


def _report(number: int, row: Mapping[str, str], columns: Columns, folder: Path) -> Report:
    cell = {role: row.get(column, "").strip() for role, column in columns.roles.items()}
    cell = {role: text for role, text in cell.items() if not is_missing(text)}
    return Report(
        key=cell.get(Role.KEY, f"{_ROW}{number}"),
        text=_text(row, cell, columns, folder),
        study_key=cell.get(Role.STUDY, ""),
        patient_key=cell.get(Role.PATIENT, ""),
        accession=cell.get(Role.ACCESSION, ""),
        series_key=cell.get(Role.SERIES, ""),
        path=cell.get(Role.PATH, "").replace("\\", "/").removeprefix("./").rstrip("/"),
        date=iso_date(cell.get(Role.DATE, "")),
    )


def _text(row: Mapping[str, str], cell: Mapping[Role, str], columns: Columns, folder: Path) -> str:
    """A report's text: from its column, from the file that the row names, or put together from its sections."""
    if Role.TEXT in cell:
        return cell[Role.TEXT]
    if Role.TEXT_PATH in cell:
        file = folder / cell[Role.TEXT_PATH]
        return read_text(file).strip() if file.is_file() else ""
    parts = ((section, row.get(column, "").strip()) for section, column in columns.sections)
    return "\n\n".join(f"{section.upper()}:\n{text}" for section, text in parts if not is_missing(text))


def _with_own_keys(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The reports with "#2", "#3" behind keys that came before."""
    seen: Counter[str] = Counter()
    own = []
    for report in reports:
        seen[report.key] += 1
        count = seen[report.key]
        own.append(report if count == 1 else replace(report, key=f"{report.key}#{count}"))
    return tuple(own)


def iso_date(text: str) -> str:
    """A date as YYYY-MM-DD, "" where the text is none, or may be two ("03/04/2020").

    >>> iso_date("20200131"), iso_date("31.01.2020"), iso_date("2020-01-31T10:00"), iso_date("03/04/2020")
    ('2020-01-31', '2020-01-31', '2020-01-31', '')
    """
    year_first = re.match(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)", text)
    points = re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    slashes = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    if year_first:
        year, month, day = (int(part) for part in year_first.groups())
    elif points:
        day, month, year = (int(part) for part in points.groups())
    elif slashes and max(int(slashes.group(1)), int(slashes.group(2))) > 12:
        one, two, year = (int(part) for part in slashes.groups())
        day, month = (one, two) if one > 12 else (two, one)
    else:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
