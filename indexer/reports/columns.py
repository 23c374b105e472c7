"""Which columns of a report table hold what."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from common.errors import ReportError
from common.suggest import nearest
from indexer.reports.headers import HEADERS
from indexer.sources.column_names import SYNONYMS, Role, find_roles, plain

_WANTED = (
    *(Role.TEXT, Role.TEXT_PATH, Role.STUDY, Role.ACCESSION, Role.SERIES),
    *(Role.PATIENT, Role.PATH, Role.DATE, Role.KEY),
)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns of a report table by what they hold; None leaves it to the list of synonyms, "" says there is none.

    Attributes:
        text: the report.
        text_path: a file that holds the report, relative to the table.
        key: the report's own identifier.
        study, accession, series, patient, path, date: what a report is joined by.
    """

    text: str | None = None
    text_path: str | None = None
    key: str | None = None
    study: str | None = None
    accession: str | None = None
    series: str | None = None
    patient: str | None = None
    path: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table: by role, and those that hold one section each (canonical name, column)."""

    roles: dict[Role, str]
    sections: tuple[tuple[str, str], ...] = ()


def find_columns(names: Sequence[str], given: ColumnMap, table: str) -> Columns:
    """What each column of a table holds.

    A table without a text column may have one column a section instead ("Findings", "Impression").

    Args:
        names: the table's columns.
        given: the caller's own assignment.
        table: the table's name, for messages.

    Raises:
        ReportError: a column that the caller named is not there, or nothing holds the text.
    """
    stated = {Role(field.name): getattr(given, field.name) for field in fields(given)}
    for role, column in stated.items():
        if column and column not in names:
            raise ReportError(f'{table} has no column "{column}" (for {role}).', remedy=nearest(column, names))
    fixed = {role: column for role, column in stated.items() if column}
    free = [name for name in names if name not in fixed.values()]
    roles = {**find_roles(free, [role for role in _WANTED if stated[role] is None]), **fixed}
    if Role.TEXT in roles or Role.TEXT_PATH in roles:
        return Columns(roles)
    sections = _section_columns([name for name in names if name not in roles.values()])
    if not sections:
        raise _no_text(names, table)
    return Columns(roles, sections)


def _section_columns(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Columns that are called like a section ("Impressions_EN"), in the order of the table."""
    words = {plain(word): section for section, synonyms in HEADERS.items() for word in synonyms}
    found = ((words.get(plain(name)) or words.get(plain(name)[:-2]), name) for name in names)
    return tuple((section, name) for section, name in found if section)


def _no_text(names: Sequence[str], table: str) -> ReportError:
    known = ", ".join(SYNONYMS[Role.TEXT])
    return ReportError(
        f"No column of {table} holds the text of reports. Its columns: {', '.join(names) or '(none)'}.",
        remedy=f"Call one of them {known}, or say which in a --config file: [reports.columns] text = ...",
    )
