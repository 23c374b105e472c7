"""Sentences from patterns: `[this|that]` is one of several, `[this|]` may be left out, `{name}` is a word to fill in.

Patterns nest: "[There is|Note is made of] a {size} [mass[ lesion|]|lesion]". A pattern of a line stands for hundreds of
sentences, and reads like one of them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

_T = TypeVar("_T")
_Node = str | tuple["_Sequence", ...]  # literal text, or a choice of sequences
_Sequence = tuple[_Node, ...]

_VOWEL_SOUND = re.compile(r"\b([Aa]) (?=[aeioAEIO](?!ne\b)|8|11\b|18\b|u[nl](?!i))")
_COMMAS = re.compile(r",(\s*,)+")
_SPACES = re.compile(r"\s+([,.;:)])|(\s)\s+")


def expand(random: np.random.Generator, pattern: str, words: Mapping[str, str] | None = None) -> str:
    """One of the texts that a pattern stands for, as it stands there: no capital, no full stop is added.

    >>> expand(np.random.default_rng(1), "no [mass|lesion] in the {place}", {"place": "liver"})
    'no mass in the liver'
    """
    return _written(random, _parsed(pattern)).format_map(words or {})


def sentence(text: str) -> str:
    """A text with a capital, a full stop, single spaces and "an" where it is spoken so.

    >>> sentence("there is a 8 mm  lesion , with a enhancing rim")
    'There is an 8 mm lesion, with an enhancing rim.'
    """
    text = _COMMAS.sub(",", _SPACES.sub(r"\1\2", text.strip())).rstrip(",")
    text = _VOWEL_SOUND.sub(r"\1n ", text)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def pick(random: np.random.Generator, choices: Sequence[_T]) -> _T:
    """One of several, each as likely as the next."""
    return choices[int(random.integers(len(choices)))]


def count_texts(pattern: str) -> int:
    """How many texts a pattern stands for, before its words are filled in.

    >>> count_texts("[a|b[c|]] d [e|]")
    6
    """
    return _count(_parsed(pattern))


def _count(parts: _Sequence) -> int:
    total = 1
    for part in parts:
        if not isinstance(part, str):
            total *= sum(_count(option) for option in part)
    return total


def _written(random: np.random.Generator, parts: _Sequence) -> str:
    return "".join(part if isinstance(part, str) else _written(random, pick(random, part)) for part in parts)


@lru_cache(maxsize=4096)
def _parsed(pattern: str) -> _Sequence:
    tokens = re.split(r"([\[\]|])", pattern)
    parts, rest = _sequence(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f'Pattern "{pattern}" closes a bracket that it did not open.')
    return parts


def _sequence(tokens: list[str], at: int) -> tuple[_Sequence, int]:
    """The parts from token `at` up to the bracket or bar that ends them, and where that stands."""
    parts: list[_Node] = []
    while at < len(tokens) and tokens[at] not in ("|", "]"):
        if tokens[at] == "[":
            options, at = _options(tokens, at + 1)
            parts.append(options)
        elif tokens[at]:
            parts.append(tokens[at])
        at += 1
    return tuple(parts), at


def _options(tokens: list[str], at: int) -> tuple[tuple[_Sequence, ...], int]:
    """What stands between brackets, from the token after the opening one, and where the closing one stands."""
    options: list[_Sequence] = []
    while True:
        option, at = _sequence(tokens, at)
        options.append(option)
        if at == len(tokens):
            raise ValueError(f'Pattern "{"".join(tokens)}" does not close a bracket.')
        if tokens[at] == "]":
            return tuple(options), at
        at += 1
