"""Recall benchmarks: every task on every channel, and beside each number what it must be read against: its interval,
chance, what knows nothing, the ceiling that an oracle reaches; then where it holds and where it does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from retrieval.evaluation.asked_texts import read_asked_texts, texts_subject, usual_text_rules
from retrieval.evaluation.baselines import run_baselines
from retrieval.evaluation.confusion import CONFUSED_COLUMNS, confusion_of
from retrieval.evaluation.data import EvaluationData, read_evaluation_data
from retrieval.evaluation.environment import environment
from retrieval.evaluation.examples import examples_of
from retrieval.evaluation.facts import USUAL_STRATA
from retrieval.evaluation.figures import figures_of
from retrieval.evaluation.items import REPORT
from retrieval.evaluation.measure_columns import Columns, columns_of
from retrieval.evaluation.naive_protocol import naive_points
from retrieval.evaluation.notes import notes_of
from retrieval.evaluation.ranking_task import TaskScores, score_task
from retrieval.evaluation.report_clusters import report_clusters
from retrieval.evaluation.results import (
    Confusion,
    CurvePoint,
    Detail,
    Evaluation,
    Example,
    NaivePoint,
    ReportClusters,
    Spread,
    Stratum,
    Subject,
    TaskResult,
)
from retrieval.evaluation.rules import label_overlap
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.strata import strata_of, worst_of
from retrieval.evaluation.subject import check_patient_keys, subject_of
from retrieval.evaluation.task_names import Task
from retrieval.evaluation.tasks import BuiltTask, SkippedTask, TaskSpec, build_task

if TYPE_CHECKING:
    from retrieval.collection import Collection

Progress = Callable[[str, int, int], None]
"""Told what is being scored, how many queries are done, of how many."""

DEFAULT_SETTINGS = Settings()
EXAMPLES_EACH = 3


def evaluate(
    collection: "Collection",
    settings: Settings = DEFAULT_SETTINGS,
    *,
    gallery: "Collection | None" = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Scores the tasks on a collection's snapshot, or its queries against the gallery of another collection.

    Raises:
        UsageError: an unknown column, patients that cannot be excluded, collections under different patient keys.
        IntegrityError: random vectors do not score at chance.
    """
    asking = read_evaluation_data(collection, settings.wanted)
    if gallery is None:
        found = evaluate_data(asking, settings, subject=subject_of(collection), progress=progress)
        return replace(found, probes=_probes(collection, settings)) if settings.probes else found
    check_patient_keys(collection, gallery, allow_same_patient=settings.allow_same_patient)
    return evaluate_data(
        asking,
        settings,
        answering=read_evaluation_data(gallery, settings.wanted),
        subject=subject_of(gallery),
        asked=subject_of(collection),
        progress=progress,
    )


def evaluate_texts(
    collection: "Collection", texts: Path, settings: Settings, *, progress: Progress | None = None
) -> Evaluation:
    """Free texts of a table ask for the series of a collection (`asked_texts.py`); nobody's, so nobody is left out.

    Raises:
        UsageError: a table without texts, or one that does not say what is relevant.
        IntegrityError: random vectors do not score at chance.
    """
    asked = read_asked_texts(texts, collection.towers.text, settings.relevance)
    rules = settings.relevance or usual_text_rules(asked)
    settings = replace(settings, tasks=(Task.TEXT_TO_IMAGE,), relevance=rules, exclude=(), allow_same_patient=True)
    data = replace(read_evaluation_data(collection, settings.wanted), texts=asked)
    asker = texts_subject(texts, asked)
    return evaluate_data(data, settings, subject=subject_of(collection), asked=asker, progress=progress)


def _probes(collection: "Collection", settings: Settings) -> tuple[Mapping[str, Any], ...]:
    from retrieval.probes.results import as_json
    from retrieval.probes.run import run_probes

    return tuple(as_json(run_probes(collection, settings.seed, settings.draws)))


