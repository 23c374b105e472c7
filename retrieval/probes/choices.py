"""Forced choices that a collection's own reports and headers give: a true sentence, and the same made false."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from indexer.reports.sentences import sentences_of
from retrieval.probes.controls import exchange_region, other_sequence, sequence_statement
from retrieval.probes.negation import affirm, negate
from retrieval.probes.results import ProbeKind
from retrieval.probes.sides import exchange_side, side_in
from retrieval.tables import Table

if TYPE_CHECKING:
    from retrieval.collection import Collection

# They say what was asked, what was there before, and what should be done: not what this study shows.
_NOT_ABOUT_THE_STUDY = frozenset({"indication", "comparison", "recommendation"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of two sentences is true of a study, or of a series?

    Attributes:
        kind: what was exchanged.
        direction: "denied" or "stated", "left" or "right"; "" for controls.
        item: pseudonym of the study, or of the series.
        patient: pseudonym; the study's where the patient is unknown.
        region: the body region of most of its series by their headers; "" where they say none.
        said: the true sentence; never shown.
        rewritten: the false one; never shown.
    """

    kind: ProbeKind
    direction: str
    item: str
    patient: str
    region: str
    said: str = field(repr=False)
    rewritten: str = field(repr=False)


def choices_of(collection: "Collection", *, seed: int, most_reports: int) -> tuple[Choice, ...]:
    """Every choice that the reports of studies with series and the headers of series give, in a fixed order.

    A sentence that a study's reports hold several times is asked once.

    Args:
        collection: what is asked.
        seed: draws the reports, where there are more than are read.
        most_reports: how many reports are read.
    """
    told = dict.fromkeys(_told(collection, seed, most_reports))
    regions = _regions_of_studies(collection)
    by_report = [
        choice
        for study, patient, sentence in told
        for choice in rewritten(sentence, study, patient, regions.get(study, ""))
    ]
    return (*by_report, *_sequence_choices(collection))


def rewritten(sentence: str, item: str, patient: str, region: str) -> Iterator[Choice]:
    """The choices that one sentence of a study's report gives: at most one of each kind."""
    for kind, direction, false in (
        (ProbeKind.NEGATION, "denied", affirm(sentence)),
        (ProbeKind.NEGATION, "stated", negate(sentence)),
        (ProbeKind.SIDE, side_in(sentence), exchange_side(sentence)),
        (ProbeKind.REGION, "", exchange_region(sentence)),
    ):
        if false:
            yield Choice(kind, direction, item, patient, region, sentence, false)


def _told(collection: "Collection", seed: int, most_reports: int) -> Iterator[tuple[str, str, str]]:
    """(study, patient, sentence) of each sentence that says what a study with series shows."""
    tables = collection.tables
    if not tables.columns(Table.REPORTS):
        return
    rows = tables.rows("SELECT report_id, section FROM reports ORDER BY report_id, ordinal")
    reports = sorted({report for report, _ in rows})
    drawn = np.random.default_rng(seed).choice(len(reports), min(most_reports, len(reports)), replace=False)
    kept = {reports[place] for place in drawn.tolist()}
    told = [place for place, (report, section) in enumerate(rows) if report in kept and _is_about_study(section)]
    columns = ("study_id", "patient_id", "series", "text")
    for passage in tables.fetch(Table.REPORTS, np.array(told, np.int64), columns):
        if passage["study_id"] and passage["series"]:
            patient = passage["patient_id"] or passage["study_id"]
            yield from ((passage["study_id"], patient, sentence) for sentence in sentences_of(passage["text"] or ""))


def _is_about_study(section: str | None) -> bool:
    return section not in _NOT_ABOUT_THE_STUDY


def _sequence_choices(collection: "Collection") -> Iterator[Choice]:
    """One choice a series whose header says its sequence: the words that say so, and those of another sequence."""
    columns = ("series_id", "patient_id", "study_id", "sequence", "region")
    table = collection.series_table(columns)
    for series, patient, study, sequence, region in zip(*(table[name].tolist() for name in columns), strict=True):
        other = other_sequence(sequence or "", series)
        if other is not None:
            said, false = (sequence_statement(name, region or "") for name in (sequence, other))
            yield Choice(ProbeKind.SEQUENCE, "", series, patient or study, region or "", said, false)


def _regions_of_studies(collection: "Collection") -> dict[str, str]:
    """The region of most series of each study; of two as frequent, the one that comes first in the alphabet."""
    table = collection.series_table(["study_id", "region"])
    counts: dict[str, Counter[str]] = {}
    for study, region in sorted(
        zip(table["study_id"].tolist(), (one or "" for one in table["region"].tolist()), strict=True)
    ):
        counts.setdefault(study, Counter())[region] += 1
    return {study: count.most_common(1)[0][0] for study, count in counts.items()}


def sample(choices: tuple[Choice, ...], most: int, generator: np.random.Generator) -> tuple[Choice, ...]:
    """At most `most` of one kind's choices, as evenly over directions as there are enough, in their own order."""
    kept: list[int] = []
    names = sorted({choice.direction for choice in choices})
    places = {name: [at for at, choice in enumerate(choices) if choice.direction == name] for name in names}
    for left, name in enumerate(sorted(names, key=lambda name: len(places[name]))):
        room = (most - len(kept)) // (len(names) - left)
        drawn = generator.choice(len(places[name]), min(room, len(places[name])), replace=False)
        kept += [places[name][at] for at in drawn.tolist()]
    return tuple(choices[at] for at in sorted(kept))
