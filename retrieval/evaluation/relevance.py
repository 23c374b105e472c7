"""Who is relevant to whom, and who may not stand in the ranking: sets, never a diagonal.

Both are said in the same way. Queries and gallery items carry keys ("study:...", "label:..."); a query and an item
belong together where they share at least one key. Several series of a study, a report copied to another study, all
series of a region: all of them are sets of any size, and none of them depends on the order of a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = frozenset[str]

_NOBODY = np.empty(0, np.int64)


def key(kind: str, *values: str) -> Keys:
    """One key, or none where a value is missing: what is unknown is shared with nobody.

    >>> sorted(key("study", "stu-1")), sorted(key("label", "brain", ""))
    (['study:stu-1'], [])
    """
    return frozenset([f"{kind}:" + "\x1f".join(values)]) if all(values) else frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class SharedKeys:
    """The gallery items that share a key with each query.

    Attributes:
        queries: the keys of each query.
        postings: by key, the gallery positions that carry it, int64, ascending.
    """

    queries: Sequence[Keys]
    postings: Mapping[str, NDArray[np.int64]]

    def of(self, query: int) -> NDArray[np.int64]:
        """The gallery positions that belong to a query, ascending, without repeats, int64."""
        lists = [self.postings[one] for one in sorted(self.queries[query]) if one in self.postings]
        if len(lists) < 2:
            return lists[0] if lists else _NOBODY
        return np.unique(np.concatenate(lists))


def shared_keys(queries: Sequence[Keys], gallery: Iterable[Keys]) -> SharedKeys:
    """Which gallery items share a key with which query."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for position, keys in enumerate(gallery):
        for one in keys:
            positions[one].append(position)
    return SharedKeys(queries, {one: np.array(places, np.int64) for one, places in positions.items()})
