"""Whether the tables of a user's hold what a task asks of them."""

from common.errors import UsageError
from common.suggest import nearest
from retrieval.brought.table_items import TableItems
from retrieval.evaluation.items import PATIENT, STUDY, Items
from retrieval.evaluation.rules import Rule, RuleKind
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.task_names import Exclusion, Level
from retrieval.evaluation.tasks import TaskSpec


def check_vectors(asking: TableItems, ranked: TableItems) -> None:
    """Refuses two sides that cannot be compared.

    Raises:
        UsageError: a side without vectors, or sides of different dimension.
    """
    if not (asking.has_vectors and ranked.has_vectors):
        side = "--items" if asking.has_vectors else "--queries"
        raise UsageError(
            f"The table of {side} has no vectors, and there is no run.",
            remedy="Give vectors (a Parquet column `vector`, an NPZ array `vectors`), or --run.",
        )
    dimensions = [one.items.vectors.vectors.shape[1] for one in (asking, ranked)]
    if dimensions[0] != dimensions[1]:
        raise UsageError(
            f"The vectors of --queries have {dimensions[0]} dimensions, those of --items {dimensions[1]}.",
            remedy="Both sides must come from one encoder, or from towers that share a space.",
        )


def check_columns(queries: Items, gallery: Items, spec: TaskSpec, settings: Settings) -> None:
    """Refuses tables that lack what the settings name. Whether patients can be excluded is asked later, by all sources.

    Raises:
        UsageError: a column is missing; or no rule has its columns, where the usual ones apply.
    """
    for side, items in (("queries", queries), ("items", gallery)):
        if spec.level is not Level.SERIES:
            _check_column(STUDY if spec.level is Level.STUDY else PATIENT, side, items)
    rules = settings.rules(spec.task)
    if not settings.relevance and not any(_told_by(rule, queries) and _told_by(rule, gallery) for rule in rules):
        raise UsageError(
            f"What is relevant in {spec.task} is decided by {' or '.join(map(str, rules))}, and the tables do not have "
            "these columns on both sides.",
            remedy="Add them, or say what is relevant: `--relevance COLUMN` or `--qrels FILE`.",
        )
    named = [column for rule in settings.relevance for column in rule.columns]
    named += [column for column in settings.exclude if column not in {PATIENT, Exclusion.SERIES.value}]
    for column in (*named, *settings.strata):
        _check_column(column, "queries", queries)
    for column in named:
        _check_column(column, "items", gallery)


def _told_by(rule: Rule, items: Items) -> bool:
    return rule.kind is RuleKind.QRELS or all(column in items.columns for column in rule.columns)


def _check_column(column: str, side: str, items: Items) -> None:
    if column not in items.columns:
        remedy = nearest(column, items.columns) if items.columns else "It has no columns beside its ids."
        raise UsageError(f'The table of {side} has no column "{column}".', remedy=remedy)
