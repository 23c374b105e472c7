"""What a configuration of stage 2 says."""

from dataclasses import dataclass, field
from pathlib import Path

from common.errors import UsageError
from encoders.image_module import TrainingSwitches
from encoders.plane_net import PlaneSettings
from training.augment import AugmentSettings
from training.contrastive_batch import BatchSettings
from training.image_start import ImageChoice
from training.stage import RunSettings
from training.text_tower import ALL_LAYERS, TextChoice


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Which pools are trained on, and on what is validated.

    Attributes:
        train: folders of pools.
        shares: how much of a batch comes from each of them, about; none: as many as they hold.
        validation: folders of pools of other patients; none: a share of the training patients is held out.
        held_out: that share.
        validation_series: at most so many are validated on.
    """

    train: tuple[Path, ...]
    shares: tuple[float, ...] = ()
    validation: tuple[Path, ...] = ()
    held_out: float = 0.1
    validation_series: int = 512


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """Weights of the auxiliary heads; 0 for none.

    Attributes:
        region, sequence: named from the tower's vector.
        tissues, brightness: told by a tower over planes, on pools of simulated planes (`dense_heads.py`).
    """

    region: float = 0.0
    sequence: float = 0.0
    tissues: float = 0.0
    brightness: float = 0.0

    @property
    def dense(self) -> bool:
        """Whether what a simulator knows is learnt."""
        return self.tissues > 0 or self.brightness > 0


@dataclass(frozen=True, slots=True)
class RateSettings:
    """Learning rates of the towers, times the run's; projections, heads and temperature learn at the run's own."""

    image: float = 1.0
    text: float = 0.1


@dataclass(frozen=True, slots=True)
class ContrastiveConfig:
    """All of a run of stage 2.

    Attributes:
        name: of the model, for people.
        dimension: of the shared space.
        start: a checkpoint's folder to go on from, both towers and projections; None for a new beginning. With
            text.weights beside it another text tower takes the place of the checkpoint's, such as one cut from it.
    """

    name: str
    run: RunSettings
    data: DataSettings
    image: ImageChoice
    text: TextChoice = field(default_factory=TextChoice)
    seed: int = 0
    dimension: int = 384
    start: Path | None = None
    batch: BatchSettings = field(default_factory=BatchSettings)
    rates: RateSettings = field(default_factory=RateSettings)
    heads: HeadSettings = field(default_factory=HeadSettings)
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    switches: TrainingSwitches = field(default_factory=TrainingSwitches)

    def __post_init__(self) -> None:
        """Checks that the parts fit.

        Raises:
            UsageError: shares of other pools than there are, heads that the tower cannot have, a text tower of random
                weights that is not to learn, or two places to begin from.
        """
        if self.data.shares and (len(self.data.shares) != len(self.data.train) or min(self.data.shares) <= 0):
            raise UsageError(
                f"data.shares {self.data.shares} came for {len(self.data.train)} pools; expected one above 0 for each."
            )
        if self.heads.dense and not isinstance(self.image.settings, PlaneSettings):
            raise UsageError(
                "heads.tissues or heads.brightness came with a tower that does not look at planes.",
                remedy='Leave them out, or set image.kind = "planes".',
            )
        if self.start is not None and (self.image.weights or self.text.fresh):
            raise UsageError(
                "start came beside image.weights or text.fresh; expected one place to begin from.",
                remedy="Leave start out, or the others.",
            )
        if self.text.fresh is not None and self.text.tuned_layers != ALL_LAYERS:
            raise UsageError(
                "text.fresh came with a text tower that does not learn.", remedy="Set text.tuned_layers = -1."
            )
