"""The ways in which archives and tables write one patient's key: "ds1/sub-01", "sub-01", "01"."""

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


def spellings(key: str) -> tuple[str, ...]:
    """The key as it stands, then looser: without the folder of a nested data set, then without "sub-" and "ses-".

    >>> spellings("ds1/sub-01"), spellings("sub-01/ses-2")
    (('ds1/sub-01', 'sub-01', '01'), ('sub-01/ses-2', '01/2'))
    """
    parts = key.strip().split("/")
    subject = next((place for place, part in enumerate(parts) if part.startswith("sub-")), 0)
    local = "/".join(parts[subject:])
    bare = "/".join(part.removeprefix("sub-").removeprefix("ses-") for part in parts[subject:])
    return tuple(dict.fromkeys(spelling for spelling in (key.strip(), local, bare) if spelling))


class KeyIndex(Generic[T]):
    """Finds what belongs to a key however it is spelled; a loose spelling counts only where it means one key."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._values: dict[str, list[T]] = {}
        self._keys: dict[str, set[str]] = {}
        for key, value in entries:
            self._values.setdefault(key, []).append(value)
            for spelling in spellings(key):
                self._keys.setdefault(spelling, set()).add(key)

    def find(self, key: str) -> list[T]:
        """The values of the one key that `key` means; empty where it means none, or several."""
        if key in self._values:
            return self._values[key]
        for spelling in spellings(key):
            keys = self._keys.get(spelling, set())
            if len(keys) == 1:
                return self._values[next(iter(keys))]
            if keys:
                return []
        return []
