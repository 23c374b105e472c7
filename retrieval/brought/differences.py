"""Two reports number by number, bit for bit: what differs, by its path in the document."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LEFT_OUT = {"environment"}
_NAMES = {("subject", "name"), ("asked", "name")}
"""What a folder or file is called is nobody's evidence: its content is."""

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two reports are not equal.

    Attributes:
        path: such as "tasks[0].metrics.hit@1".
        before: what the first says there, as JSON; "nothing" where it has no such place.
        after: what the second says.
    """

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}: was {self.before}, is {self.after}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found.

    Attributes:
        numbers: how many numbers were compared: those that both have.
        differences: where they are not equal, in the order of the documents.
    """

    numbers: int
    differences: tuple[Difference, ...]


def compare_documents(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Every place of two documents but `environment` and the names of folders and files.

    >>> compare_documents({"tasks": [{"hit@1": 0.5}]}, {"tasks": [{"hit@1": 0.25}]}).differences[0].path
    'tasks[0].hit@1'
    """
    first, second = (_flat(json.loads(json.dumps(one, allow_nan=False))) for one in (before, after))
    places = dict.fromkeys((*first, *second))
    numbers = sum(_is_number(first.get(place)) and _is_number(second.get(place)) for place in places)
    differing = [place for place in places if not _equal(first.get(place, _NOTHING), second.get(place, _NOTHING))]
    return Comparison(
        numbers=numbers,
        differences=tuple(
            Difference(place, _shown(first.get(place, _NOTHING)), _shown(second.get(place, _NOTHING)))
            for place in differing
        ),
    )


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        path: value
        for name, part in document.items()
        if name not in _LEFT_OUT
        for path, value in _leaves(part, name)
        if tuple(path.split(".")) not in _NAMES
    }


def _leaves(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value with its path; an empty list or object is a value too."""
    if isinstance(part, dict) and part:
        for name, one in part.items():
            yield from _leaves(one, f"{path}.{name}")
    elif isinstance(part, list) and part:
        for place, one in enumerate(part):
            yield from _leaves(one, f"{path}[{place}]")
    else:
        yield path, part


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(one: object, other: object) -> bool:
    """Bit for bit: Python writes and reads the shortest digits that give back the same float64."""
    return type(one) is type(other) and one == other


def _shown(value: object) -> str:
    return "nothing" if value is _NOTHING else json.dumps(value)


def lines_of(comparison: Comparison, *, most: int = 20) -> Sequence[str]:
    """What a reader is told: that all is identical, or the first differences and how many there are."""
    if not comparison.differences:
        return [f"identical: {comparison.numbers} numbers"]
    shown = [str(one) for one in comparison.differences[:most]]
    return [*shown, f"different: {len(comparison.differences)} places, of {comparison.numbers} numbers compared"]
