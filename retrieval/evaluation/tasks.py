"""The three retrieval tasks: who asks, who is ranked, who is relevant, who is left out, on which channel.

- text-to-image: a report asks for the series of its study. A series is ranked by its best score over the report's
  passages.
- image-to-text: a series asks for the report of its study. A report is ranked by its best passage.
- image-to-image: a series asks for series alike in the relevance columns (region and sequence unless told otherwise),
  of *other* patients.

In the first two, everything of the same study is relevant, and so is everything of a study whose report has the same
text: to call a copied report a miss punishes the right answer. A task runs on the `image` or the `card` channel of the
series, and the two are never mixed: what a header's words achieve is not the image encoder's merit.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from indexer.records import Channel
from retrieval.evaluation.data import EvaluationData, SpacedVectors
from retrieval.evaluation.ranking_task import RankingTask
from retrieval.evaluation.relevance import Keys, SharedKeys, key, shared_keys
from retrieval.evaluation.task_names import Exclusion, Task


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task on one channel of the series."""

    task: Task
    channel: Channel


@dataclass(frozen=True, slots=True)
class SkippedTask:
    """A task that could not be scored, and why."""

    task: Task
    channel: Channel
    reason: str


def check_exclusion(data: EvaluationData, exclusion: Exclusion, *, allow_same_patient: bool) -> None:
    """Refuses an image-to-image evaluation that would let a patient find itself.

    Raises:
        UsageError: patients are not excluded, or cannot be, and the caller did not say that this is wanted.
    """
    if allow_same_patient:
        return
    remedy = "Give the patients when indexing, or say that the same patient may be found: `--allow-same-patient`."
    if exclusion is not Exclusion.PATIENT:
        raise UsageError(
            f"Excluding only the {exclusion} leaves a query's own patient in the gallery, which flatters any encoder.",
            remedy="Exclude by patient, or say that the same patient may be found: `--allow-same-patient`.",
        )
    unknown = sum(not patient for patient in data.series.patients)
    if unknown:
        raise UsageError(f"{unknown} of {len(data.series.ids)} series have no patient to exclude.", remedy=remedy)


def build_task(data: EvaluationData, spec: TaskSpec, exclusion: Exclusion) -> RankingTask | SkippedTask:
    """The queries, gallery and relevance of a task, or the reason why there is none."""
    scans, texts = data.vectors.get(spec.channel), data.vectors.get(Channel.REPORT)
    if scans is None:
        return _skipped(spec, f"the collection has no {spec.channel} vectors")
    if spec.task is Task.IMAGE_TO_IMAGE:
        return _checked(spec, _between_series(data, scans, exclusion))
    if texts is None or not data.reports.ids:
        return _skipped(spec, "the collection has no reports")
    if scans.space != texts.space:
        reason = f"{spec.channel} and report vectors live in different spaces ({scans.space}, {texts.space})"
        return _skipped(spec, f"{reason}: this encoder is not aligned")
    across = _from_reports if spec.task is Task.TEXT_TO_IMAGE else _from_series
    return _checked(spec, across(data, scans, texts))


def _from_reports(data: EvaluationData, scans: SpacedVectors, texts: SpacedVectors) -> RankingTask:
    relevant = shared_keys(_report_keys(data), _series_keys(data))
    clusters = _clusters(data.reports.patients, data.reports.studies, data.reports.ids)
    return RankingTask(texts.items, scans.items, relevant, _nobody(len(data.reports.ids)), clusters)


def _from_series(data: EvaluationData, scans: SpacedVectors, texts: SpacedVectors) -> RankingTask:
    relevant = shared_keys(_series_keys(data), _report_keys(data))
    clusters = _clusters(data.series.patients, data.series.studies, data.series.ids)
    return RankingTask(scans.items, texts.items, relevant, _nobody(len(data.series.ids)), clusters)


def _between_series(data: EvaluationData, scans: SpacedVectors, exclusion: Exclusion) -> RankingTask:
    labels = [key("label", *values) for values in data.series.labels]
    left_out = _exclusion_keys(data, exclusion)
    clusters = _clusters(data.series.patients, data.series.studies, data.series.ids)
    return RankingTask(scans.items, scans.items, shared_keys(labels, labels), shared_keys(left_out, left_out), clusters)


def _exclusion_keys(data: EvaluationData, exclusion: Exclusion) -> list[Keys]:
    columns = {Exclusion.PATIENT: data.series.patients, Exclusion.STUDY: data.series.studies}
    itself = [key("series", one) for one in data.series.ids]
    if exclusion is Exclusion.SERIES:
        return itself
    return [one | key(exclusion.value, value) for one, value in zip(itself, columns[exclusion], strict=True)]


def _report_keys(data: EvaluationData) -> list[Keys]:
    pairs = zip(data.reports.studies, data.reports.texts, strict=True)
    return [key("study", study) | key("text", text) for study, text in pairs]


def _series_keys(data: EvaluationData) -> list[Keys]:
    """The study of each series, and the texts of all reports of that study."""
    texts: defaultdict[str, Keys] = defaultdict(frozenset)
    for study, text in zip(data.reports.studies, data.reports.texts, strict=True):
        texts[study] |= key("text", text)
    return [key("study", study) | (texts[study] if study else frozenset()) for study in data.series.studies]


def _nobody(queries: int) -> SharedKeys:
    return SharedKeys([frozenset()] * queries, {})


def _clusters(patients: tuple[str, ...], studies: tuple[str, ...], ids: tuple[str, ...]) -> NDArray[np.int64]:
    """Numbers of the patients; where the patient is unknown the study stands in, then the item itself."""
    names = [patient or study or one for patient, study, one in zip(patients, studies, ids, strict=True)]
    return np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _checked(spec: TaskSpec, ranking_task: RankingTask) -> RankingTask | SkippedTask:
    """Skips a task in which nobody asks or nothing can be found."""
    queries = len(ranking_task.queries)
    if not queries or not len(ranking_task.gallery):
        return _skipped(spec, "there are no queries" if not queries else "there is nothing to rank")
    if not any(np.setdiff1d(ranking_task.relevant.of(q), ranking_task.excluded.of(q)).size for q in range(queries)):
        return _skipped(spec, "no query has a relevant item left in its gallery")
    return ranking_task


def _skipped(spec: TaskSpec, reason: str) -> SkippedTask:
    return SkippedTask(spec.task, spec.channel, reason)
