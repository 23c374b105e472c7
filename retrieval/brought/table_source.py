"""Tables, runs and judgments of the user's as one task, scored by the code that scores collections.

| given | who asks | who is ranked | scores |
|---|---|---|---|
| --queries | its items | the same items | its vectors, or --run |
| --queries --items | the items of the first | those of the second | their vectors, or --run |
| --run --qrels | all that the two name | all that the two name | the run |

Whatever is given, patients are excluded, queries without an answer count, and chance, baselines and intervals stand
beside each number.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from common.errors import UsageError
from indexer.records import Channel
from retrieval.brought.read_table import read_table
from retrieval.brought.source import brought_subject, content_of
from retrieval.brought.table_checks import check_columns, check_vectors
from retrieval.brought.table_items import SPACE, TableItems, table_items, without_vector
from retrieval.brought.trec import TrecLines, judgments, read_qrels, read_run, run_scores
from retrieval.evaluation.environment import environment
from retrieval.evaluation.evaluate import Progress, score_built
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.items import Items, aggregated, at_level
from retrieval.evaluation.results import Evaluation, Subject
from retrieval.evaluation.rules import JUDGED
from retrieval.evaluation.settings import DEFAULT_TASKS, Settings, judged_by_qrels
from retrieval.evaluation.task_names import SERIES_CHANNELS, Level, Task
from retrieval.evaluation.tasks import BuiltTask, SkippedTask, TaskSpec, join_sides

OF_A_RUN = "The scores are those of a run; beside hits stand places from the bottom, since the order alone counts."
POOLED = (
    "No table says what could have been returned: the pool is what was judged or returned, which flatters any system."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Who asks and who is ranked, one object where they are the same; and what was done at the door."""

    queries: Items
    gallery: Items
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSource:
    """Files of the user's.

    Attributes:
        queries: table of those who ask.
        items: table of those who are ranked; those who ask, where left out.
        run: what a system returned; the vectors of the tables score where left out.
        qrels: what is relevant; the rules say so where left out.
    """

    queries: Path | None = None
    items: Path | None = None
    run: Path | None = None
    qrels: Path | None = None

    def __post_init__(self) -> None:
        if self.items is not None and self.queries is None:
            raise UsageError("--items names who is ranked, and nobody asks.", remedy="Give --queries too.")
        if self.queries is None and (self.run is None or self.qrels is None):
            raise UsageError(
                "A run needs judgments, and judgments a run, where no table says who asks.",
                remedy="Give --run and --qrels together, or --queries.",
            )

    @property
    def contents(self) -> tuple[str, str]:
        """Of the files by role."""
        return content_of(self._files), ""

    @property
    def fingerprint(self) -> str:
        """Nobody says."""
        return ""

    @property
    def _files(self) -> dict[str, Path]:
        named = {"queries": self.queries, "items": self.items, "run": self.run, "qrels": self.qrels}
        return {role: file for role, file in named.items() if file is not None}

    @property
    def _is_one_table(self) -> bool:
        """Whether those who ask are those who are ranked, as far as files can tell."""
        if self.queries is None or self.items is None:
            return self.queries is not None
        return self.items.resolve() == self.queries.resolve()

    def evaluate(self, settings: Settings, progress: Progress | None = None) -> Evaluation:
        """The one task that the files are of; image-to-image where one table is both sides and nobody says otherwise.

        Raises:
            NotFoundError: a file is not there.
            UsageError: a file that does not hold what it should, a column that is missing, patients that cannot be
                excluded.
            IntegrityError: random vectors do not score at chance.
        """
        settings = self._resolved(settings)
        (spec,) = settings.specs
        run = read_run(self.run) if self.run is not None else None
        qrels = read_qrels(self.qrels) if self.qrels is not None else None
        sides = self._sides(spec, settings, run, qrels)
        built = self._built(spec, settings, sides, run, qrels)
        notes = (*sides.notes, OF_A_RUN) if run is not None else sides.notes
        scored = [score_built(built, settings, progress=progress)] if isinstance(built, BuiltTask) else []
        return Evaluation(
            subject=self._subject(sides, spec),
            tasks=tuple(replace(one, notes=(*one.notes, *notes)) for one in scored),
            skipped=() if isinstance(built, BuiltTask) else (built,),
            configuration=settings.as_configuration(),
            environment=environment(),
        )

    def _resolved(self, settings: Settings) -> Settings:
        """The settings of one task; judgments decide what is relevant where there are any and no rule is given."""
        if settings.channels == SERIES_CHANNELS:
            settings = replace(settings, channels=(Channel.IMAGE,))
        if settings.tasks == DEFAULT_TASKS and self._is_one_table:
            settings = replace(settings, tasks=(Task.IMAGE_TO_IMAGE,))
        if len(settings.specs) > 1:
            raise UsageError(
                "Tables and runs are of one task on one channel, and nobody says which.",
                remedy=f"Give --task once ({', '.join(Task)}), and --channel at most once.",
            )
        if self.queries is None and settings.level is not Level.SERIES:
            raise UsageError(
                f"Nothing says which items are of one {settings.level}: a run and qrels name items alone.",
                remedy="Give --queries and --items with a column for it, or leave --level out.",
            )
        if settings.probes:
            raise UsageError("Probes rewrite the reports of a collection; tables and runs have none to rewrite.")
        if self.qrels is not None and settings.relevance and not judged_by_qrels(settings.relevance):
            raise UsageError(
                "Judgments are given, and the rules of relevance do not use them.",
                remedy="Add `--relevance qrels`, or leave --relevance or --qrels out.",
            )
        judged = self.qrels is not None and not settings.relevance
        return replace(settings, relevance=JUDGED) if judged else settings

    def _sides(self, spec: TaskSpec, settings: Settings, run: TrecLines | None, qrels: TrecLines | None) -> _Sides:
        if self.queries is None:
            return _named_by([lines for lines in (run, qrels) if lines is not None], spec)
        asking = _read(self.queries, spec, settings, is_text=spec.task.asked_by_text)
        ranked = asking
        if self.items is not None and not (spec.task.within_modality and self._is_one_table):
            ranked = _read(self.items, spec, settings, is_text=spec.task.answered_by_text)
        elif not spec.task.within_modality:
            raise UsageError(
                f"In {spec.task} those who ask are not those who are ranked.",
                remedy="Give --items too, or score --task image-to-image.",
            )
        if run is None:
            check_vectors(asking, ranked)
        check_columns(asking.items, ranked.items, spec, settings)
        queries, notes = _on_level(asking.items, spec), _said(asking, self.queries, run)
        if ranked is asking or self.items is None:
            return _Sides(queries, queries, notes)
        return _Sides(queries, _on_level(ranked.items, spec), (*notes, *_said(ranked, self.items, run)))

    def _built(
        self, spec: TaskSpec, settings: Settings, sides: _Sides, run: TrecLines | None, qrels: TrecLines | None
    ) -> BuiltTask | SkippedTask:
        queries, gallery = sides.queries.ids, sides.gallery.ids
        names = "the tables" if self.queries is not None else "the run and the qrels"
        return join_sides(
            spec,
            sides.queries,
            sides.gallery,
            settings.rules(spec.task),
            settings.leaving,
            scores=run_scores(run, queries, gallery, names) if run is not None else None,
            qrels=judgments(qrels, queries, gallery, names) if qrels is not None else None,
        )

    def _subject(self, sides: _Sides, spec: TaskSpec) -> Subject:
        counts = {spec.task.asked_by_text: len(sides.queries), spec.task.answered_by_text: len(sides.gallery)}
        name = ", ".join(file.name for file in self._files.values())
        return brought_subject(name, self.contents[0], series=counts.get(False, 0), reports=counts.get(True, 0))


