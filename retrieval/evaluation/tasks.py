"""The retrieval tasks: who asks, who is ranked, who is relevant, who is left out, on which channel and level.

- text-to-image: a report asks for the series of its study.
- image-to-text: a series asks for the report of its study.
- image-to-image: a series asks for series alike (region and sequence unless told otherwise), of *other* patients.
- text-to-text: a report asks for reports about alike studies, of other patients.

In the first two, everything of the same study is relevant, and so is everything of a study whose report says (nearly)
the same: to call a copied report a miss punishes the right answer. A task runs on the `image` or the `card` channel of
the series, and the two are never mixed: what a header's words achieve is not the image encoder's merit.

Whoever is relevant by likeness could find its own patient, who is alike in everything: so the patient leaves the
ranking before the top k. Where a study's own series are what is sought, nobody is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData
from retrieval.evaluation.items import PATIENT, REPORT, STUDY, Items, aggregated, at_level
from retrieval.evaluation.ranking_task import RankingTask
from retrieval.evaluation.relevance import Keys, Relevance, SharedKeys, key, shared_keys
from retrieval.evaluation.rules import Rule, RuleKind, relevance_of
from retrieval.evaluation.score_sources import ScoreSource, VectorScores
from retrieval.evaluation.task_names import Aggregate, Exclusion, Level, Task

_OF_ONE_STUDY = {PATIENT, STUDY, REPORT}
"""Columns that tell whose an item is: a rule by them seeks the study itself, not its likes."""


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task on one channel of the series."""

    task: Task
    channel: Channel
    level: Level = Level.SERIES
    aggregate: Aggregate = Aggregate.BEST


