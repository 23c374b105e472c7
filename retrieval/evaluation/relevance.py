"""Who is relevant to whom, how much, and who may not stand in the ranking: sets, never a diagonal.

Queries and gallery items carry keys ("study:...", "label:..."). `SharedKeys`: a query and an item belong together where
they share at least one. `SharedLabels`: the more they share, the more the item is worth. `Matching`: the item has all
that the query names. `Judgments`: somebody said so.

Several series of a study, a report copied to another study, all series of a region: all of them are sets of any size,
and none of them depends on the order of a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Keys = frozenset[str]

_NOBODY = np.empty(0, np.int64)
_NOTHING = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Relevant:
    """The relevant items of one query.

    Attributes:
        positions: in the gallery, int64, ascending, without repeats.
        gains: how relevant each is, float64, in (0, 1] for labels, above 0 for judgments.
    """

    positions: NDArray[np.int64]
    gains: NDArray[np.float64]


class Relevance(Protocol):
    """Decides what is relevant, one query at a time."""

    def judged(self, query: int) -> Relevant:
        """What is relevant to a query."""
        ...

    def only(self, asking: NDArray[np.int64]) -> "Relevance":
        """The same for some queries, in that order."""
        ...


def key(kind: str, *values: str) -> Keys:
    """One key, or none where a value is missing: what is unknown is shared with nobody.

    >>> sorted(key("study", "stu-1")), sorted(key("label", "brain", ""))
    (['study:stu-1'], [])
    """
    return frozenset([f"{kind}:" + "\x1f".join(values)]) if all(values) else frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class SharedKeys:
    """The gallery items that share a key with each query, all of them worth 1.

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

    def shared_by(self, query: int, gallery: int) -> NDArray[np.bool_]:
        """Who belongs to a query, shape (gallery,): as `of`, without sorting what may be half of the gallery."""
        belongs = np.zeros(gallery, bool)
        for one in self.queries[query]:
            if one in self.postings:
                belongs[self.postings[one]] = True
        return belongs

    def judged(self, query: int) -> Relevant:
        """Yes or no: every gain is 1."""
        positions = self.of(query)
        return Relevant(positions, np.ones(len(positions)))

    def only(self, asking: NDArray[np.int64]) -> "SharedKeys":
        """The keys of some queries."""
        return SharedKeys([self.queries[query] for query in asking.tolist()], self.postings)


@dataclass(frozen=True, slots=True, eq=False)
class SharedLabels:
    """Graded: an item is worth the share of the labels that the two have in common, |both| / |either| (Jaccard).

    Attributes:
        shared: who has any label in common.
        labels: int64, shape (gallery,): how many labels each item has.
    """

    shared: SharedKeys
    labels: NDArray[np.int64]

    def judged(self, query: int) -> Relevant:
        """Whoever shares a label, and how many of all."""
        asked = self.shared.queries[query]
        lists = [self.shared.postings[one] for one in sorted(asked) if one in self.shared.postings]
        if not lists:
            return Relevant(_NOBODY, _NOTHING)
        positions, both = np.unique(np.concatenate(lists), return_counts=True)
        return Relevant(positions, both / (len(asked) + self.labels[positions] - both))

    def only(self, asking: NDArray[np.int64]) -> "SharedLabels":
        """The labels of some queries."""
        return SharedLabels(self.shared.only(asking), self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Whoever has all that a query names: one asked for as "FLAIR brain" must be both, and may be of any plane.

    Attributes:
        columns: for each column, who shares a value there.
    """

    columns: Sequence[SharedKeys]

    def judged(self, query: int) -> Relevant:
        """Those that share a value in every column that the query has one in; nobody where it has none."""
        named = [column.of(query) for column in self.columns if column.queries[query]]
        positions = reduce(np.intersect1d, named) if named else _NOBODY
        return Relevant(positions, np.ones(len(positions)))

    def only(self, asking: NDArray[np.int64]) -> "Matching":
        """The same for some queries."""
        return Matching([column.only(asking) for column in self.columns])


@dataclass(frozen=True, slots=True, eq=False)
class Judgments:
    """What the user judged (qrels).

    Attributes:
        judgments: by query, what was judged relevant.
    """

    judgments: Sequence[Relevant]

    def judged(self, query: int) -> Relevant:
        """As it was said."""
        return self.judgments[query]

    def only(self, asking: NDArray[np.int64]) -> "Judgments":
        """The judgments of some queries."""
        return Judgments([self.judgments[query] for query in asking.tolist()])


@dataclass(frozen=True, slots=True, eq=False)
class AnyOf:
    """Relevant by any of several rules; worth what the most generous of them says."""

    rules: Sequence[Relevance]

    def judged(self, query: int) -> Relevant:
        """The union."""
        found = [rule.judged(query) for rule in self.rules]
        every = np.concatenate([one.positions for one in found])
        positions, places = np.unique(every, return_inverse=True)
        gains = np.zeros(len(positions))
        np.maximum.at(gains, places, np.concatenate([one.gains for one in found]))
        return Relevant(positions, gains)

    def only(self, asking: NDArray[np.int64]) -> "AnyOf":
        """The same rules for some queries."""
        return AnyOf([rule.only(asking) for rule in self.rules])


def shared_keys(queries: Sequence[Keys], gallery: Iterable[Keys]) -> SharedKeys:
    """Which gallery items share a key with which query."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for position, keys in enumerate(gallery):
        for one in keys:
            positions[one].append(position)
    return SharedKeys(queries, {one: np.array(places, np.int64) for one, places in positions.items()})


def shared_labels(queries: Sequence[Keys], gallery: Sequence[Keys]) -> SharedLabels:
    """How many of their labels gallery items share with each query."""
    return SharedLabels(shared_keys(queries, gallery), np.array([len(keys) for keys in gallery], np.int64))
