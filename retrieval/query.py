"""What is asked and what is answered: frozen types, no engine.

A query has one or more *parts*. Each part is a text, a volume file, an indexed series or a vector, with a weight; a
negative weight pushes away. A part can be compared with a channel only where both live in the same space: a text with
the `card` and `report` channels and, with an aligned encoder, with `image`; a scan with `image`, and through its own
card with `card` and `report`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel


class Target(StrEnum):
    """What an answer is made of."""

    SERIES = "series"
    REPORT = "report"


class Grouping(StrEnum):
    """What one hit stands for; a study or patient is ranked by its best series or passage."""

    NONE = "none"
    STUDY = "study"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ScanPart:
    """A scan by path: a NIfTI file, a DICOM file or the folder of one DICOM series."""

    path: Path
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """A series of this collection, by its pseudonym; it is left out of its own answer."""

    series_id: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class VectorPart:
    """A vector in the space of one channel; it is scaled to length 1."""

    vector: NDArray[np.float32]
    channel: Channel
    weight: float = 1.0


Part = TextPart | ScanPart | SeriesPart | VectorPart


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Attributes:
        parts: at least one.
        target: series (scans) or reports.
        channels: the channels to ask; empty for all that can answer.
        where: a boolean SQL expression over the columns of series.parquet (for reports: those of the report's study).
        k: number of hits wanted, 1 or more.
        group_by: what one hit stands for.
        exclude_patients: pseudonyms of patients to leave out, before the top k.
        exclude_studies: pseudonyms of studies to leave out, before the top k.
    """

    parts: tuple[Part, ...]
    target: Target = Target.SERIES
    channels: tuple[Channel, ...] = ()
    where: str = ""
    k: int = 10
    group_by: Grouping = Grouping.NONE
    exclude_patients: tuple[str, ...] = ()
    exclude_studies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer.

    Attributes:
        rank: from 1.
        score: higher is better: the cosine of the matching channel, or the fused score where several channels answered.
        series: pseudonym of the series; for a report hit "" (its study's series are in the study).
        report: pseudonym of the report for a report hit, otherwise "".
        channel: the channel that matched best.
        channel_scores: cosine by channel, for every channel in which it was found.
        metadata: the shown columns of its row; the text of a report only where the caller asked for it.
    """

    rank: int
    score: float
    series: str
    study: str
    patient: str
    channel: Channel
    report: str = ""
    channel_scores: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    metadata: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Plan:
    """How the answer was found, and why it may hold fewer than k hits.

    Attributes:
        mode: "exact" (every eligible row was compared) or the name of an approximate index.
        eligible: rows that the filter and the exclusions left, in the largest channel asked.
        searched: vectors compared, over all channels.
        returned: hits.
        channels: which channels answered, with the reason for each that did not.
        fusion: how several channels became one ranking; "" where one answered.
        shortfall: why fewer than k came back, "" where k did.
        timings_ms: by step, in the order in which they ran: "open", "encode", "filter", "search", "fetch", "total".
    """

    mode: str
    eligible: int
    searched: int
    returned: int
    channels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fusion: str = ""
    shortfall: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits by falling score, ties by series (or report) id, and the plan that found them."""

    hits: tuple[Hit, ...]
    plan: Plan
