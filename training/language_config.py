"""What a configuration of stage 1b says."""

from dataclasses import dataclass, field
from pathlib import Path

from common.errors import UsageError
from training.stage import RunSettings
from training.text_tower import ALL_LAYERS, TextChoice


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    """Which reports are read.

    Attributes:
        phantom_patients: so many simulated patients' reports.
        phantom_seed: of these patients.
        reports: a table or folder of reports, as `mrseek index --reports` takes it.
        pools: prepared pools, whose sections are read.
        held_out: share of the reports that perplexity is measured on.
        validation_texts: at most so many of these.
    """

    phantom_patients: int = 0
    phantom_seed: int = 11
    reports: tuple[Path, ...] = ()
    pools: tuple[Path, ...] = ()
    held_out: float = 0.05
    validation_texts: int = 512

    def __post_init__(self) -> None:
        """Checks that there is something to read.

        Raises:
            UsageError: there is not.
        """
        if not (self.phantom_patients or self.reports or self.pools):
            raise UsageError(
                "A corpus of nothing came.", remedy="Set corpus.phantom_patients, corpus.reports or corpus.pools."
            )


@dataclass(frozen=True, slots=True)
class MaskSettings:
    """How texts are masked.

    Attributes:
        share: of the tokens, in whole words.
        hidden, swapped: of these, the share that becomes [MASK] and that becomes some other token; the rest stays.
    """

    share: float = 0.15
    hidden: float = 0.8
    swapped: float = 0.1


@dataclass(frozen=True, slots=True)
class LanguageConfig:
    """All of a run of stage 1b.

    Attributes:
        name: for people.
        texts: in a batch.
    """

    name: str
    run: RunSettings
    corpus: CorpusSettings
    text: TextChoice = field(default_factory=lambda: TextChoice(tuned_layers=ALL_LAYERS))
    seed: int = 0
    texts: int = 64
    mask: MaskSettings = field(default_factory=MaskSettings)

    def __post_init__(self) -> None:
        """Checks that something learns.

        Raises:
            UsageError: nothing does.
        """
        if not self.text.tuned_layers:
            raise UsageError("text.tuned_layers is 0; a language run trains the tower.", remedy="Set it to -1.")