def _read(file: Path, spec: TaskSpec, settings: Settings, *, is_text: bool) -> TableItems:
    return table_items(read_table(file), "report" if is_text else "series", settings.rules(spec.task))


def _said(table: TableItems, file: Path, run: TrecLines | None) -> tuple[str, ...]:
    """What must be said of a table's vectors, where they are what scores."""
    return (*table.notes, *without_vector(table.items, file.name)) if run is None else ()


def _on_level(items: Items, spec: TaskSpec) -> Items:
    return aggregated(at_level(items, spec.level), spec.aggregate)


def _named_by(files: list[TrecLines], spec: TaskSpec) -> _Sides:
    """All that a run and qrels name, without vectors, and with nothing known of them."""
    asking = sorted({one for file in files for one in file.queries})
    ranked = sorted({one for file in files for one in file.items})
    queries = _bare(asking, "report" if spec.task.asked_by_text else "series")
    gallery = _bare(ranked, "report" if spec.task.answered_by_text else "series")
    return _Sides(queries, gallery, (POOLED,))


def _bare(ids: list[str], noun: str) -> Items:
    nothing = ItemVectors(np.empty((0, 1), np.float32), np.zeros(len(ids) + 1, np.int64))
    return Items(noun, tuple(ids), {}, nothing, SPACE)
