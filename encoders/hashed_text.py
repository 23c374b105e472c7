"""The lexical text tower: words and word pairs, hashed into a vector. What a sentence encoder has to beat."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from encoders.contract import TowerSpec, Vectors
from encoders.fingerprint import fingerprint_of
from encoders.unit import unit_rows

_WORD = re.compile(r"[a-z0-9]+(?:[.*+][a-z0-9]*)*")  # "t2*", "1.5" and "b1000" stay whole
_PAIR_WEIGHT = 0.5  # a pair says more about order than about content: half a word's weight keeps single words in charge


class HashedTextTower:
    """Text to the signed, hashed counts of its words and neighbouring word pairs, in a space of its own.

    Each term t that occurs n times adds s(t) w (1 + ln n) at place h(t), where h and s (a sign) come from BLAKE2b,
    and w is 1 for a word and 0.5 for a pair. Signs make collisions cancel on average.

    Source: Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning", section 2; the sublinear
        count is Manning et al. 2008, "Introduction to Information Retrieval", section 6.4.1.
    """

    kind = "hashed"

    def __init__(self, dimension: int = 1024) -> None:
        self._dimension = dimension

    @property
    def identity(self) -> Mapping[str, object]:
        """All that decides the output."""
        return {"kind": self.kind, "recipe": "words-and-pairs-1", "dimension": self._dimension}

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        name = "hashed-1"
        return TowerSpec(name, fingerprint_of(self.identity), self._dimension, f"{name}-{self._dimension}")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (texts, dimension); a text without words is the first axis."""
        rows = np.zeros((len(texts), self._dimension), dtype=np.float64)
        for row, text in zip(rows, texts, strict=True):
            self._add(row, text)
        return unit_rows(rows)

    def _add(self, row: NDArray[np.float64], text: str) -> None:
        """Adds the weights of the terms of `text` to `row` (dimension,)."""
        for term, count in sorted(
            Counter(terms_of(text)).items()
        ):  # sorted: the order of float additions is part of the bits
            place, sign = _place_of(term, self._dimension)
            weight = _PAIR_WEIGHT if " " in term else 1.0
            row[place] += sign * weight * (1.0 + np.log(count))


def terms_of(text: str) -> Iterator[str]:
    """The words of a text in lower case, then its pairs of neighbouring words.

    >>> list(terms_of("Axial T2* FLAIR"))
    ['axial', 't2*', 'flair', 'axial t2*', 't2* flair']
    """
    words = _WORD.findall(text.casefold())
    yield from words
    for left, right in pairwise(words):
        yield f"{left} {right}"


def _place_of(term: str, dimension: int) -> tuple[int, float]:
    """The place and the sign of a term."""
    number = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")
    return (number >> 1) % dimension, 1.0 if number & 1 else -1.0
