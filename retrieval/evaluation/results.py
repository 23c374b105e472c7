"""What an evaluation found: frozen types, no computation. The writers in `retrieval/report/` print them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.baselines import Baseline
from retrieval.evaluation.intervals import Interval
from retrieval.evaluation.metrics import Measure
from retrieval.evaluation.ranking_task import TaskScores
from retrieval.evaluation.tasks import BuiltTask, SkippedTask, TaskSpec


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, with all that it is read against.

    Attributes:
        value: over the queries that have a relevant item.
        interval: 95 %, by patient; None where the patients do not bound it.
        chance: what a random order gets on the same queries, exactly.
        ceiling: what the best order gets.
        baselines: what knows nothing got through the same code; those that apply.
    """

    value: float
    interval: Interval | None
    chance: float
    ceiling: float
    baselines: Mapping[Baseline, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """Of a number a query, over the queries."""

    min: int
    median: float
    max: int


@dataclass(frozen=True, slots=True)
class Stratum:
    """One group of queries, by the headline measure.

    Attributes:
        column: what tells the group apart.
        value: the group's.
        queries: of the group, those with a relevant item.
        patients: that they come from.
        figure: what the group reached.
    """

    column: str
    value: str
    queries: int
    patients: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Hit and recall among the first k."""

    k: int
    hit: Figure
    recall: Figure


@dataclass(frozen=True, slots=True)
class Confusion:
    """Which class the first hit is of, by the class of the query.

    Attributes:
        column: whose values the classes are.
        classes: in order of their queries, most first.
        counts: by query class (row) and hit class (column): queries, a query of several classes shared among them.
    """

    column: str
    classes: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class NaivePoint:
    """Mean label overlap among the first k, as a published script computes it, beside the same number done right.

    Attributes:
        k: how many of the first.
        random: random vectors by the script.
        vectors: the task's own vectors by the script.
        random_apart: random vectors with the exclusions of the task, each k for itself.
        vectors_apart: the task's own vectors, likewise.
    """

    k: int
    random: float
    vectors: float
    random_apart: float
    vectors_apart: float


@dataclass(frozen=True, slots=True)
class ExampleItem:
    """A query or a hit, by pseudonym and what its header says.

    Attributes:
        id: pseudonym.
        facts: region, sequence, plane, as far as they are known.
        score: of a hit; None for a query.
        gain: how relevant a hit is, 0 for not.
    """

    id: str
    facts: Mapping[str, str]
    score: float | None = None
    gain: float = 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """A query and its first hits.

    Attributes:
        query: who asked.
        first_rank: expected rank of the first relevant item.
        hits: best first.
    """

    query: ExampleItem
    first_rank: float
    hits: tuple[ExampleItem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """What writers of runs and tables need, beyond what a report shows.

    Attributes:
        built: the items behind the positions.
        scores: of every query; one column a measure.
        ranks: float64, shape (queries,): expected rank of the first relevant item; NaN where nothing is relevant.
    """

    built: BuiltTask
    scores: TaskScores
    ranks: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task on one channel.

    Attributes:
        spec: which.
        queried: what asks: "report", "series", "study", "patient".
        ranked: what is ranked.
        rules: what makes an item relevant, in order.
        exclusion: columns by which items left the ranking; empty where nobody does.
        queries: all that ask, those without a relevant item included.
        without_relevant: queries that no item of the gallery is relevant for; in no mean.
        without_vector: queries that could not be asked; they score as if nothing had come back.
        patients: clusters of the intervals, over the queries with a relevant item.
        pool: gallery items, before exclusion.
        pool_studies: studies that they belong to.
        excluded: gallery items left out, a query.
        relevant: relevant items, a query that has any.
        figures: by measure.
        headline: the measure of strata and worst group.
        curve: hit and recall at many k.
        strata: groups of queries, by column.
        worst: the group that the headline serves worst, of those with enough patients to say so.
        confusions: of the first hit, by column.
        naive: what a script without exclusions would have said; for tasks within a modality.
        examples: some queries with their hits; hits and misses.
        notes: what a reader must know before believing a number.
        detail: for writers; in no comparison.
    """

    spec: TaskSpec
    queried: str
    ranked: str
    rules: tuple[str, ...]
    exclusion: tuple[str, ...]
    queries: int
    without_relevant: int
    without_vector: int
    patients: int
    pool: int
    pool_studies: int
    excluded: Spread
    relevant: Spread
    figures: Mapping[Measure, Figure]
    headline: Measure
    curve: tuple[CurvePoint, ...] = ()
    strata: tuple[Stratum, ...] = ()
    worst: Stratum | None = None
    confusions: tuple[Confusion, ...] = ()
    naive: tuple[NaivePoint, ...] = ()
    examples: tuple[Example, ...] = ()
    notes: tuple[str, ...] = ()
    detail: Detail | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What was evaluated: enough to find it again.

    Attributes:
        name: what the reader calls it; a collection's folder name, or that of a table.
        snapshot: number of the snapshot; None where it is no collection.
        content: sha256 over the files that decide the numbers.
        encoder: name of the encoder; "" where nobody said.
        fingerprint: of its weights.
        code_version: of the mrseek that made the vectors.
        series: in the gallery's collection.
        reports: likewise.
    """

    name: str
    snapshot: int | None
    content: str
    encoder: str
    fingerprint: str
    code_version: str
    series: int
    reports: int


@dataclass(frozen=True, slots=True)
class ReportClusters:
    """Reports that say (nearly) the same.

    Attributes:
        similarity: from which two reports are one text.
        reports: how many there are.
        clusters: sets of two or more.
        members: reports in such sets.
        largest: the largest sets by the pseudonyms of their reports.
    """

    similarity: float
    reports: int
    clusters: int
    members: int
    largest: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All tasks, what was skipped and why, and the settings that decide every number.

    Attributes:
        subject: whose gallery (and queries, unless `asked` says otherwise); None where the vectors come from arrays.
        tasks: what was scored.
        skipped: what could not be.
        configuration: the settings, resolved.
        asked: whose queries, where they come from another collection.
        reports: (nearly) equal reports; None without reports.
        probes: negation and laterality (`retrieval/probes/`), plain types; empty where they were not asked for.
        environment: machine, versions, commit; in no comparison of numbers.
    """

    subject: Subject | None
    tasks: tuple[TaskResult, ...]
    skipped: tuple[SkippedTask, ...]
    configuration: Mapping[str, Any]
    asked: Subject | None = None
    reports: ReportClusters | None = None
    probes: tuple[Mapping[str, Any], ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict, compare=False)
