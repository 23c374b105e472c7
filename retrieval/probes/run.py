"""All probes of a collection: does its text tower, and does its search, tell a finding from its denial and left from
right?
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from encoders.contract import TextTower, Vectors
from indexer.records import Channel
from retrieval.channels import spaces_of
from retrieval.probes.choices import Choice, choices_of, sample
from retrieval.probes.forced_choice import open_gallery, score_choices
from retrieval.probes.results import ProbeForm, ProbeKind, ProbeResult
from retrieval.probes.triples import read_triples, score_triples

if TYPE_CHECKING:
    from retrieval.collection import Collection

_BATCH = 64
_CHANNELS = (Channel.IMAGE, Channel.CARD)
_MOST_REPORTS = 5000
# A half-width of 0.04 at one half, were all from different patients; 4 kinds are at most 4,800 sentences to encode.
MOST_CHOICES = 600

Progress = Callable[[int, int], None]


def run_probes(
    collection: "Collection",
    seed: int = 0,
    draws: int = 1000,
    *,
    most_choices: int = MOST_CHOICES,
    progress: Progress | None = None,
) -> tuple[ProbeResult, ...]:
    """The triples of negation and side by the text tower alone, then each kind of forced choice by image and by card.

    Args:
        collection: an open collection.
        seed: draws the sample of reports and sentences, other patients, and the resamples.
        draws: resamples of patients behind each interval; 0 for none.
        most_choices: how many choices of a kind are asked at most.
        progress: called with (sentences encoded, sentences in all).

    Raises:
        EncoderMismatchError: the text tower at hand is not the one that made the collection.
    """
    tower = collection.towers.text
    kept, found = _sampled(choices_of(collection, seed=seed, most_reports=_MOST_REPORTS), most_choices, seed)
    reasons = {channel: _why_not(collection, channel, tower) for channel in _CHANNELS}
    used = [choice for choices in kept.values() for choice in choices] if not all(reasons.values()) else []
    encoded = _encode_all(tower, (text for choice in used for text in (choice.said, choice.rewritten)), progress)
    triples = read_triples()
    results = [
        score_triples(triples, kind, tower.encode, draws=draws, generator=_generator(seed, kind))
        for kind in (ProbeKind.NEGATION, ProbeKind.SIDE)
    ]
    for channel, reason in reasons.items():
        results += (
            [ProbeResult(kind, ProbeForm.CHOICE, channel, 0, found[kind], 0, None, None, note=reason) for kind in kept]
            if reason
            else _asked_of(collection, channel, kept, found, encoded, draws=draws, seed=seed)
        )
    return tuple(results)


def _asked_of(
    collection: "Collection",
    channel: Channel,
    kept: Mapping[ProbeKind, tuple[Choice, ...]],
    found: Mapping[ProbeKind, int],
    encoded: Mapping[str, NDArray[np.float32]],
    *,
    draws: int,
    seed: int,
) -> list[ProbeResult]:
    gallery = open_gallery(collection, channel)
    return [
        score_choices(
            choices, kind, channel, gallery, encoded, found=found[kind], draws=draws, generator=_generator(seed, kind)
        )
        for kind, choices in kept.items()
    ]


def _sampled(
    choices: Sequence[Choice], most: int, seed: int
) -> tuple[dict[ProbeKind, tuple[Choice, ...]], dict[ProbeKind, int]]:
    """The choices to ask by kind, and how many there were of each."""
    by_kind = {kind: tuple(choice for choice in choices if choice.kind is kind) for kind in ProbeKind}
    kept = {kind: sample(all_of_it, most, _generator(seed, kind)) for kind, all_of_it in by_kind.items()}
    return kept, {kind: len(all_of_it) for kind, all_of_it in by_kind.items()}


def _why_not(collection: "Collection", channel: Channel, tower: TextTower) -> str:
    """Why a channel cannot be asked in words; "" where it can."""
    space = spaces_of(collection.manifest).channels.get(channel)
    if space is None:
        return f"not applicable: no {channel.value} vectors"
    return "" if space == tower.spec.space else "not applicable: spaces differ"


def _encode_all(tower: TextTower, texts: Iterable[str], progress: Progress | None) -> dict[str, NDArray[np.float32]]:
    """The vector of each distinct text, short ones first, so that a batch holds texts of one length."""
    distinct = sorted(set(texts), key=lambda text: (len(text), text))
    encoded: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(distinct), _BATCH):
        batch = distinct[start : start + _BATCH]
        vectors: Vectors = tower.encode(batch)
        encoded |= dict(zip(batch, vectors, strict=True))
        if progress is not None:
            progress(len(encoded), len(distinct))
    return encoded


def _generator(seed: int, kind: ProbeKind) -> np.random.Generator:
    """Of one kind, whatever else is asked; the same for all channels, so that their intervals can be compared."""
    return np.random.default_rng([seed, *kind.value.encode()])
