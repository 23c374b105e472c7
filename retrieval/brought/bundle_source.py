"""The tasks of a bundle, scored by the vectors in it, by a run, or by the vectors of another model for its items."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from common.errors import IntegrityError, UsageError
from retrieval.brought.bundle_form import MANIFEST, FrozenTask
from retrieval.brought.bundle_read import Bundle
from retrieval.brought.bundle_vectors import with_vectors_of
from retrieval.brought.read_table import read_table
from retrieval.brought.source import content_of
from retrieval.brought.table_checks import check_vectors
from retrieval.brought.table_items import table_items
from retrieval.brought.table_source import OF_A_RUN
from retrieval.brought.trec import read_run, run_scores
from retrieval.evaluation.environment import environment
from retrieval.evaluation.evaluate import Progress, score_built
from retrieval.evaluation.items import Items
from retrieval.evaluation.results import Evaluation, TaskResult
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.tasks import SkippedTask, join_sides

_FREE = {"tasks", "channels", "measures", "strata", "seed", "draws", "depth", "block_bytes"}
"""Settings that change what is shown of a task, not what the task is."""


@dataclass(frozen=True, slots=True, eq=False)
class BundleSource:
    """A bundle, and perhaps what another system makes of it.

    Attributes:
        bundle: opened and checked.
        run: what a system returned.
        queries: a table with a system's vectors of those who ask.
        items: likewise of those who are ranked; left out where they are the same.
    """

    bundle: Bundle
    run: Path | None = None
    queries: Path | None = None
    items: Path | None = None

    def __post_init__(self) -> None:
        brought = self.run is not None or self.queries is not None
        if self.run is not None and (self.queries is not None or self.items is not None):
            raise UsageError("A bundle is scored by a run or by vectors, not by both.", remedy="Leave one of them out.")
        if self.items is not None and self.queries is None:
            raise UsageError("--items brings vectors of those who are ranked; those who ask have none.")
        if not brought and not self.bundle.manifest.with_vectors:
            raise UsageError(
                "The bundle holds no vectors.",
                remedy="Give what your system returned (--run FILE), or its vectors (--queries FILE --items FILE).",
            )

    @property
    def contents(self) -> tuple[str, str]:
        """Of the manifest, which holds the hash of every file, and of what is brought; and of the first askers."""
        named = {"bundle": self.bundle.folder / MANIFEST, "run": self.run, "queries": self.queries, "items": self.items}
        asked = self.bundle.manifest.asked
        files = {role: file for role, file in named.items() if file is not None}
        return content_of(files), asked.content if asked is not None else ""

    @property
    def fingerprint(self) -> str:
        """Of the encoder whose vectors are in the bundle; "" where others are brought."""
        return self.bundle.manifest.subject.fingerprint if self._own else ""

    @property
    def _own(self) -> bool:
        return self.run is None and self.queries is None

    def evaluate(self, settings: Settings, progress: Progress | None = None) -> Evaluation:
        """The tasks that are asked for, by the bundle's own settings; measures, strata and seed may be others.

        Raises:
            NotFoundError: a file is not there.
            UsageError: settings that are not the bundle's; no such task; a run or vectors that do not fit.
            IntegrityError: random vectors do not score at chance.
        """
        settings = frozen_settings(self.bundle.settings, settings)
        tasks = self._asked_for(settings)
        manifest = self.bundle.manifest
        specs = {(one.task, one.channel) for one in settings.specs}
        subject = replace(manifest.subject, content=self.contents[0], name=manifest.title, snapshot=None)
        if not self._own:
            subject = replace(subject, encoder="", fingerprint="", code_version="")
        return Evaluation(
            subject=subject,
            tasks=tuple(self._scored(task, settings, progress) for task in tasks),
            skipped=tuple(one for one in manifest.skipped if self._own and (one.task, one.channel) in specs),
            configuration=settings.as_configuration(),
            asked=manifest.asked,
            reports=manifest.report_clusters,
            environment=environment(),
        )

    def _asked_for(self, settings: Settings) -> Sequence[FrozenTask]:
        tasks = [task for task in self.bundle.manifest.tasks if task.spec in settings.specs]
        held = ", ".join(f"{task.task} on {task.channel}" for task in self.bundle.manifest.tasks)
        if not tasks:
            raise UsageError("The bundle does not hold that task.", remedy=f"It holds: {held}.")
        if len(tasks) > 1 and not self._own:
            raise UsageError(
                "A run, or the vectors of another model, are of one task; the bundle holds several.",
                remedy=f"Say which with --task and --channel: {held}.",
            )
        return tasks

    def _scored(self, task: FrozenTask, settings: Settings, progress: Progress | None) -> TaskResult:
        notes: tuple[str, ...] = ()
        if self.queries is not None:
            queries, gallery, notes = self._revectored(self.queries, task)
        else:
            queries, gallery = self.bundle.sides(task)
        scores = None
        if self.run is not None:
            scores, notes = run_scores(read_run(self.run), queries.ids, gallery.ids, "the bundle"), (OF_A_RUN,)
        spec = task.spec
        built = join_sides(spec, queries, gallery, settings.rules(spec.task), settings.leaving, scores=scores)
        if isinstance(built, SkippedTask):
            raise IntegrityError(f"The bundle's task cannot be asked: {built.reason}.", remedy="Make the bundle again.")
        result = score_built(built, settings, assumed=self.bundle.manifest.assumed_patients, progress=progress)
        return replace(result, notes=(*result.notes, *notes))

    def _revectored(self, file: Path, task: FrozenTask) -> tuple[Items, Items, tuple[str, ...]]:
        """The bundle's two sides with a system's own vectors, and what must be said of these."""
        queries, gallery = self.bundle.sides(task)
        asking = table_items(read_table(file), queries.noun)
        if self.items is None and queries is not gallery:
            raise UsageError("In this task others are ranked than ask, and their vectors are not given: --items FILE.")
        ranked = asking if self.items is None else table_items(read_table(self.items), gallery.noun)
        check_vectors(asking, ranked)
        aggregate = task.spec.aggregate
        new, notes = with_vectors_of(queries, asking, file.name, aggregate)
        if self.items is None:
            return new, new, notes
        answering, more = with_vectors_of(gallery, ranked, self.items.name, aggregate)
        return new, answering, (*notes, *more)


def frozen_settings(frozen: Settings, asked: Settings) -> Settings:
    """The bundle's settings, with what may be chosen anew; what is left at its default is the bundle's.

    Raises:
        UsageError: something else is asked for than the bundle has.
    """
    usual = Settings()
    names = [one.name for one in fields(Settings)]
    left = {name: (getattr(usual, name), getattr(frozen, name)) for name in names}
    changed = {name: getattr(asked, name) for name in names if getattr(asked, name) not in left[name]}
    if fixed := [name for name in changed if name not in _FREE]:
        raise UsageError(
            f"The bundle's {fixed[0].replace('_', ' ')} is fixed: {frozen.as_configuration()[fixed[0]]}.",
            remedy="Leave that option out.",
        )
    return replace(frozen, **changed)
