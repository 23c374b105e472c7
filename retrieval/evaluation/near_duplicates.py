"""Which texts say almost the same: clusters by the Jaccard similarity of their word triples.

- *Similarity*: a text is the set of its runs of three words (`shingles`: case folded, punctuation dropped, "2.5" one
  word); two texts are as similar as the share of triples that they have in common. Single words would call all reports
  of a template alike whatever the template says of whom; triples see the order, so that "no lesion, oedema" and "no
  oedema, lesion" differ. Characters would let long words count more.
- *Threshold*: 0.8 by default. One word replaced changes three triples of a text of n words, so that the similarity is
  (n - 5) / (n + 1): a report of 29 words or more with one number or one side changed is a near-duplicate, one of 20
  words (0.71) is not; two words far apart may differ from 56 words on. So the "normal report" of a template, copied or
  with another number or side, is one report. A sentence of m words that is added leaves (n - 2) / (n - 2 + m): 14
  words more keep 60 words near. A long template with one short finding filled in is near its normal report: triples
  cannot tell what matters, and no threshold that lets a side differ can.
- *Linkage*: single. Every two texts at or above the threshold are in one cluster, whatever the order of the texts: no
  near-duplicate lies between two clusters, which is what a split or a relevance must not overlook. The price is chains:
  two texts of a cluster may be less alike than the threshold. A star (all like one centre) would depend on the order
  and would leave near-duplicates apart.
- *Exact*: no sampled signatures. Two texts this alike must share one of their rarest triples, so only such pairs are
  compared (prefix filter), and those that a cluster holds already are not compared again.

Source: Broder, "On the resemblance and containment of documents", 1997 (shingles and their Jaccard similarity); Lee et
al., "Deduplicating training data makes language models better", ACL 2022 (near-duplicates from 0.8); Bayardo, Ma and
Srikant, "Scaling up all pairs similarity search", WWW 2007 (prefix filter).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError

DEFAULT_THRESHOLD = 0.8
SHINGLE_WORDS = 3

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
_COMPARED = 4096  # texts that are compared with one at a time: what they join meanwhile is not compared again


def near_duplicate_clusters(texts: Sequence[str], threshold: float = DEFAULT_THRESHOLD) -> NDArray[np.int64]:
    """The cluster of each text, int64, shape (texts,), numbered from 0 by first appearance.

    Texts that are equal after whitespace and case are folded are always together; so are empty ones, which say nothing
    about each other: leave them out. Deterministic; how the texts are ordered decides the numbers and nothing else.

    Args:
        texts: any number; 20,000 reports of 140 words from eight templates take 19 s and 290 MiB (2 cores, 2026-11).
        threshold: the least Jaccard similarity of near-duplicates, above 0 and at most 1. At 1 texts with the same
            triples are together: equal up to punctuation and repetition.

    Raises:
        UsageError: a threshold outside (0, 1].

    >>> normal = "There is no acute infarct, no haemorrhage, no mass effect and no midline shift. The ventricles are "
    >>> normal += "of normal size. The orbits and the paranasal sinuses are clear. The left mastoid is clear."
    >>> other = "There is a 2.5 cm mass in the left frontal lobe."
    >>> near_duplicate_clusters([normal, other, normal.replace("left", "right"), other.upper()]).tolist()
    [0, 1, 0, 1]
    """
    if not 0 < threshold <= 1:
        raise UsageError(f"A similarity of {threshold} was asked for; expected above 0 and at most 1.")
    folded: dict[str, int] = {}
    distinct = np.array([folded.setdefault(" ".join(text.split()).casefold(), len(folded)) for text in texts], np.int64)
    joined = _join(_shingle_sets(list(folded)), threshold)[distinct]
    _, first, cluster = np.unique(joined, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[cluster].astype(np.int64)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of three words of a text; all its words as one where it has fewer.

    >>> sorted(shingles("No acute Infarct, 2.5 cm"))
    [('acute', 'infarct', '2.5'), ('infarct', '2.5', 'cm'), ('no', 'acute', 'infarct')]
    """
    words = _WORD.findall(text.casefold())
    return frozenset(
        tuple(words[place : place + SHINGLE_WORDS]) for place in range(max(1, len(words) - SHINGLE_WORDS + 1))
    )


def similarity(one: str, other: str) -> float:
    """The Jaccard similarity of the word triples of two texts, 0 to 1.

    >>> similarity("no acute infarct seen", "No acute infarct found")
    0.3333333333333333
    """
    left, right = shingles(one), shingles(other)
    return len(left & right) / len(left | right)


@dataclass(frozen=True, slots=True, eq=False)
class _Sets:
    """Sets of numbers, smallest set first; in each the rarest number first.

    Attributes:
        members: int64, all sets behind one another; a lower number is in fewer sets.
        offsets: int64, shape (sets + 1,): where each begins.
        texts: int64, shape (sets,): the text that each was made from.
        kinds: how many numbers there are.
    """

    members: NDArray[np.int64]
    offsets: NDArray[np.int64]
    texts: NDArray[np.int64]
    kinds: int


