"""Whether a study's vectors are nearer to what is true of it than to the same sentence made false."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from retrieval.exact import gather
from retrieval.probes.choices import Choice
from retrieval.probes.results import ProbeForm, ProbeKind, ProbeResult, Share
from retrieval.probes.shares import answers, even_interval, even_share, shares_by

if TYPE_CHECKING:
    from retrieval.collection import Collection

# Other patients' studies that a choice is asked of, for reference: enough for a mean, few enough for any archive.
_PANEL = 32


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The vectors of a channel with whose they are.

    Attributes:
        vectors: float32, shape (n, dimension), unit rows.
        rows: by pseudonym of a study or of a series: int64, which of them are its.
    """

    vectors: NDArray[np.float32]
    rows: Mapping[str, NDArray[np.int64]]

    def of(self, item: str) -> NDArray[np.float64]:
        """The vectors of a study or series, float64, shape (its vectors, dimension)."""
        return gather(self.vectors, self.rows[item]).astype(np.float64)


def open_gallery(collection: "Collection", channel: Channel) -> Gallery:
    """The image or card vectors of a collection, by study and by series."""
    table = collection.series_table(["series_id", "study_id"])
    owners = collection.owners(channel)
    rows: dict[str, list[int]] = {}
    for name in ("study_id", "series_id"):
        values = table[name].tolist()
        for row, owner in enumerate(owners.tolist()):
            rows.setdefault(values[owner], []).append(row)
    found = {item: np.array(places, np.int64) for item, places in rows.items() if item}
    return Gallery(collection.vectors(channel).vectors, found)


def score_choices(
    choices: Sequence[Choice],
    kind: ProbeKind,
    channel: Channel,
    gallery: Gallery,
    encoded: Mapping[str, NDArray[np.float32]],
    *,
    found: int,
    draws: int,
    generator: np.random.Generator,
) -> ProbeResult:
    """The share of one kind's choices that a channel gets right. The best series stands for a study, as in a search.

    Args:
        choices: of this kind alone; those of studies without vectors in the channel are left out.
        kind: theirs.
        channel: theirs whose vectors are in the gallery.
        gallery: the vectors.
        encoded: the unit vector of each sentence, shape (dimension,).
        found: how many choices there were before a sample was drawn.
        draws: resamples for the interval.
        generator: draws them, and the other patients.
    """
    asked = [choice for choice in choices if choice.item in gallery.rows]
    if not asked:
        note = "not applicable: no sentence that can be rewritten"
        return ProbeResult(kind, ProbeForm.CHOICE, channel, 0, found, 0, None, None, note=note)
    said = np.stack([encoded[choice.said] for choice in asked]).astype(np.float64)
    false = np.stack([encoded[choice.rewritten] for choice in asked]).astype(np.float64)
    right = np.array(
        [_answer(gallery.of(choice.item), *pair) for choice, *pair in zip(asked, said, false, strict=True)]
    )
    directions = [choice.direction for choice in asked]
    patients = np.unique([choice.patient for choice in asked], return_inverse=True)[1]
    return ProbeResult(
        kind=kind,
        form=ProbeForm.CHOICE,
        channel=channel,
        n=len(asked),
        found=found,
        patients=int(patients.max()) + 1,
        value=even_share(directions, right),
        interval=even_interval(directions, right, patients, draws, generator),
        directions=shares_by(directions, right) if any(directions) else (),
        references=tuple(_of_others(asked, gallery, said, false, generator)),
    )


def _answer(vectors: NDArray[np.float64], said: NDArray[np.float64], false: NDArray[np.float64]) -> float:
    return float(answers((vectors @ said).max(), (vectors @ false).max()))


def _of_others(
    asked: Sequence[Choice],
    gallery: Gallery,
    said: NDArray[np.float64],
    false: NDArray[np.float64],
    generator: np.random.Generator,
) -> Iterator[Share]:
    """The same choices asked of other patients: of any, and of those with a study of the same region.

    What the sentences decide without this patient's scan. Nothing where there is no other patient.
    """
    for name, groups in (("other patients", [""] * len(asked)), ("same region", [choice.region for choice in asked])):
        means = np.full(len(asked), np.nan)
        for group in sorted(set(groups)):
            places = np.flatnonzero(np.array(groups) == group)
            chosen = [asked[place] for place in places.tolist()]
            means[places] = _of_panel(chosen, gallery, said[places], false[places], generator)
        known = np.flatnonzero(~np.isnan(means))
        if len(known):
            directions = [asked[place].direction for place in known.tolist()]
            yield Share(name, len(known), even_share(directions, means[known]))


def _of_panel(
    asked: Sequence[Choice],
    gallery: Gallery,
    said: NDArray[np.float64],
    false: NDArray[np.float64],
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """The mean answer of some of the other patients whose studies are asked about, shape (choices,); NaN for none."""
    owner = {choice.item: choice.patient for choice in asked}
    items = sorted(owner)
    panel = [items[place] for place in generator.permutation(len(items))[:_PANEL].tolist()]
    parts = [gallery.of(item) for item in panel]
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    stacked = np.concatenate(parts).T  # (dimension, the panel's vectors)
    right = answers(*(np.maximum.reduceat(sentences @ stacked, starts, axis=1) for sentences in (said, false)))
    other = np.array([[choice.patient != owner[item] for item in panel] for choice in asked], np.float64)
    others = other.sum(axis=1)
    return np.where(others > 0, (right * other).sum(axis=1) / np.maximum(others, 1.0), np.nan)