@dataclass(frozen=True, slots=True)
class SkippedTask:
    """A task that could not be scored, and why."""

    task: Task
    channel: Channel
    reason: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves a ranking before the top k.

    Attributes:
        columns: whoever shares a value in any of them with the query.
        allow_same_patient: whether a query may find its own patient; said in so many words, and in the report.
    """

    columns: tuple[str, ...] = (Exclusion.PATIENT.value,)
    allow_same_patient: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class BuiltTask:
    """A task with the items behind its positions.

    Attributes:
        spec: which task.
        ranking: who asks, is ranked, is relevant, is left out.
        queries: those who ask.
        gallery: those who are ranked.
        rules: what makes an item relevant.
        leaving: the columns of the exclusion; empty where nobody is left out.
    """

    spec: TaskSpec
    ranking: RankingTask
    queries: Items
    gallery: Items
    rules: tuple[Rule, ...]
    leaving: tuple[str, ...]


def build_task(
    asking: EvaluationData,
    answering: EvaluationData,
    spec: TaskSpec,
    rules: tuple[Rule, ...],
    leaving: Leaving,
) -> BuiltTask | SkippedTask:
    """The queries of one collection against the gallery of another, or of the same.

    Raises:
        UsageError: a query could find its own patient, and nobody said that this is wanted.
    """
    queries, gallery = _side(asking, spec, spec.task.asked_by_text), _side(answering, spec, spec.task.answered_by_text)
    if isinstance(queries, str) or isinstance(gallery, str):
        return _skipped(spec, queries if isinstance(queries, str) else str(gallery))
    if queries.space != gallery.space:
        reason = f"queries and gallery live in different spaces ({queries.space}, {gallery.space})"
        return _skipped(spec, f"{reason}: this encoder is not aligned" if asking is answering else reason)
    same = asking is answering and spec.task.within_modality
    queries = aggregated(at_level(queries, spec.level), spec.aggregate)
    gallery = queries if same else aggregated(at_level(gallery, spec.level), spec.aggregate)
    return join_sides(spec, queries, gallery, rules, leaving)


def join_sides(
    spec: TaskSpec,
    queries: Items,
    gallery: Items,
    rules: tuple[Rule, ...],
    leaving: Leaving,
    *,
    scores: ScoreSource | None = None,
    qrels: Relevance | None = None,
) -> BuiltTask | SkippedTask:
    """A task between items that are already on their level.

    Args:
        spec: which task.
        queries: those who ask.
        gallery: those who are ranked; the same object where they are the same.
        rules: what makes an item relevant.
        leaving: who is left out where that applies.
        scores: where they come from; the items' vectors unless told otherwise.
        qrels: judgments, for a rule that asks for them.

    Raises:
        UsageError: a query could find its own patient, and nobody said that this is wanted.
    """
    if not len(queries) or not len(gallery):
        return _skipped(spec, "there are no queries" if not len(queries) else "there is nothing to rank")
    columns = _leaving_columns(spec, rules, leaving)
    if columns:
        _check_leaving(spec, queries, gallery, leaving)
    ranking = RankingTask(
        scores=scores or VectorScores(queries.vectors, gallery.vectors),
        relevant=relevance_of(rules, queries, gallery, qrels),
        excluded=_left_out(queries, gallery, columns) if columns else _nobody(len(queries)),
        clusters=_clusters(queries),
        same=queries is gallery,
    )
    if not any(_answerable(ranking, query) for query in range(len(queries))):
        return _skipped(spec, "no query has a relevant item left in its gallery")
    return BuiltTask(spec, ranking, queries, gallery, rules, columns)


def _side(data: EvaluationData, spec: TaskSpec, is_text: bool) -> Items | str:
    """The items of one side, or why there are none."""
    if is_text:
        return data.texts if data.texts is not None and len(data.texts) else "the collection has no reports"
    return data.scans.get(spec.channel, f"the collection has no {spec.channel} vectors")


def _leaving_columns(spec: TaskSpec, rules: Sequence[Rule], leaving: Leaving) -> tuple[str, ...]:
    """The columns of the exclusion, where one applies: within a modality, and where likeness is what is sought."""
    by_likeness = all(rule.kind is not RuleKind.QRELS and not set(rule.columns) <= _OF_ONE_STUDY for rule in rules)
    return leaving.columns if spec.task.within_modality or by_likeness else ()


def _check_leaving(spec: TaskSpec, queries: Items, gallery: Items, leaving: Leaving) -> None:
    if leaving.allow_same_patient or spec.level is Level.PATIENT:
        return
    if PATIENT not in leaving.columns:
        raise UsageError(
            f"Excluding only by {', '.join(leaving.columns) or 'nothing'} leaves a query's own patient in the gallery, "
            "which flatters any encoder.",
            remedy="Exclude by patient too, or say that the same patient may be found: `--allow-same-patient`.",
        )
    for items in (queries, gallery):
        unknown = sum(not patient for patient in items.of(PATIENT))
        if unknown:
            raise UsageError(
                f"{unknown} of {len(items)} {items.noun} items have no patient to exclude.",
                remedy="Say whose they are (`mrseek index --table`, or a column `patient`), or say that the same "
                "patient may be found: `--allow-same-patient`.",
            )


def _left_out(queries: Items, gallery: Items, columns: Sequence[str]) -> SharedKeys:
    return shared_keys(_exclusion_keys(queries, columns), _exclusion_keys(gallery, columns))


def _exclusion_keys(items: Items, columns: Sequence[str]) -> list[Keys]:
    """Itself, and whatever shares a value in one of the columns."""
    keys = [key(items.noun, one) for one in items.ids]
    for column in columns:
        if column != Exclusion.SERIES:
            named = (frozenset(f"{column}\x1f{value}" for value in values) for values in items.of(column))
            keys = [before | more for before, more in zip(keys, named, strict=True)]
    return keys


def _nobody(queries: int) -> SharedKeys:
    return SharedKeys([frozenset()] * queries, {})


def _clusters(items: Items) -> NDArray[np.int64]:
    """Numbers of the patients; where the patient is unknown the study stands in, then the item itself."""
    triples = zip(items.of(PATIENT), items.of(STUDY), items.ids, strict=True)
    names = [patient[0] if patient else study[0] if study else one for patient, study, one in triples]
    return np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _answerable(ranking: RankingTask, query: int) -> bool:
    relevant = ranking.relevant.judged(query).positions
    return bool(len(relevant)) and bool(np.isin(relevant, ranking.excluded.of(query), invert=True).any())


def without_exclusions(built: BuiltTask) -> BuiltTask:
    """The same task with everybody in the gallery, the query itself too: what a naive script scores."""
    ranking = replace(built.ranking, excluded=_nobody(len(built.queries)))
    return replace(built, ranking=ranking, leaving=())


def _skipped(spec: TaskSpec, reason: str) -> SkippedTask:
    return SkippedTask(spec.task, spec.channel, reason)
