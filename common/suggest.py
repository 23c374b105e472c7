"""The nearest valid names for an unknown one, for error messages."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, valid: Iterable[str], *, most: int = 3) -> str:
    """'did you mean "a" or "b"?', or the whole list where nothing is near.

    >>> nearest("sequnce", ["sequence", "plane"])
    'Did you mean "sequence"?'
    >>> nearest("zzz", ["sequence", "plane"])
    'Valid names: plane, sequence.'
    """
    names = sorted(set(valid))
    close = get_close_matches(name.casefold(), names, n=most, cutoff=0.6)
    if close:
        return "Did you mean " + " or ".join(f'"{match}"' for match in close) + "?"
    return "Valid names: " + ", ".join(names) + "."