def _shingle_sets(texts: Sequence[str]) -> _Sets:
    owners, triples = _numbered_triples(texts)
    pairs = np.unique(np.stack([owners, triples]), axis=1) if len(owners) else np.empty((2, 0), np.int64)
    owners, triples = pairs[0], pairs[1]
    frequency = np.bincount(triples)
    rarity = np.empty(len(frequency), np.int64)
    rarity[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
    sizes = np.bincount(owners, minlength=len(texts))
    by_size = np.argsort(sizes, kind="stable")
    place = np.empty(len(texts), np.int64)
    place[by_size] = np.arange(len(texts))
    order = np.lexsort((rarity[triples], place[owners]))
    offsets = np.concatenate(([0], np.cumsum(sizes[by_size])))
    return _Sets(rarity[triples][order], offsets, by_size, len(frequency))


def _numbered_triples(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The text and the number of every triple, with repeats: equal numbers are equal triples, whatever the text."""
    vocabulary: dict[str, int] = {}
    words: list[int] = []
    counts = []
    for text in texts:
        found = [vocabulary.setdefault(word, len(vocabulary) + 1) for word in _WORD.findall(text)]
        found += [0] * (SHINGLE_WORDS - len(found))  # 0 is no word: a short text is one triple that nothing longer has
        words += found
        counts.append(len(found) - SHINGLE_WORDS + 1)
    lengths = np.array(counts, np.int64)
    owners = np.repeat(np.arange(len(texts)), lengths)
    starts = np.arange(len(owners)) + (SHINGLE_WORDS - 1) * owners
    stream = np.array(words, np.int64)
    numbers = np.zeros(len(owners), np.int64)
    for step in range(SHINGLE_WORDS):  # dense after each word, so that no product leaves 63 bits
        numbers = np.unique(numbers * (len(vocabulary) + 1) + stream[starts + step], return_inverse=True)[1]
    return owners, numbers.reshape(-1)


def _join(sets: _Sets, threshold: float) -> NDArray[np.int64]:
    """A number for each text, equal for the texts of a cluster."""
    sizes = np.diff(sets.offsets)
    clusters = _Clusters(len(sizes))
    inside = np.zeros(sets.kinds, np.bool_)
    for one, candidates in _candidates(sets, threshold):
        members = sets.members[sets.offsets[one] : sets.offsets[one + 1]]
        inside[members] = True
        for start in range(0, len(candidates), _COMPARED):
            others = candidates[start : start + _COMPARED]
            others = others[clusters.of[others] != clusters.of[one]]
            shared = _shared(sets, others, inside)
            for other in others[shared / (sizes[one] + sizes[others] - shared) >= threshold].tolist():
                clusters.join(one, other)
        inside[members] = False
    found = np.empty(len(sizes), np.int64)
    found[sets.texts] = clusters.of
    return found


def _candidates(sets: _Sets, threshold: float) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each set with the earlier ones, so no larger ones, that may be this similar: they share a number of the prefix.

    Sets x and y with |x & y| >= t |x | y| share t |x| numbers or more, so each has one of them among its rarest
    |x| - ceil(t |x|) + 1; and y is no smaller than t |x|.
    """
    sizes = np.diff(sets.offsets)
    least = np.ceil(threshold * sizes - 1e-9).astype(np.int64)
    prefix = sizes - least + 1
    owners = np.repeat(np.arange(len(sizes)), prefix)
    entries = _ranges(sets.offsets[:-1], prefix)
    order = np.lexsort((owners, sets.members[entries]))
    holders = owners[order]  # by number, then by set
    before = np.empty(len(order), np.int64)
    before[order] = np.arange(len(order))
    firsts = np.concatenate(([0], np.cumsum(np.bincount(sets.members[entries], minlength=sets.kinds))))
    heads, smallest = np.concatenate(([0], np.cumsum(prefix))), np.searchsorted(sizes, least)
    for one in range(len(sizes)):
        own = slice(heads[one], heads[one + 1])
        starts = firsts[sets.members[entries[own]]]
        found = holders[_ranges(starts, before[own] - starts)]
        yield one, np.unique(found[found >= smallest[one]])


def _shared(sets: _Sets, others: NDArray[np.int64], inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many numbers each of the others, none of which is empty, has inside."""
    if not len(others):
        return np.empty(0, np.int64)
    lengths = sets.offsets[others + 1] - sets.offsets[others]
    hits = inside[sets.members[_ranges(sets.offsets[others], lengths)]]
    return np.add.reduceat(hits, np.cumsum(lengths) - lengths, dtype=np.int64)


def _ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """starts[0], starts[0] + 1, ... for each start, as many as its length, behind one another."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)


class _Clusters:
    """Sets of numbers that grow together: joining renames the smaller one."""

    def __init__(self, count: int) -> None:
        self.of = np.arange(count)
        self._members = [[number] for number in range(count)]

    def join(self, one: int, other: int) -> None:
        """Makes the clusters of two numbers one."""
        kept, gone = int(self.of[one]), int(self.of[other])
        if kept == gone:
            return
        if len(self._members[kept]) < len(self._members[gone]):
            kept, gone = gone, kept
        self.of[self._members[gone]] = kept
        self._members[kept] += self._members[gone]
        self._members[gone] = []
