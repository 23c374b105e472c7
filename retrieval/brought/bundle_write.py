"""Freezing the tasks of a collection into a folder that others can score their systems by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from common.atomic import atomic_folder, sha256_of_file, write_json, write_text
from common.errors import UsageError
from indexer.schema import HIDDEN_REPORT_COLUMNS, HIDDEN_SERIES_COLUMNS
from retrieval.brought.bundle_form import (
    EXCLUSIONS,
    GALLERY,
    MANIFEST,
    QRELS,
    QUERIES,
    README,
    BundleManifest,
    FrozenFile,
    FrozenSide,
    FrozenTask,
    as_json,
)
from retrieval.brought.bundle_pairs import write_exclusions, write_qrels
from retrieval.brought.bundle_readme import readme_of
from retrieval.brought.bundle_seal import sealed
from retrieval.brought.bundle_tables import write_items
from retrieval.evaluation.data import EvaluationData, read_evaluation_data
from retrieval.evaluation.environment import environment
from retrieval.evaluation.items import REPORT, Items
from retrieval.evaluation.report_clusters import report_clusters
from retrieval.evaluation.results import ReportClusters, Subject
from retrieval.evaluation.settings import Settings, judged_by_qrels
from retrieval.evaluation.subject import check_patient_keys, subject_of
from retrieval.evaluation.tasks import BuiltTask, SkippedTask, build_task

if TYPE_CHECKING:
    from retrieval.collection import Collection

QRELS_LIMIT = 1_000_000
_UNNAMED = ""

_NEVER = (
    HIDDEN_SERIES_COLUMNS
    | HIDDEN_REPORT_COLUMNS
    | {
        "source",
        "path",
        "card",
        "stack",
        "stacks",
        "series_description",
        "protocol",
        "study_description",
    }
)
"""Columns that may hold texts, paths or dates of an archive."""


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """What goes into a bundle, beside the settings.

    Attributes:
        title: what it is called; the folder's name where empty.
        note: licence, origin, whatever its makers want to say.
        with_vectors: whether the vectors go with it.
        qrels_limit: judgments, and excluded pairs, of a task that are written out at most.
    """

    title: str = ""
    note: str = ""
    with_vectors: bool = False
    qrels_limit: int = QRELS_LIMIT


@dataclass(frozen=True, slots=True, eq=False)
class _Tasks:
    """What is frozen, and what it was made from."""

    built: tuple[BuiltTask, ...]
    skipped: tuple[SkippedTask, ...]
    ranked: EvaluationData
    assumed: int
    subject: Subject
    asked: Subject | None


def write_bundle(
    out: Path,
    collection: "Collection",
    settings: Settings,
    options: BundleOptions,
    *,
    gallery: "Collection | None" = None,
) -> BundleManifest:
    """Writes a bundle, whole or not at all.

    Args:
        out: the folder to make.
        collection: whose queries.
        settings: which tasks, and what is relevant and left out in them.
        options: what goes into it.
        gallery: whose items are ranked; those of `collection` unless told otherwise.

    Raises:
        UsageError: `out` is there already, a column that may not leave, patients that cannot be excluded, no task that
            can be asked.
        StorageError: the folder cannot be written.
    """
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} is there already.", remedy="Name a folder that is not there yet.")
    _check_columns(settings)
    settings = replace(settings, probes=False)
    tasks = _built(collection, settings, gallery, compared=options.with_vectors)
    with atomic_folder(out) as folder:
        frozen = tuple(_freeze(folder, one, options) for one in tasks.built)
        manifest = BundleManifest(
            title=options.title or out.name,
            note=options.note,
            configuration=settings.as_configuration(),
            subject=tasks.subject,
            asked=tasks.asked,
            assumed_patients=tasks.assumed,
            report_clusters=_clusters(tasks.ranked, settings),
            tasks=frozen,
            skipped=tasks.skipped,
            with_vectors=options.with_vectors,
            made_by=environment(),
            files={},
        )
        write_text(folder / README, readme_of(manifest))
        manifest = replace(manifest, files=_files(folder))
        write_json(folder / MANIFEST, sealed(as_json(manifest)))
    return manifest


def _built(collection: "Collection", settings: Settings, gallery: "Collection | None", *, compared: bool) -> _Tasks:
    """The tasks; where no vectors are `compared`, also those that this encoder could not answer and others can."""
    prepared = (lambda data: data) if compared else _of_one_space
    asking = ranked = prepared(read_evaluation_data(collection, settings.wanted))
    if gallery is not None:
        check_patient_keys(collection, gallery, allow_same_patient=settings.allow_same_patient)
        ranked = prepared(read_evaluation_data(gallery, settings.wanted))
    tasks = [build_task(asking, ranked, spec, settings.rules(spec.task), settings.leaving) for spec in settings.specs]
    skipped = tuple(one for one in tasks if isinstance(one, SkippedTask))
    if len(skipped) == len(tasks):
        reasons = "; ".join(f"{one.task} on {one.channel}: {one.reason}" for one in skipped)
        raise UsageError(f"There is no task to freeze ({reasons}).", remedy="Choose tasks with --task and --channel.")
    return _Tasks(
        built=tuple(one for one in tasks if isinstance(one, BuiltTask)),
        skipped=skipped,
        ranked=ranked,
        assumed=asking.assumed_patients + (ranked.assumed_patients if ranked is not asking else 0),
        subject=subject_of(collection if gallery is None else gallery),
        asked=None if gallery is None else subject_of(collection),
    )


def _of_one_space(data: EvaluationData) -> EvaluationData:
    scans = {channel: replace(items, space=_UNNAMED) for channel, items in data.scans.items()}
    return replace(data, scans=scans, texts=replace(data.texts, space=_UNNAMED) if data.texts is not None else None)


def _check_columns(settings: Settings) -> None:
    if judged_by_qrels(settings.relevance):
        raise UsageError(
            "A bundle's relevance is by columns of the collection; judgments come with a run, not from a collection.",
            remedy="Leave `--relevance qrels` out.",
        )
    named = [*settings.exclude, *settings.strata, *(name for rule in settings.relevance for name in rule.columns)]
    if never := [name for name in named if name in _NEVER]:
        raise UsageError(
            f'The column "{never[0]}" may hold text, a path or a date of the archive, and never goes into a bundle.',
            remedy="Choose another column.",
        )


def _freeze(folder: Path, built: BuiltTask, options: BundleOptions) -> FrozenTask:
    spec, same = built.spec, built.queries is built.gallery
    place = f"tasks/{spec.task}-{spec.channel}"
    (folder / place).mkdir(parents=True)
    gallery = _side(folder, f"{place}/{GALLERY}", built.gallery, options)
    queries = gallery if same else _side(folder, f"{place}/{QUERIES}", built.queries, options)
    qrels, scale = write_qrels(folder / place / QRELS, built, options.qrels_limit)
    return FrozenTask(
        task=spec.task.value,
        channel=spec.channel.value,
        level=spec.level.value,
        aggregate=spec.aggregate.value,
        relevance=tuple(map(str, built.rules)),
        exclusion=built.leaving,
        queries=queries,
        gallery=gallery,
        qrels=qrels,
        gain_scale=scale,
        exclusions=write_exclusions(folder / place / EXCLUSIONS, built, options.qrels_limit) if built.leaving else 0,
    )


def _side(folder: Path, file: str, items: Items, options: BundleOptions) -> FrozenSide:
    write_items(folder / file, items, with_vectors=options.with_vectors)
    dimension = items.vectors.vectors.shape[1] if options.with_vectors else 0
    return FrozenSide(file, items.noun, len(items), items.space, dimension)


def _clusters(data: EvaluationData, settings: Settings) -> ReportClusters | None:
    texts = data.texts
    return report_clusters(texts, settings.near_duplicates) if texts is not None and REPORT in texts.columns else None


def _files(folder: Path) -> dict[str, FrozenFile]:
    files: Sequence[Path] = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): FrozenFile(sha256_of_file(path), path.stat().st_size) for path in files
    }
