"""Recall benchmarks of a collection: every task on every channel, and beside each number what it must be read against:
its interval, chance, random vectors, and the ceiling that an oracle reaches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData, read_evaluation_data
from retrieval.evaluation.intervals import Resamples, draw_patients, everyone_once, interval_of
from retrieval.evaluation.median_rank import median_rank
from retrieval.evaluation.metrics import Measure, MeasureKind, default_measures
from retrieval.evaluation.null_baseline import run_null
from retrieval.evaluation.ranking_task import QueryScores, RankingTask, TaskScores, score_task
from retrieval.evaluation.results import Evaluation, Figure, Spread, Subject, TaskResult
from retrieval.evaluation.task_names import SERIES_CHANNELS, Exclusion, Task
from retrieval.evaluation.tasks import SkippedTask, TaskSpec, build_task, check_exclusion

if TYPE_CHECKING:
    from retrieval.collection import Collection

DEFAULT_RELEVANCE = ("region", "sequence")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides the numbers, beside the collection.

    Attributes:
        tasks: which tasks.
        channels: which vectors of the series; each is scored apart.
        measures: what is measured.
        exclusion: who leaves the ranking of an image-to-image query.
        allow_same_patient: whether image-to-image may rank a query's own patient; said in so many words, and in the
            report.
        relevance_columns: columns of series.parquet that two series must agree in to be relevant to each other
            (image-to-image).
        seed: of the resampled patients and the random vectors.
        draws: resamples of the patients behind each interval.
        block_bytes: memory for one block of scores; changes no number.
    """

    tasks: tuple[Task, ...] = tuple(Task)
    channels: tuple[Channel, ...] = SERIES_CHANNELS
    measures: tuple[Measure, ...] = default_measures((1, 5, 10))
    exclusion: Exclusion = Exclusion.PATIENT
    allow_same_patient: bool = False
    relevance_columns: tuple[str, ...] = DEFAULT_RELEVANCE
    seed: int = 0
    draws: int = 1000
    block_bytes: int = 128 << 20

    def __post_init__(self) -> None:
        if not (self.tasks and self.channels and self.measures and self.relevance_columns):
            raise UsageError("An evaluation needs at least one task, channel, measure and relevance column.")
        unsupported = [channel.value for channel in self.channels if channel not in SERIES_CHANNELS]
        if unsupported:
            raise UsageError(
                f"Series have no {unsupported[0]} vectors; every task already compares with the reports.",
                remedy=f"Choose from: {', '.join(SERIES_CHANNELS)}.",
            )


def evaluate(
    collection: "Collection",
    *,
    tasks: Sequence[Task] = tuple(Task),
    ks: Sequence[int] = (1, 5, 10),
    exclude: Exclusion = Exclusion.PATIENT,
    seed: int = 0,
    channels: Sequence[Channel] = SERIES_CHANNELS,
    measures: Sequence[Measure] = (),
    relevance_columns: Sequence[str] = DEFAULT_RELEVANCE,
    allow_same_patient: bool = False,
    draws: int = 1000,
) -> Evaluation:
    """Scores the tasks on a collection's snapshot; `measures` replaces those that `ks` stands for.

    Raises:
        UsageError: an unknown column, or image-to-image without patients to exclude.
        IntegrityError: random vectors do not score at chance.
    """
    settings = Settings(
        tasks=tuple(tasks),
        channels=tuple(channels),
        measures=tuple(measures) or default_measures(tuple(ks)),
        exclusion=exclude,
        allow_same_patient=allow_same_patient,
        relevance_columns=tuple(relevance_columns),
        seed=seed,
        draws=draws,
    )
    data = read_evaluation_data(collection, settings.relevance_columns)
    return evaluate_data(data, settings, subject=_subject(collection))


def evaluate_data(data: EvaluationData, settings: Settings, *, subject: Subject | None = None) -> Evaluation:
    """Scores the tasks on series, reports and vectors that are already in memory.

    Raises:
        UsageError: image-to-image without patients to exclude.
        IntegrityError: random vectors do not score at chance.
    """
    if Task.IMAGE_TO_IMAGE in settings.tasks:
        check_exclusion(data, settings.exclusion, allow_same_patient=settings.allow_same_patient)
    done: list[TaskResult] = []
    skipped: list[SkippedTask] = []
    for spec in (TaskSpec(task, channel) for task in settings.tasks for channel in settings.channels):
        ranking_task = build_task(data, spec, settings.exclusion)
        if isinstance(ranking_task, SkippedTask):
            skipped.append(ranking_task)
        else:
            done.append(_score(data, spec, ranking_task, settings))
    return Evaluation(subject, tuple(done), tuple(skipped), _configuration(settings))


