"""Age and sex from tables, written the way a DICOM header would."""

import re
from math import floor

_SEXES = {"m": "M", "male": "M", "man": "M", "f": "F", "female": "F", "woman": "F", "w": "F", "o": "O", "other": "O"}


def age_text(years: str) -> str:
    """A DICOM age string from years as tables give them, "" where it is no age. Parts of years become months.

    >>> age_text("34"), age_text("0.5"), age_text("34.5"), age_text("89+"), age_text("045Y"), age_text("30-40")
    ('034Y', '006M', '414M', '089Y', '045Y', '')
    """
    text = years.strip().upper()
    if re.fullmatch(r"\d{3}[DWMY]", text):
        return text
    match = re.fullmatch(r">?=?\s*(\d{1,3}(?:\.\d+)?)\s*(?:\+|Y|YRS?|YEARS?)?", text)
    if match is None or float(match.group(1)) > 130:
        return ""
    value = float(match.group(1))
    months = round(value * 12)
    if value.is_integer() or months > 999:
        return f"{floor(value):03d}Y"
    return f"{months:03d}M"


def sex_text(sex: str) -> str:
    """M, F or O, "" for anything else (numeric codes differ between tables).

    >>> sex_text("Female"), sex_text("m"), sex_text("1")
    ('F', 'M', '')
    """
    return _SEXES.get(sex.strip().casefold(), "")
