"""Header text made ready: character sets decoded, padding gone, an age in place of a birth date."""

from datetime import date

from indexer.sources.dicom_tags import ALL, Header
from indexer.sources.quiet import quiet_pydicom

_PLAIN = {"", "ISO_IR 6", "ISO 2022 IR 6", "ISO_IR 192"}


def settle(raw: dict[str, str]) -> Header:
    """The header of one file as the inventory keeps it: decoded, without empty values, without a birth date.

    A missing PatientAge is computed from birth date and study date; only the age is kept.
    """
    charset = raw.get("SpecificCharacterSet", "")
    values = {keyword: _clean(raw[keyword], charset) for keyword in ALL if raw.get(keyword)}
    if set(values.get("PatientAge", "").strip("DWMY")) <= {"0"}:
        values.pop("PatientAge", None)  # "000Y" is what de-identification leaves; a newborn has days
    born = values.pop("PatientBirthDate", "")
    values.pop("SpecificCharacterSet", None)
    if born and not values.get("PatientAge"):
        values["PatientAge"] = age_string(born, values.get("StudyDate", ""))
    return {keyword: value for keyword, value in values.items() if value}


def age_string(born: str, on: str) -> str:
    """The DICOM age string between two DICOM dates, "" where either is no date.

    >>> age_string("19700315", "20200314"), age_string("20200101", "20200301"), age_string("0000", "2020")
    ('049Y', '002M', '')
    """
    start, end = _date(born), _date(on)
    if start is None or end is None or end < start:
        return ""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    if months >= 24:
        return f"{min(months // 12, 999):03d}Y"
    return f"{months:03d}M" if months else f"{(end - start).days:03d}D"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:8]) if len(text) >= 8 and text[:8].isdigit() else None
    except ValueError:
        return None


def _clean(value: str, charset: str) -> str:
    """Text of one value without padding, decoded by the file's character set where it is not plain ASCII."""
    if not value.isascii() or "\x1b" in value:
        value = _decoded(value, charset)
    return "\\".join(part.strip(" \0\t\r\n") for part in value.split("\\")).strip("\\ ")


def _decoded(value: str, charset: str) -> str:
    """The scanner reads bytes as UTF-8 with surrogates for all else: back to bytes, then by the character set."""
    terms = [term.strip() for term in charset.split("\\")]
    raw = value.encode("utf-8", "surrogateescape")
    if set(terms) <= _PLAIN:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")  # what is most often meant where nothing is stated
    from pydicom.charset import convert_encodings, decode_bytes

    try:
        with quiet_pydicom():  # of an unknown character set, pydicom replaces what it cannot read
            return str(decode_bytes(raw, convert_encodings(terms), {"\\", "^", "=", "\r", "\n", "\t", "\f"}))
    except (LookupError, ValueError):  # the character set's own name is damaged
        return raw.decode("latin-1")