def evaluate_data(
    asking: EvaluationData,
    settings: Settings,
    *,
    answering: EvaluationData | None = None,
    subject: Subject | None = None,
    asked: Subject | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Scores the tasks on items and vectors that are already in memory.

    Args:
        asking: whose queries.
        settings: what is asked.
        answering: whose gallery; that of `asking` unless told otherwise.
        subject: what the gallery is, for the report.
        asked: what the queries are, where they come from elsewhere.
        progress: told how far it is.

    Raises:
        UsageError: patients that cannot be excluded.
        IntegrityError: random vectors do not score at chance.
    """
    ranked = answering or asking
    built = [build_task(asking, ranked, spec, settings.rules(spec.task), settings.leaving) for spec in settings.specs]
    assumed = asking.assumed_patients + (ranked.assumed_patients if ranked is not asking else 0)
    return Evaluation(
        subject=subject,
        tasks=tuple(
            score_built(one, settings, assumed=assumed, progress=progress)
            for one in built
            if isinstance(one, BuiltTask)
        ),
        skipped=tuple(one for one in built if isinstance(one, SkippedTask)),
        configuration=settings.as_configuration(),
        asked=asked,
        reports=_clusters(ranked, settings),
        environment=environment(),
    )


def _clusters(data: EvaluationData, settings: Settings) -> ReportClusters | None:
    if data.texts is None or REPORT not in data.texts.columns:
        return None
    return report_clusters(data.texts, settings.near_duplicates)


def score_built(
    built: BuiltTask, settings: Settings, *, assumed: int = 0, progress: Progress | None = None
) -> TaskResult:
    """One task, scored and told apart.

    Args:
        built: the task.
        settings: what is measured.
        assumed: series whose folder stands in for the patient; for the notes.
        progress: told how far it is.

    Raises:
        IntegrityError: random vectors do not score at chance.
    """
    return _Scoring(built, settings, columns_of(settings.measures, len(built.gallery))).result(assumed, progress)


@dataclass(frozen=True, slots=True, eq=False)
class _Scoring:
    """One task on its way from vectors to a result."""

    built: BuiltTask
    settings: Settings
    columns: Columns

    def result(self, assumed: int, progress: Progress | None) -> TaskResult:
        built, settings = self.built, self.settings
        scores = score_task(
            built.ranking,
            self.columns.measures,
            block_bytes=settings.block_bytes,
            depth=min(settings.depth, len(built.gallery)),
            progress=_of_task(progress, built.spec),
        )
        scored, ranking = scores.relevant > 0, built.ranking
        strata = self.strata(scores)
        ranks = scores.reached.values[:, self.columns.rank]
        studies = {value for values in built.gallery.of("study") for value in values}
        return TaskResult(
            spec=built.spec,
            queried=built.queries.noun,
            ranked=built.gallery.noun,
            rules=tuple(map(str, built.rules)),
            exclusion=built.leaving,
            queries=len(scored),
            without_relevant=int((~scored).sum()),
            without_vector=int((~ranking.scores.asked).sum()),
            patients=len(np.unique(ranking.clusters[scored])),
            pool=len(built.gallery),
            pool_studies=len(studies),
            excluded=_spread(len(built.gallery) - scores.pool),
            relevant=_spread(scores.relevant[scored]),
            figures=figures_of(
                scores.of_measures(self.columns.asked),
                ranking.clusters,
                settings.measures,
                run_baselines(built, settings.measures, self.generator, block_bytes=settings.block_bytes),
            ),
            headline=self.columns.headline[1],
            curve=self.curve(scores),
            strata=strata,
            worst=worst_of(strata, self.columns.headline[1]),
            confusions=self.confusions(scores),
            naive=self.naive(),
            examples=self.examples(scores, ranks),
            notes=notes_of(built, settings, assumed),
            detail=Detail(built, scores, ranks),
        )

    def generator(self, purpose: int) -> np.random.Generator:
        """Random numbers of one task and purpose: a task's numbers do not depend on which others run."""
        spec = self.built.spec
        of_task = list(Task).index(spec.task), list(Channel).index(spec.channel)
        return np.random.default_rng([self.settings.seed, purpose, *of_task])

    def curve(self, scores: TaskScores) -> tuple[CurvePoint, ...]:
        measures = self.columns.measures[self.columns.curve]
        figures = figures_of(scores.of_measures(self.columns.curve), self.built.ranking.clusters, measures)
        hits, recalls = measures[::2], measures[1::2]
        return tuple(
            CurvePoint(hit.cutoff or 0, figures[hit], figures[recall])
            for hit, recall in zip(hits, recalls, strict=True)
        )

    def strata(self, scores: TaskScores) -> tuple[Stratum, ...]:
        return strata_of(
            self.built.queries,
            self.settings.strata or USUAL_STRATA,
            scores,
            self.built.ranking.clusters,
            self.columns.headline,
        )

    def confusions(self, scores: TaskScores) -> tuple[Confusion, ...]:
        if scores.hits is None:
            return ()
        found = [confusion_of(self.built.queries, self.built.gallery, scores.hits, name) for name in CONFUSED_COLUMNS]
        return tuple(one for one in found if one is not None)

    def naive(self) -> tuple[NaivePoint, ...]:
        labels = label_overlap(self.built.rules, self.built.queries, self.built.gallery)
        if not self.built.ranking.same or labels is None:
            return ()
        return naive_points(self.built, labels, self.generator(5), block_bytes=self.settings.block_bytes)

    def examples(self, scores: TaskScores, ranks: NDArray[np.float64]) -> tuple[Example, ...]:
        if scores.hits is None:
            return ()
        return examples_of(
            self.built.queries,
            self.built.gallery,
            self.built.ranking.relevant,
            scores.hits,
            ranks,
            each=EXAMPLES_EACH,
            generator=self.generator(6),
        )


def _of_task(progress: Progress | None, spec: TaskSpec) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, of: progress(f"{spec.task} on {spec.channel}", done, of)


def _spread(values: NDArray[np.int64]) -> Spread:
    return Spread(int(values.min()), float(np.median(values)), int(values.max()))
