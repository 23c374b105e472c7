"""Several values of one attribute as one text, the way DICOM writes them."""

from collections.abc import Iterable


def joined(value: object) -> str:
    r"""A value as DICOM text: several values separated by backslashes.

    >>> joined([1, 2]), joined("M"), joined(None)
    ('1\\2', 'M', '')
    """
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return "\\".join(str(part) for part in value)


def distinct_numbers(texts: Iterable[str]) -> str:
    r"""The different values in all texts, numbers ascending, words after them.

    >>> distinct_numbers(["38.0", "6.3", "6.30", "x"])
    '6.3\\38.0\\x'
    """
    by_value: dict[tuple[bool, float, str], str] = {}
    for text in texts:
        for part in text.split("\\"):
            if part.strip():
                by_value.setdefault(_order(part.strip()), part.strip())
    return "\\".join(by_value[key] for key in sorted(by_value))


def number(text: str) -> float | None:
    """The first value of a text as a number, or None."""
    try:
        return float(text.split("\\", maxsplit=1)[0])
    except ValueError:
        return None


def orientation_key(text: str) -> tuple[float, ...]:
    """Direction cosines rounded to what tells orientations apart (0.05: about three degrees)."""
    try:
        return tuple(round(float(part) * 20) / 20 + 0.0 for part in text.split("\\"))
    except ValueError:
        return ()


def _order(part: str) -> tuple[bool, float, str]:
    value = number(part)
    return (True, 0.0, part) if value is None else (False, value, "")
