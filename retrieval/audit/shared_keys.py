"""What is on several sides at once: a patient, a study, a content, by equal keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Member:
    """One item, by its pseudonym, and the side that it is on."""

    side: str
    item: str


@dataclass(frozen=True, slots=True)
class Example:
    """Two items of two sides that belong together; `score` is their similarity where one was measured."""

    one: Member
    other: Member
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """What several sides share.

    Attributes:
        keys: number of distinct keys on two sides or more; of pairs, where pairs were compared.
        affected: for each side, the number of its items that share anything with another side.
        examples: the first few, one a key.
    """

    keys: int
    affected: tuple[int, ...]
    examples: tuple[Example, ...]


def shared_keys(
    names: Sequence[str], keys: Sequence[NDArray[Any]], ids: Sequence[NDArray[np.str_]], examples: int
) -> Shared:
    """Which keys two sides or more have in common; an empty key ("") is shared with nobody.

    Args:
        names: of the sides.
        keys: for each side, the key of each item.
        ids: for each side, the pseudonym of each item.
        examples: how many to keep, in the order of keys.

    >>> import numpy as np
    >>> sides = [np.array(["p1", "p2", ""]), np.array(["p2", "p2", ""])]
    >>> found = shared_keys(["test", "train"], sides, [np.array(["a", "b", "c"]), np.array(["d", "e", "f"])], 5)
    >>> found.keys, found.affected, found.examples[0].other.item
    (1, (1, 2), 'd')
    """
    first: dict[object, list[tuple[int, str]]] = {}
    for side, (side_keys, side_ids) in enumerate(zip(keys, ids, strict=True)):
        for key, item in zip(side_keys.tolist(), side_ids.tolist(), strict=True):
            members = first.setdefault(key, [])
            if key != "" and (not members or members[-1][0] != side):
                members.append((side, item))
    shared = {key: members for key, members in first.items() if len(members) > 1}
    affected = tuple(sum(key in shared for key in side_keys.tolist()) for side_keys in keys)
    shown = []
    for key in sorted(shared, key=str)[:examples]:
        one, other = (Member(names[side], item) for side, item in shared[key][:2])
        shown.append(Example(one, other))
    return Shared(len(shared), affected, tuple(shown))
