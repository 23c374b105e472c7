"""What a configuration of stage "distil" says."""

from dataclasses import dataclass, field
from pathlib import Path

from common.errors import UsageError
from training.stage import RunSettings
from training.text_tower import TextChoice


@dataclass(frozen=True, slots=True)
class DistilCorpus:
    """Which texts are learnt from; all are made from the seed, none is read.

    Attributes:
        cards: made-up series, of all regions and sequence classes.
        patients: simulated ones, for their reports.
        general: strings of everyday words, so that a free question is not forgotten.
        queries: kept near the teacher (those that are contrasted are drawn anew at each step).
        held_out: of each kind, so many more to be measured on.
        seed: of all of these.
    """

    cards: int = 6000
    patients: int = 1000
    general: int = 8000
    queries: int = 2000
    held_out: int = 300
    seed: int = 23

    def __post_init__(self) -> None:
        """Checks that there is something of each kind.

        Raises:
            UsageError: there is not.
        """
        if min(self.cards, self.patients, self.general, self.queries, self.held_out) < 1:
            raise UsageError(f"A corpus without one of its kinds came: {self}; expected at least 1 of each.")


@dataclass(frozen=True, slots=True)
class StudentSettings:
    """What is kept of the teacher.

    Attributes:
        layers: which of the teacher's layers the student begins with, from 0.
        pieces: of the vocabulary; special tokens, single characters and what the corpus uses are kept in any case.
        positions: of the table of positions: the longest text in tokens.
        max_tokens: where texts are cut in training.
        start: an exported tower that is gone on with, instead of cutting the teacher; it decides all but `max_tokens`.
    """

    layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    pieces: int = 14000
    positions: int = 256
    max_tokens: int = 96
    start: Path | None = None


@dataclass(frozen=True, slots=True)
class DistilBatchSettings:
    """What a batch is made of.

    Attributes:
        cards: anchors; each brings `captions` lines of its own and `queries`.
        one_region, one_sequence: shares of the cards that are of one region, and of one sequence class.
        studies: whose findings or impression are anchors too; each brings `sentences` and a query.
        kept: texts that are compared with the teacher's vectors.
    """

    cards: int = 24
    captions: int = 1
    queries: int = 2
    one_region: float = 0.35
    one_sequence: float = 0.25
    studies: int = 4
    sentences: int = 2
    kept: int = 64

    def __post_init__(self) -> None:
        """Checks that there is something to contrast and something to keep.

        Raises:
            UsageError: there is not.
        """
        if min(self.cards, self.studies, self.kept) < 2 or self.captions + self.queries < 1:
            raise UsageError(
                f"A batch of {self.cards} cards, {self.studies} studies and {self.kept} kept texts came; "
                "expected at least 2 of each, and a caption or query a card."
            )


@dataclass(frozen=True, slots=True)
class DistilWeights:
    """What each part of the loss weighs.

    Attributes:
        near: of 1 - cosine with the teacher's vectors.
        relations: of the squared differences between the student's and the teacher's similarities.
        cards, reports: of the contrast between cards and queries, and between reports and their sentences.
        temperature: of both contrasts.
    """

    near: float = 15.0
    relations: float = 10.0
    cards: float = 1.0
    reports: float = 0.3
    temperature: float = 0.05


@dataclass(frozen=True, slots=True)
class DistilConfig:
    """All of a run of stage "distil".

    Attributes:
        name: for people.
        teacher: weights that are kept near to; MiniLM unless a folder is named.
        teacher_vectors: where the teacher's vectors are kept, so that no run computes them again.
        tower: name of what is exported; its vector space is named after it and its weights.
        blend: share of the trained weights in what is exported; the rest are those that the run began with.
    """

    name: str
    run: RunSettings
    teacher_vectors: Path
    corpus: DistilCorpus = field(default_factory=DistilCorpus)
    teacher: TextChoice = field(default_factory=TextChoice)
    student: StudentSettings = field(default_factory=StudentSettings)
    batch: DistilBatchSettings = field(default_factory=DistilBatchSettings)
    weights: DistilWeights = field(default_factory=DistilWeights)
    tower: str = "mrseek-text"
    blend: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        """Checks that there is a teacher.

        Raises:
            UsageError: the teacher has random weights, or the blend is no share.
        """
        if self.teacher.fresh is not None:
            raise UsageError("A teacher with random weights came.", remedy="Leave [teacher.fresh] out.")
        if not 0.0 <= self.blend <= 1.0:
            raise UsageError(f"blend = {self.blend} came; expected 0 (nothing was learnt) to 1 (as trained).")
