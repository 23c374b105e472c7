"""What participants.tsv, sessions.tsv and scans.tsv of a BIDS data set say about a scan.

All are read as text with n/a as nothing; ages are taken as years. A session's age wins over the participant's. Columns
other than age, sex and identifiers become extra columns of the series.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import SourceError
from indexer.sources.column_names import Role, find_roles
from indexer.sources.demographics import age_text, sex_text
from indexer.sources.rows import is_missing, read_rows
from indexer.sources.typed_columns import Value, typed_rows


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What the tables give to one scan: header text under DICOM keywords, and extra columns."""

    tags: Mapping[str, str] = field(default_factory=dict, repr=False)
    extra: Mapping[str, Value] = field(default_factory=dict, repr=False)


class BidsTables:
    """The tables of one data set, each read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._participants = _read(root / "participants.tsv", "participant_id")
        self._sessions: dict[str, dict[str, ScanFacts]] = {}
        self._scans: dict[Path, dict[str, ScanFacts]] = {}

    def facts(self, path: str, subject: str, session: str) -> ScanFacts:
        """Facts about one scan: `path` below the data set, `subject` as "sub-01", `session` as "ses-2" or ""."""
        found = [_get(self._participants, subject)]
        if session:
            if subject not in self._sessions:
                file = self._root / subject / f"{subject}_sessions.tsv"
                self._sessions[subject] = _read(file, "session_id")
            found.append(_get(self._sessions[subject], session))
        found.append(self._scan(path, subject, session))
        tags = {keyword: text for facts in found for keyword, text in facts.tags.items()}
        return ScanFacts(tags, {name: value for facts in found for name, value in facts.extra.items()})

    def _scan(self, path: str, subject: str, session: str) -> ScanFacts:
        """The line of sub-01[_ses-2]_scans.tsv for a file, named there relative to its own folder."""
        below = "/".join(part for part in (subject, session) if part)
        file = self._root / below / ("_".join(part for part in (subject, session) if part) + "_scans.tsv")
        if file not in self._scans:
            self._scans = {file: _read(file, "filename")}  # scans come sorted: only the last table is needed again
        return self._scans[file].get(path.removeprefix(below + "/"), ScanFacts())


def _get(table: Mapping[str, ScanFacts], key: str) -> ScanFacts:
    """By "sub-01", else by the bare label that many tables write."""
    return table.get(key) or table.get(key.split("-", 1)[-1]) or ScanFacts()


def _read(file: Path, key_column: str) -> dict[str, ScanFacts]:
    """Key -> facts; empty where there is no such table or it is broken: a table must not cost the scans."""
    if not file.is_file():
        return {}
    try:
        table = read_rows(file)
    except SourceError:
        return {}
    roles = find_roles(table.columns, (Role.AGE, Role.SEX))
    taken = {*roles.values(), key_column, "acq_time"}
    extras = typed_rows(table.rows, [column for column in table.columns if column not in taken])
    return {
        row.get(key_column, "").strip(): ScanFacts(_tags(row, roles), extra)
        for row, extra in zip(table.rows, extras, strict=True)
    }


def _tags(row: Mapping[str, str], roles: Mapping[Role, str]) -> dict[str, str]:
    """Age, sex and date of one row as header text."""
    acquired = row.get("acq_time", "")
    tags = {
        "PatientAge": age_text(row.get(roles.get(Role.AGE, ""), "")),
        "PatientSex": sex_text(row.get(roles.get(Role.SEX, ""), "")),
        "StudyDate": "" if is_missing(acquired) else acquired[:10].replace("-", ""),
    }
    return {keyword: text for keyword, text in tags.items() if text}
