"""What is known of items beyond their own columns: scanner and age band, and which columns the benchmark looks at."""

from collections.abc import Sequence
from itertools import pairwise

from retrieval.evaluation.items import Values

SCANNER, AGE_BAND = "scanner", "age_band"
TEXT_LENGTH, TEXT_NEGATION, TEXT_SIDE = "text_length", "text_negation", "text_side"

DERIVED = {SCANNER: ("manufacturer", "model"), AGE_BAND: ("age_years",)}
"""Columns that are made of others, series by series."""

TEXT_FACTS = (TEXT_LENGTH, TEXT_NEGATION, TEXT_SIDE)
"""Columns that are made of a report's text; the text itself goes no further."""

HEADER_SHORTCUT = (SCANNER, "sequence", "region")
"""What a header says of an image before anybody looks at it."""

USUAL_STRATA = ("region", "sequence", "plane", SCANNER, "site", "sex", AGE_BAND, "finding", "side", *TEXT_FACTS)

_BANDS = (1, 18, 40, 60, 75)


def age_band(years: float | None) -> Values:
    """The band of an age in years, upper end excluded; nothing for an unknown age.

    >>> age_band(0.3), age_band(18.0), age_band(90.0), age_band(None)
    (('under 1',), ('18-39',), ('75 and over',), ())
    """
    if years is None:
        return ()
    if years < _BANDS[0]:
        return (f"under {_BANDS[0]}",)
    if years >= _BANDS[-1]:
        return (f"{_BANDS[-1]} and over",)
    low, high = next((low, high) for low, high in pairwise(_BANDS) if years < high)
    return (f"{low}-{high - 1}",)


def scanner(manufacturer: str | None, model: str | None) -> Values:
    """Maker and model as one name; the maker alone where the model is unknown, and nothing without a maker.

    >>> scanner("GE", "SIGNA"), scanner(None, "SIGNA")
    (('GE SIGNA',), ())
    """
    if not manufacturer:
        return ()
    return (f"{manufacturer} {model}" if model else manufacturer,)


def plain_value(value: object) -> Values:
    """A cell of a table as values: lists hold several, and empty cells none.

    >>> plain_value(None), plain_value(1.5), plain_value(True), plain_value(["oedema", "mass"])
    ((), ('1.5',), ('true',), ('oedema', 'mass'))
    """
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return (str(value).lower(),)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(dict.fromkeys(one for each in value for one in plain_value(each)))
    return (str(value),)


def interned(values: Sequence[Values]) -> list[Values]:
    """The same values; equal ones are one object, so that a column of 200,000 takes a pointer each."""
    known: dict[Values, Values] = {}
    return [known.setdefault(one, one) for one in values]
