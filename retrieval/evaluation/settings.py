"""All that decides the numbers of an evaluation, beside the data: written into every report, and read back from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import UsageError
from indexer.records import Channel
from retrieval.evaluation.data import Wanted
from retrieval.evaluation.facts import HEADER_SHORTCUT, USUAL_STRATA
from retrieval.evaluation.metrics import Measure, default_measures, parse_measure
from retrieval.evaluation.rules import Rule, RuleKind, parse_rule, usual_rules
from retrieval.evaluation.task_names import DEFAULT_SIMILARITY, SERIES_CHANNELS, Aggregate, Exclusion, Level, Task
from retrieval.evaluation.tasks import Leaving, TaskSpec

DEFAULT_TASKS = (Task.TEXT_TO_IMAGE, Task.IMAGE_TO_TEXT, Task.IMAGE_TO_IMAGE)
"""Text-to-text says nothing of images, and is scored where it is asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked, and how it is counted.

    Attributes:
        tasks: which tasks.
        channels: which vectors of the series; each is scored apart.
        level: what asks and what is ranked.
        aggregate: how an item with several vectors is compared.
        measures: what is measured.
        relevance: what makes an item relevant; empty for what is usual for each task (`rules.py`).
        exclude: columns; who shares a value in one of them with the query leaves its ranking, where likeness is sought.
        allow_same_patient: whether a query may find its own patient; said in so many words, and in the report.
        near_duplicates: how like two reports must be to be one text, above 0; 1 for equal ones only.
        strata: columns by which results are told apart; empty for all usual ones that the data has.
        seed: of the random vectors, the permutations and the samples; intervals need none (`mean_interval.py`).
        draws: resamples of the patients behind each interval of a probe.
        depth: how many hits of each query are kept, for examples, confusion and TREC runs.
        probes: whether sentences are rewritten and asked again: negation and laterality (`retrieval/probes/`).
        block_bytes: memory for one block of scores; changes no number.
    """

    tasks: tuple[Task, ...] = DEFAULT_TASKS
    channels: tuple[Channel, ...] = SERIES_CHANNELS
    level: Level = Level.SERIES
    aggregate: Aggregate = Aggregate.BEST
    measures: tuple[Measure, ...] = default_measures((1, 5, 10))
    relevance: tuple[Rule, ...] = ()
    exclude: tuple[str, ...] = (Exclusion.PATIENT.value,)
    allow_same_patient: bool = False
    near_duplicates: float = DEFAULT_SIMILARITY
    strata: tuple[str, ...] = ()
    seed: int = 0
    draws: int = 1000
    depth: int = 10
    probes: bool = False
    block_bytes: int = 128 << 20

    def __post_init__(self) -> None:
        if not (self.tasks and self.channels and self.measures):
            raise UsageError("An evaluation needs at least one task, channel and measure.")
        if unsupported := [channel.value for channel in self.channels if channel not in SERIES_CHANNELS]:
            raise UsageError(
                f"Series have no {unsupported[0]} vectors; every task with words already compares with the reports.",
                remedy=f"Choose from: {', '.join(SERIES_CHANNELS)}.",
            )
        if not 0 < self.near_duplicates <= 1:
            raise UsageError(
                f"Reports cannot be alike by {self.near_duplicates}; expected a share above 0, at most 1.",
                remedy="Leave it out for 0.9, or write 1 for equal reports only.",
            )

    @property
    def specs(self) -> tuple[TaskSpec, ...]:
        """Every task on every channel; text-to-text, which needs no series, once."""
        asked = [(task, one) for task in self.tasks for one in self.channels]
        texts = [Channel.REPORT if task is Task.TEXT_TO_TEXT else one for task, one in asked]
        specs = (TaskSpec(task, one, self.level, self.aggregate) for (task, _), one in zip(asked, texts, strict=True))
        return tuple(dict.fromkeys(specs))

    @property
    def leaving(self) -> Leaving:
        """Who leaves a ranking."""
        return Leaving(self.exclude, self.allow_same_patient)

    def rules(self, task: Task) -> tuple[Rule, ...]:
        """What is relevant in a task."""
        return self.relevance or usual_rules(task)

    @property
    def wanted(self) -> Wanted:
        """What must be read of a collection."""
        rules = tuple(dict.fromkeys(rule for task in self.tasks for rule in self.rules(task)))
        said = [column for rule in self.relevance for column in rule.columns]
        keys = [column for column in self.exclude if column != Exclusion.SERIES]
        usual = [column for rule in rules for column in rule.columns]
        return Wanted(
            needed=tuple(dict.fromkeys((*said, *keys, *self.strata))),
            wished=tuple(dict.fromkeys((*usual, *HEADER_SHORTCUT, *(self.strata or USUAL_STRATA)))),
            rules=rules,
            near_duplicates=self.near_duplicates,
        )

    def as_configuration(self) -> dict[str, Any]:
        """Plain types, for reports; `read_settings` reads them."""
        return {
            "tasks": [task.value for task in self.tasks],
            "channels": [channel.value for channel in self.channels],
            "level": self.level.value,
            "aggregate": self.aggregate.value,
            "measures": [str(measure) for measure in self.measures],
            "relevance": [str(rule) for rule in self.relevance],
            "exclude": list(self.exclude),
            "allow_same_patient": self.allow_same_patient,
            "near_duplicates": self.near_duplicates,
            "strata": list(self.strata),
            "seed": self.seed,
            "draws": self.draws,
            "depth": self.depth,
            "probes": self.probes,
        }


def read_settings(configuration: Mapping[str, Any]) -> Settings:
    """The settings of a report.

    Raises:
        UsageError: it is not the configuration of an evaluation by this version.
    """
    try:
        return Settings(
            tasks=tuple(map(Task, configuration["tasks"])),
            channels=tuple(map(Channel, configuration["channels"])),
            level=Level(configuration["level"]),
            aggregate=Aggregate(configuration["aggregate"]),
            measures=tuple(map(parse_measure, configuration["measures"])),
            relevance=tuple(map(parse_rule, configuration["relevance"])),
            exclude=tuple(map(str, configuration["exclude"])),
            allow_same_patient=bool(configuration["allow_same_patient"]),
            near_duplicates=float(configuration["near_duplicates"]),
            strata=tuple(map(str, configuration["strata"])),
            seed=int(configuration["seed"]),
            draws=int(configuration["draws"]),
            depth=int(configuration["depth"]),
            probes=bool(configuration["probes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"This is not the configuration of an evaluation ({type(error).__name__}: {error}).",
            remedy="Give the report.json that `mrseek eval --out` wrote, by this version of mrseek.",
        ) from error


def judged_by_qrels(rules: Sequence[Rule]) -> bool:
    """Whether judgments of the user's are needed."""
    return any(rule.kind is RuleKind.QRELS for rule in rules)
