"""Finds what lies at a place of an archive: a file, a folder, or a path from another mount that ends alike."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Generic, TypeVar

T = TypeVar("T")


class PlaceIndex(Generic[T]):
    """Paths of an archive with something at each.

    >>> index = PlaceIndex([("a/x.nii.gz", 1), ("a/y.nii.gz", 2), ("b/z", 3)])
    >>> index.find("a/x"), index.find("a"), index.find("/mnt/b/z"), index.find("c")
    ([1], [1, 2], [3], [])
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._entries = sorted(((_bare(path), value) for path, value in entries), key=lambda entry: entry[0])
        self._paths = [path for path, _ in self._entries]
        self._by_name: dict[str, list[int]] = {}
        for place, path in enumerate(self._paths):
            self._by_name.setdefault(PurePosixPath(path).name, []).append(place)

    def find(self, path: str) -> list[T]:
        """What lies at a path or below it; else in the folder of a file; else at the one path that ends like it."""
        wanted = _bare(path)
        if wanted in ("", "."):
            return []
        folder = wanted.rpartition("/")[0]
        return self._at(wanted) or self._below(wanted) or self._at(folder) or self._alike(wanted)

    def _at(self, wanted: str) -> list[T]:
        start = bisect_left(self._paths, wanted)
        return [value for _, value in takewhile(lambda entry: entry[0] == wanted, self._from(start))]

    def _below(self, wanted: str) -> list[T]:
        folder = wanted + "/"
        start = bisect_left(self._paths, folder)
        return [value for _, value in takewhile(lambda entry: entry[0].startswith(folder), self._from(start))]

    def _from(self, start: int) -> Iterator[tuple[str, T]]:
        return (self._entries[place] for place in range(start, len(self._entries)))

    def _alike(self, wanted: str) -> list[T]:
        places = [
            place
            for place in self._by_name.get(PurePosixPath(wanted).name, ())
            if f"/{wanted}".endswith(f"/{self._paths[place]}") or f"/{self._paths[place]}".endswith(f"/{wanted}")
        ]
        found = {self._paths[place] for place in places}
        return [self._entries[place][1] for place in places] if len(found) == 1 else []


def _bare(path: str) -> str:
    """A path without the endings of NIfTI and DICOM files, "./" before and "/" behind it."""
    plain = path.replace("\\", "/").removeprefix("./").rstrip("/")
    return re.sub(r"\.(nii(\.gz)?|dcm)$", "", plain, flags=re.IGNORECASE)