def _score(data: EvaluationData, spec: TaskSpec, ranking_task: RankingTask, settings: Settings) -> TaskResult:
    scores = score_task(ranking_task, settings.measures, block_bytes=settings.block_bytes)
    null = run_null(ranking_task, settings.measures, _generator(settings, spec, 1), block_bytes=settings.block_bytes)
    scored = scores.relevant > 0
    clusters = ranking_task.clusters[scored]
    resamples = draw_patients(clusters, settings.draws, _generator(settings, spec, 0))
    ranked = data.reports.studies if spec.task is Task.IMAGE_TO_TEXT else data.series.studies
    return TaskResult(
        task=spec.task,
        channel=spec.channel,
        queries=len(scored),
        without_relevant=int((~scored).sum()),
        without_vector=int((~ranking_task.queries.with_vectors).sum()),
        patients=resamples.counts.shape[1],
        pool=len(ranking_task.gallery),
        pool_studies=len(set(ranked) - {""}),
        exclusion=settings.exclusion if spec.task is Task.IMAGE_TO_IMAGE else None,
        excluded=_spread(len(ranking_task.gallery) - scores.pool),
        relevant=_spread(scores.relevant[scored]),
        figures=_figures(scores, null, settings.measures, resamples),
        notes=_notes(data, spec, settings),
    )


def _figures(
    scores: TaskScores, null: TaskScores, measures: Sequence[Measure], resamples: Resamples
) -> Mapping[Measure, Figure]:
    scored = scores.relevant > 0
    reached, chance, ceiling = (part.where(scored) for part in (scores.reached, scores.chance, scores.ceiling))
    random = null.reached.where(null.relevant > 0)
    sample, null_sample = everyone_once(resamples.clusters), everyone_once(np.arange(len(random.values)))
    several = resamples.counts.shape[1] > 1
    return {
        measure: Figure(
            value=float(_summary(reached, column, measure, sample)[0]),
            interval=interval_of(_summary(reached, column, measure, resamples)) if several else None,
            chance=float(_summary(chance, column, measure, sample)[0]),
            ceiling=float(_summary(ceiling, column, measure, sample)[0]),
            null=float(_summary(random, column, measure, null_sample)[0]) if len(random.values) else float("nan"),
        )
        for column, measure in enumerate(measures)
    }


def _summary(standing: QueryScores, column: int, measure: Measure, resamples: Resamples) -> NDArray[np.float64]:
    """One number a draw: the median of the ranks, or the mean of the queries' values."""
    if measure.kind is MeasureKind.MEDIAN_RANK:
        return median_rank(standing.first, resamples)
    return resamples.means(standing.values[:, column])


def _notes(data: EvaluationData, spec: TaskSpec, settings: Settings) -> tuple[str, ...]:
    """What a reader must know before believing a number."""
    notes = []
    if spec.channel is Channel.CARD:
        notes.append(
            "The card channel compares words: cards are made from headers. Nothing here is the image encoder's merit."
        )
    if spec.task is Task.IMAGE_TO_IMAGE:
        if settings.exclusion is not Exclusion.PATIENT:
            notes.append(f"The query's own patient may be found: only its {settings.exclusion} was excluded.")
        elif not all(data.series.patients):
            notes.append("Some series have no known patient: their own patient may be found.")
        elif data.series.assumed_patients:
            notes.append(
                f"{data.series.assumed_patients} of {len(data.series.ids)} series do not say whose they are: their "
                "folder stands in for the patient, so the same patient may still be found in another folder. A --table "
                "with patient_id at indexing ends this."
            )
        if spec.channel is Channel.CARD and set(settings.relevance_columns) & set(DEFAULT_RELEVANCE):
            notes.append(
                "Cards and labels are made from the same headers: this checks the cards, it is no retrieval result."
            )
    return tuple(notes)


def _spread(values: NDArray[np.int64]) -> Spread:
    return Spread(int(values.min()), float(np.median(values)), int(values.max()))


def _generator(settings: Settings, spec: TaskSpec, purpose: int) -> np.random.Generator:
    """Random numbers of one task and purpose: a task's numbers do not depend on which others run."""
    return np.random.default_rng(
        [settings.seed, purpose, list(Task).index(spec.task), list(Channel).index(spec.channel)]
    )


def _configuration(settings: Settings) -> Mapping[str, object]:
    return {
        "tasks": [task.value for task in settings.tasks],
        "channels": [channel.value for channel in settings.channels],
        "measures": [str(measure) for measure in settings.measures],
        "exclude": settings.exclusion.value,
        "allow_same_patient": settings.allow_same_patient,
        "relevance_columns": list(settings.relevance_columns),
        "seed": settings.seed,
        "draws": settings.draws,
    }


def _subject(collection: "Collection") -> Subject:
    manifest = collection.manifest
    return Subject(
        snapshot=manifest.snapshot,
        encoder=manifest.encoder.name,
        fingerprint=manifest.encoder.fingerprint,
        code_version=manifest.code_version,
        series=manifest.counts.series,
        reports=manifest.counts.reports,
    )
