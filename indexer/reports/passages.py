"""What report vectors stand for: sections cut into passages of whole sentences that fit a text encoder."""

from collections.abc import Iterator, Sequence

from common.errors import UsageError
from indexer.records import Passage
from indexer.reports.headers import HEADERS
from indexer.reports.sections import Headers, split_sections


def passages_of(text: str, *, max_words: int = 150, headers: Headers = HEADERS) -> tuple[Passage, ...]:
    """The passages of a report in order. No passage crosses a section.

    A section is one passage where it fits; else as many whole sentences as fit make one. Only a sentence that alone is
    too long is cut between words. 150 words are about 200 to 230 tokens of a BERT vocabulary, below its 256.

    Args:
        text: the report.
        max_words: most words in a passage.
        headers: canonical section name -> words.
    """
    if max_words < 1:
        raise UsageError(f"max_words = {max_words} came; a passage has at least one word.")
    pieces = (
        (section.name, piece)
        for section in split_sections(text, headers)
        for piece in _packed(section.sentences, max_words)
    )
    return tuple(Passage(name, ordinal, piece) for ordinal, (name, piece) in enumerate(pieces))


def _packed(sentences: Sequence[str], max_words: int) -> Iterator[str]:
    """Sentences put together while they fit."""
    packed: list[str] = []
    for sentence in sentences:
        words = sentence.split()
        if packed and len(packed) + len(words) > max_words:
            yield " ".join(packed)
            packed = []
        while len(words) > max_words:
            yield " ".join(words[:max_words])
            words = words[max_words:]
        packed += words
    if packed:
        yield " ".join(packed)
