"""Rules of relevance as values: `study`, `region+sequence`, `overlap:finding` parse, print back the same, and judge.

| rule | relevant is |
|---|---|
| study, patient, report, or any column | who has the same value there; `report` means an equal or nearly equal text |
| region+sequence | who agrees in all of these columns |
| match:region+sequence+plane | who has all of these that the query names |
| overlap:region+finding | who shares a label; worth |shared| / |either| |
| qrels | what a file of judgments says |

Several rules of a task add up: relevant is who any of them says is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.errors import UsageError
from common.suggest import nearest
from retrieval.evaluation.items import Items, Values, joined
from retrieval.evaluation.relevance import AnyOf, Keys, Matching, Relevance, SharedLabels, shared_keys, shared_labels
from retrieval.evaluation.task_names import Task


class RuleKind(StrEnum):
    """How two items are compared."""

    SAME = "same"
    OVERLAP = "overlap"
    MATCH = "match"
    QRELS = "qrels"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `str` prints what `parse_rule` reads."""

    kind: RuleKind
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = "+".join(self.columns)
        match self.kind:
            case RuleKind.SAME:
                return names
            case RuleKind.OVERLAP | RuleKind.MATCH:
                return f"{self.kind}:{names}"
            case RuleKind.QRELS:
                return "qrels"


_PREFIXES = (RuleKind.OVERLAP.value, RuleKind.MATCH.value)

SAME_STUDY = (Rule(RuleKind.SAME, ("study",)), Rule(RuleKind.SAME, ("report",)))
ALIKE = (Rule(RuleKind.SAME, ("region", "sequence")),)
ABOUT_THE_SAME = (Rule(RuleKind.OVERLAP, ("region", "sequence")),)
JUDGED = (Rule(RuleKind.QRELS),)


def parse_rule(text: str) -> Rule:
    """The rule that `text` names; a comma is read as a plus.

    >>> str(parse_rule("region,sequence")), str(parse_rule("overlap:finding"))
    ('region+sequence', 'overlap:finding')

    Raises:
        UsageError: it names no column.
    """
    kind, found, rest = text.rpartition(":")
    names = tuple(name.strip() for name in rest.replace(",", "+").split("+"))
    if rest == "qrels" and not found:
        return Rule(RuleKind.QRELS)
    if found and kind.strip() not in _PREFIXES:
        raise UsageError(f'"{text}" is no rule of relevance: "{kind}" is not known.', remedy=nearest(kind, _PREFIXES))
    if not all(names):
        raise UsageError(
            f'"{text}" is no rule of relevance: it names no column.',
            remedy='Write "study", "region+sequence" or "overlap:finding", for example.',
        )
    return Rule(RuleKind(kind.strip()) if found else RuleKind.SAME, names)


def usual_rules(task: Task) -> tuple[Rule, ...]:
    """What is relevant unless the user says otherwise."""
    match task:
        case Task.TEXT_TO_IMAGE | Task.IMAGE_TO_TEXT:
            return SAME_STUDY
        case Task.IMAGE_TO_IMAGE:
            return ALIKE
        case Task.TEXT_TO_TEXT:
            return ABOUT_THE_SAME


def with_joined(
    columns: Mapping[str, Sequence[Values]], rules: Sequence[Rule], items: int
) -> dict[str, Sequence[Values]]:
    """The columns, and those that the rules read as one. Series by series, before series become studies: a study with
    a brain T1 and a knee T2 has no brain T2.
    """
    made = dict(columns)
    for rule in rules:
        if rule.kind is RuleKind.SAME and len(rule.columns) > 1:
            made[str(rule)] = joined([columns.get(name, [()] * items) for name in rule.columns])
    return made


def relevance_of(rules: Sequence[Rule], queries: Items, gallery: Items, qrels: Relevance | None = None) -> Relevance:
    """What is relevant by any of the rules.

    Raises:
        UsageError: a rule asks for judgments, and there are none.
    """
    judges = [_judge(rule, queries, gallery, qrels) for rule in rules]
    return judges[0] if len(judges) == 1 else AnyOf(judges)


def label_overlap(rules: Sequence[Rule], queries: Items, gallery: Items) -> SharedLabels | None:
    """The labels that the rules look at, to be compared by how many are shared; None where they look at none."""
    columns = tuple(dict.fromkeys(one for rule in rules if rule.kind is not RuleKind.QRELS for one in rule.columns))
    labels = Rule(RuleKind.OVERLAP, columns)
    return shared_labels(_labels(labels, queries), _labels(labels, gallery)) if columns else None


def _judge(rule: Rule, queries: Items, gallery: Items, qrels: Relevance | None) -> Relevance:
    match rule.kind:
        case RuleKind.SAME:
            return shared_keys(_values(queries, str(rule)), _values(gallery, str(rule)))
        case RuleKind.OVERLAP:
            return shared_labels(_labels(rule, queries), _labels(rule, gallery))
        case RuleKind.MATCH:
            return Matching([shared_keys(_values(queries, name), _values(gallery, name)) for name in rule.columns])
        case RuleKind.QRELS:
            if qrels is None:
                raise UsageError("Relevance by qrels needs a file of judgments.", remedy="Give it: `--qrels FILE`.")
            return qrels


def _values(items: Items, column: str) -> list[Keys]:
    return [frozenset(values) for values in items.of(column)]


def _labels(rule: Rule, items: Items) -> list[Keys]:
    columns: list[Sequence[Values]] = [items.of(column) for column in rule.columns]
    return [
        frozenset(f"{name}\x1f{value}" for name, values in zip(rule.columns, each, strict=True) for value in values)
        for each in zip(*columns, strict=True)
    ]
