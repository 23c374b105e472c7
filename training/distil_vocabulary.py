"""A smaller vocabulary for a WordPiece tokenizer: fewer rows in the table that is a third of a small BERT's weights.

Texts that use kept pieces alone are cut into the same pieces as before, so a student that is cut from a teacher begins
with the teacher's own vectors of them. A word whose piece is gone is spelled in smaller pieces, letters at the worst.

Source: the greedy longest match of Wu et al. 2016, "Google's Neural Machine Translation System", section 4.1, as BERT
uses it; numbers of BERT's vocabulary follow frequency.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError

_CONTINUED = "##"
_UNUSED = "[unused"


@dataclass(frozen=True, slots=True, eq=False)
class CutVocabulary:
    """A tokenizer with fewer pieces.

    Attributes:
        tokenizer: the bytes of its tokenizer.json.
        kept: int64 (pieces,): the old number of each new one; ascending.
        used: how many of them the texts needed.
    """

    tokenizer: bytes
    kept: NDArray[np.int64]
    used: int


def cut_vocabulary(tokenizer: bytes, texts: Iterable[str], pieces: int) -> CutVocabulary:
    """A tokenizer with `pieces` pieces.

    Kept are special tokens, what any Latin or Greek word can be spelled with (single characters within a word and at
    its start), all that `texts` use, and then the most frequent ones. Letters of other scripts, 1,700 pieces of
    MiniLM's, are kept only where `texts` use them: English sentence encoders know little of what they spell.

    Args:
        tokenizer: the bytes of a tokenizer.json with a WordPiece model.
        texts: that are to be cut into the same pieces as before.
        pieces: how many are kept.

    Raises:
        UsageError: the model is another one, or `pieces` are too few for what must be kept.
    """
    described = json.loads(tokenizer)
    if described["model"].get("type") != "WordPiece":
        raise UsageError(f"A tokenizer of type {described['model'].get('type')} came; expected WordPiece.")
    vocabulary: dict[str, int] = described["model"]["vocab"]
    used = _used(tokenizer, texts)
    special = {token["id"] for token in described["added_tokens"]}
    single = {number for piece, number in vocabulary.items() if _spells(piece.removeprefix(_CONTINUED))}
    needed = special | single | used
    if len(needed) > min(pieces, len(vocabulary)):
        raise UsageError(
            f"student.pieces = {pieces} came; {len(needed)} are needed.",
            remedy=f"Set student.pieces to {len(needed)} to {len(vocabulary)}.",
        )
    others = sorted(
        n
        for piece, n in vocabulary.items()
        if n not in needed and len(piece.removeprefix(_CONTINUED)) > 1 and not piece.startswith(_UNUSED)
    )
    kept = sorted(needed | set(others[: pieces - len(needed)]))
    return CutVocabulary(_renumbered(described, kept), np.array(kept, np.int64), len(used))


def frequent_words(tokenizer: bytes) -> list[str]:
    """Whole words of plain letters, two at least, in the order of the vocabulary."""
    vocabulary: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
    return [w for w in sorted(vocabulary, key=lambda w: vocabulary[w]) if w.isascii() and w.isalpha() and len(w) > 1]


def _spells(piece: str) -> bool:
    """Whether it is a single character, and no letter of a script other than Latin or Greek."""
    return len(piece) == 1 and (not piece.isalpha() or unicodedata.name(piece, "").startswith(("LATIN", "GREEK")))


def _used(tokenizer: bytes, texts: Iterable[str]) -> set[int]:
    from tokenizers import Tokenizer

    opened = Tokenizer.from_str(tokenizer.decode())
    opened.no_padding()
    opened.no_truncation()
    return {number for text in dict.fromkeys(texts) for number in opened.encode(text).ids}


def _renumbered(described: dict[str, object], kept: list[int]) -> bytes:
    """tokenizer.json with the kept pieces alone, numbered from 0 in their old order."""
    new = {old: number for number, old in enumerate(kept)}
    model = dict(described["model"])  # type: ignore[call-overload]  # a table of tokenizer.json
    model["vocab"] = {p: new[n] for p, n in sorted(model["vocab"].items(), key=lambda pair: pair[1]) if n in new}
    added = [{**token, "id": new[token["id"]]} for token in described["added_tokens"]]  # type: ignore[attr-defined]
    changed = {**described, "model": model, "added_tokens": added, "truncation": None, "padding": None}
    processor = described.get("post_processor") or {}
    if tokens := processor.get("special_tokens"):  # type: ignore[attr-defined]
        marks = {name: {**one, "ids": [new[n] for n in one["ids"]]} for name, one in tokens.items()}
        changed["post_processor"] = {**processor, "special_tokens": marks}  # type: ignore[dict-item]
    return json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode()
