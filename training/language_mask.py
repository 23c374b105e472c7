"""Masking whole words of a text, as BERT's makers came to do it.

Words are drawn until their tokens are the wanted share of the text; a word that would be too much is passed over. Each
token of a drawn word is to be guessed; most become [MASK], some another token, some stay as they are.

Source: Devlin et al. 2019, "BERT", section 3.1 and appendix A.1 (15 %, of these 80/10/10); whole words as in
google-research/bert, create_pretraining_data.py, `do_whole_word_mask` (release of 31 May 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.language_config import MaskSettings

NOT_ASKED = -100  # what torch's cross-entropy leaves out


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """A text with some of its words hidden.

    Attributes:
        tokens: int64 (t,): what is seen.
        asked: int64 (t,): the true token where one is to be guessed, -100 elsewhere.
    """

    tokens: NDArray[np.int64]
    asked: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What masking needs to know of a tokenizer.

    Attributes:
        mask: the token [MASK].
        ordinary: tokens that may stand in for another: all but the special ones.
    """

    mask: int
    ordinary: NDArray[np.int64]


def mask_words(
    random: np.random.Generator,
    tokens: Sequence[int],
    words: Sequence[int | None],
    vocabulary: Vocabulary,
    settings: MaskSettings,
) -> Masked:
    """A text with whole words masked.

    Args:
        random: what is drawn from.
        tokens: of the text, special tokens included.
        words: the number of the word of each token, None for special tokens.
        vocabulary: of the tokenizer.
        settings: how much, and what becomes of it.
    """
    seen = np.array(tokens, np.int64)
    asked = np.full(len(seen), NOT_ASKED, np.int64)
    for place in sorted(_drawn(random, words, settings.share)):
        asked[place] = seen[place]
        fate = random.random()
        if fate < settings.hidden:
            seen[place] = vocabulary.mask
        elif fate < settings.hidden + settings.swapped:
            seen[place] = vocabulary.ordinary[random.integers(len(vocabulary.ordinary))]
    return Masked(seen, asked)


def _drawn(random: np.random.Generator, words: Sequence[int | None], share: float) -> list[int]:
    """Places of the tokens of some whole words; at least one word, if there is any."""
    places: dict[int, list[int]] = {}
    for place, word in enumerate(words):
        if word is not None:
            places.setdefault(word, []).append(place)
    wanted = max(1, round(share * sum(map(len, places.values()))))
    groups = list(places.values())
    drawn: list[int] = []
    for number in random.permutation(len(groups)):
        group = groups[int(number)]
        if not drawn or len(drawn) + len(group) <= wanted:
            drawn += group
        if len(drawn) >= wanted:
            break
    return drawn
