"""Short queries as people type them, each with the facts that it asks for.

A query is drawn for a series: some of what is the case, in some words, in some order. Nothing is asked for that is not
the case, so a query is true of the series that it was drawn for, and of others by its facts alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.header.region_names import Region
from indexer.header.sequence_names import SequenceClass
from training.query_facts import Facts, SeriesFacts, wider_regions
from training.query_words import (
    CONTRAST_SAID,
    FAMILY_OF,
    FAMILY_SAID,
    FAT_SAID,
    MRI_SAID,
    PLANE_SAID,
    REGION_SAID,
    SEQUENCE_SAID,
    SIDE_SAID,
)

_PLAIN = 0.5  # how often the first, plainest name is taken
_ORDERS = (  # of what is said; a part that is not asked for falls out
    "{plane} {sequence} {place}",
    "{place} {plane} {sequence}",
    "{place} {sequence} {plane}",
    "{sequence} of the {place} {plane}",
    "{plane} {sequence} of the {place}",
    "{sequence} {place} {plane}",
    "{place}, {plane} {sequence}",
    "{place} {sequence}, {plane}",
)
_FRAMES = ("{}", "{}", "{}", "{}", "{} {mri}", "{} {mri}", "show me {}", "find {}", "series with {}", "{mri}: {}")


@dataclass(frozen=True, slots=True)
class Query:
    """A text and what it asks for."""

    text: str
    needs: Facts


@dataclass(frozen=True, slots=True)
class Asked:
    """Which parts of a series a query names."""

    region: bool = False
    side: bool = False
    sequence: bool = False
    plane: bool = False
    contrast: bool = False
    fat_sat: bool = False


def draw_query(
    random: np.random.Generator, series: SeriesFacts, asked: Asked | None = None, *, framed: bool = True
) -> Query:
    """A query that is true of a series.

    Args:
        random: what is drawn from.
        series: with a region or a sequence at least.
        asked: what it names, of what is there; None draws that too.
        framed: now and then with "MRI", "show me" and the like around it.
    """
    asked = asked or draw_asked(random, series)
    needs: set[str] = set()
    parts = {"place": "", "sequence": "", "plane": ""}
    if asked.region and series.region:
        parts["place"] = _place(random, series, asked, needs)
    if asked.sequence and series.sequence:
        parts["sequence"] = _sequence(random, series.sequence, needs)
    if asked.plane and series.plane:
        parts["plane"] = _one_of(random, PLANE_SAID[series.plane])
        needs.add(f"plane:{series.plane}")
    text = _tidy(str(random.choice(_ORDERS)).format(**parts))
    for there, words, fact in (
        (asked.contrast and series.contrast, CONTRAST_SAID, "contrast"),
        (asked.fat_sat and series.fat_sat, FAT_SAID, "fat"),
    ):
        if there:
            said = _one_of(random, words)
            text = f"{text} {said}" if random.random() < 0.7 else f"{said} {text}"
            needs.add(fact)
    if framed:
        text = _framed(random, text.strip(), place_alone=bool(parts["place"]) and not parts["sequence"])
    return Query(text.strip(), frozenset(needs))


def draw_asked(random: np.random.Generator, series: SeriesFacts) -> Asked:
    """What a query about a series names: the region, the sequence or both nearly always; more now and then."""
    region, sequence = bool(series.region), bool(series.sequence)
    if region and sequence:
        kind = random.random()
        region, sequence = kind < 0.75, kind > 0.25
    return Asked(
        region=region,
        sequence=sequence,
        side=region and bool(random.random() < 0.6),
        plane=bool(random.random() < 0.35) or not (region or sequence),
        contrast=bool(random.random() < 0.5),
        fat_sat=bool(random.random() < 0.3),
    )


def near_miss(random: np.random.Generator, series: SeriesFacts, what: str) -> SeriesFacts:
    """The same series but for one thing: "sequence", "side", "plane" or "region" is another one.

    The other one is no wider or narrower name of the first.
    """
    value = getattr(series, what)
    others: Mapping[str, Callable[[], Sequence[str]]] = {
        "sequence": lambda: [str(one) for one in SequenceClass if not _one_family(one, value)],
        "side": lambda: ["left" if value == "right" else "right"],
        "plane": lambda: [name for name in ("axial", "coronal", "sagittal", "3d") if name != value],
        "region": lambda: [str(one) for one in Region if not set(wider_regions(one)) & set(wider_regions(value))],
    }
    names = others[what]()
    other = names[int(random.integers(len(names)))]
    changed: SeriesFacts = replace(series, **{what: other})  # type: ignore[arg-type]  # all of these are words
    return changed


def _one_family(one: str, other: str) -> bool:
    return one == other or any(one in classes and other in classes for classes in FAMILY_OF.values())


def _place(random: np.random.Generator, series: SeriesFacts, asked: Asked, needs: set[str]) -> str:
    """The region or, now and then, what it lies in; with its side, if that is asked for."""
    wider = wider_regions(series.region)
    region = wider[0] if random.random() < 0.75 else wider[int(random.integers(len(wider)))]
    needs.add(f"region:{region}")
    words = _one_of(random, REGION_SAID[Region(region)])
    if asked.side and series.side:
        needs.add(f"side:{series.side}")
        return f"{_one_of(random, SIDE_SAID[series.side])} {words}"
    return words


def _sequence(random: np.random.Generator, sequence: str, needs: set[str]) -> str:
    """The sequence class or, now and then, the kind of picture that it is one of."""
    families = [family for family, classes in FAMILY_OF.items() if sequence in classes]
    if families and random.random() < 0.3:
        family = families[int(random.integers(len(families)))]
        needs.add(f"family:{family}")
        return _one_of(random, FAMILY_SAID[family])
    needs.add(f"sequence:{sequence}")
    return _one_of(random, SEQUENCE_SAID[SequenceClass(sequence)])


def _one_of(random: np.random.Generator, words: Sequence[str]) -> str:
    """The plain word half of the time, any of them otherwise."""
    return words[0] if random.random() < _PLAIN else words[int(random.integers(len(words)))]


def _framed(random: np.random.Generator, text: str, *, place_alone: bool) -> str:
    frame = str(random.choice(_FRAMES))
    if place_alone and random.random() < 0.2:
        frame = "{mri} of the {}"
    mri = "" if "MR" in text.split() or "MRI" in text else _one_of(random, MRI_SAID)
    framed = _tidy(frame.replace("{mri}", mri).replace("{}", text)).removeprefix(": ").removeprefix("of the ")
    return framed.lower() if random.random() < 0.3 else framed


def _tidy(text: str) -> str:
    """Without what an absent part leaves behind: double spaces, commas and "of the" with nothing beside them.

    >>> _tidy(" T1 of the  "), _tidy(", axial  T2"), _tidy("knee , ")
    ('T1', 'axial T2', 'knee')
    """
    words = " ".join(text.split()).replace(" ,", ",").strip(" ,")
    return words.removesuffix("of the").removeprefix("of the ").strip(" ,")
