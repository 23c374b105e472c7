"""What the columns of users' tables mean: one list of synonyms for report tables and for series tables.

A column is recognised by its name in lower case with everything but letters and digits taken away, so "Study Instance
UID", "StudyInstanceUID" and "study_instance_uid" are one. An explicit column map always wins over this list.
"""

import re
from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a column holds."""

    PATH = "path"
    SERIES = "series"
    STUDY = "study"
    ACCESSION = "accession"
    PATIENT = "patient"
    DATE = "date"
    AGE = "age"
    SEX = "sex"
    KEY = "key"
    TEXT = "text"
    TEXT_PATH = "text_path"


# In each row the better name comes first: it is taken where a table has several.
SYNONYMS: dict[Role, tuple[str, ...]] = {
    Role.PATH: (
        "path",
        "filepath",
        "imagepath",
        "seriespath",
        "scanpath",
        "file",
        "filename",
        "image",
        "scan",
        "nifti",
    ),
    Role.SERIES: ("seriesinstanceuid", "seriesuid", "serieskey", "seriesid", "series"),
    Role.STUDY: ("studyinstanceuid", "studyuid", "studykey", "studyid", "study", "examid", "exam"),
    Role.ACCESSION: ("accessionnumber", "accession", "accessionno", "acc"),
    Role.PATIENT: (
        "patientid",
        "patientkey",
        "participantid",
        "subjectid",
        "patient",
        "participant",
        "subject",
        "sub",
        "mrn",
    ),
    Role.DATE: ("studydate", "examdate", "reportdate", "date"),
    Role.AGE: ("ageyears", "age", "patientage", "ageatscan", "agescan", "scanage"),
    Role.SEX: ("sex", "patientsex", "gender"),
    Role.KEY: ("reportid", "reportkey", "reportnumber", "documentid", "id", "key"),
    Role.TEXT: ("reporttext", "text", "report", "fulltext", "narrative", "body", "content", "befund", "rapport"),
    Role.TEXT_PATH: ("textpath", "reportpath", "textfile", "reportfile", "txt"),
}

# Columns that are never kept, whatever a table calls its rest: they identify a person.
_IDENTIFYING = re.compile(
    r"name$|^names?|birth|^dob$|geburt|naissance|nacimiento|nascita|address|adresse|phone|telefon|e?mail$|^ssn$|"
    r"physician|radiologist|operator|researcher|^mrn$|insurance"
)
_DEVICE_NAMES = re.compile(r"model|sequence|protocol|coil|manufacturer|station|file|dataset|scanner|software|series")


def plain(name: str) -> str:
    """A column's name as it is compared.

    >>> plain("Study Instance-UID")
    'studyinstanceuid'
    """
    return re.sub(r"[\W_]+", "", name).lower()


def find_roles(columns: Iterable[str], wanted: Iterable[Role]) -> dict[Role, str]:
    """Role -> the column that plays it, for the roles that are found. No column plays two roles.

    >>> find_roles(["Patient ID", "Text"], [Role.PATIENT, Role.TEXT, Role.STUDY]) == {
    ...     Role.PATIENT: "Patient ID", Role.TEXT: "Text"}
    True
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    found: dict[Role, str] = {}
    for role in wanted:
        name = next((name for name in SYNONYMS[role] if name in by_name), None)
        if name is not None:
            found[role] = by_name.pop(name)
    return found


def identifies(column: str) -> bool:
    """Whether a column's name says that it identifies a person ("Patient Name", "DOB")."""
    name = plain(column)
    return bool(_IDENTIFYING.search(name)) and not _DEVICE_NAMES.search(name)


def filter_name(column: str) -> str:
    """A column's name as filters can write it: lower case, letters, digits and underscores.

    >>> filter_name("Lesion count (n)"), filter_name("3rd")
    ('lesion_count_n', 'x_3rd')
    """
    name = re.sub(r"\W+", "_", column.strip()).strip("_").lower()
    return f"x_{name}" if not name or name[0].isdigit() else name
