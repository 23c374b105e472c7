"""What a configuration of stage 1a says.

The defaults are those of 3DINO (Xu et al. 2025, the nearest public recipe for MRI) and of DINOv2 (Oquab et al. 2024),
as `shared/field.md` has them, but for prototypes and crops, which are sized for a laptop.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from common.errors import UsageError
from encoders.image_module import TrainingSwitches
from encoders.vit3d import ViTSettings
from training.augment import AugmentSettings
from training.image_start import ImageChoice
from training.stage import RunSettings


class Centring(StrEnum):
    """How the teacher is kept from saying the same of everything."""

    SINKHORN_KNOPP = "sinkhorn-knopp"
    MOVING_CENTRE = "moving-centre"


@dataclass(frozen=True, slots=True)
class CropSettings:
    """Which parts of a volume are seen.

    Attributes:
        global_share: smallest and largest share of the grid's volume in each of the two global crops, which are
            resized to the tower's own grid.
        local: how many local crops.
        local_share: the same of these.
        local_shape: voxels of a local crop, whole patches.
        aspect: sides differ by up to this factor.
    """

    global_share: tuple[float, float] = (0.32, 1.0)
    local: int = 8
    local_share: tuple[float, float] = (0.05, 0.32)
    local_shape: tuple[int, int, int] = (48, 48, 48)
    aspect: float = 1.33


@dataclass(frozen=True, slots=True)
class PrototypeSettings:
    """The heads that turn vectors into scores for prototypes; one for volumes, one for patches.

    Attributes:
        prototypes: how many.
        hidden, bottleneck: widths of the layers before them.
    """

    prototypes: int = 4096
    hidden: int = 1024
    bottleneck: int = 256


@dataclass(frozen=True, slots=True)
class LossSettings:
    """What is minimised.

    Attributes:
        dino, ibot, koleo: weights of the three terms.
        mask_probability: of a global crop to be shown with patches hidden.
        mask_share: smallest and largest share of its patches that are.
        student_temperature: of the student's scores.
        teacher_temperature: at the start and after the warm-up.
        temperature_warmup: steps of it.
        momentum: of the teacher at the start; it ends at 1.
        centring: of the teacher's scores.
    """

    dino: float = 1.0
    ibot: float = 1.0
    koleo: float = 0.1
    mask_probability: float = 0.5
    mask_share: tuple[float, float] = (0.2, 0.75)
    student_temperature: float = 0.1
    teacher_temperature: tuple[float, float] = (0.04, 0.07)
    temperature_warmup: int = 1000
    momentum: float = 0.992
    centring: Centring = Centring.SINKHORN_KNOPP


@dataclass(frozen=True, slots=True)
class SelfSupervisedData:
    """Which pools are learnt from, and on what is validated.

    Attributes:
        train: folders of pools.
        held_out: share of the patients whose nearest neighbours are looked at.
        validation_series: at most so many of theirs.
    """

    train: tuple[Path, ...]
    held_out: float = 0.1
    validation_series: int = 512


@dataclass(frozen=True, slots=True)
class SelfSupervisedConfig:
    """All of a run of stage 1a.

    Attributes:
        name: for people.
        volumes: in a batch.
    """

    name: str
    run: RunSettings
    data: SelfSupervisedData
    image: ImageChoice
    seed: int = 0
    volumes: int = 32
    crops: CropSettings = field(default_factory=CropSettings)
    heads: PrototypeSettings = field(default_factory=PrototypeSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    augment: AugmentSettings = field(default_factory=lambda: AugmentSettings(gamma=0.2, flip_y=0.5, flip_z=0.5))
    switches: TrainingSwitches = field(default_factory=TrainingSwitches)

    def __post_init__(self) -> None:
        """Checks that the parts fit.

        Raises:
            UsageError: a tower without patches, crops that patches do not fill, or a second moving average.
        """
        tower = self.image.settings
        if not isinstance(tower, ViTSettings):
            raise UsageError(
                "Self-supervision hides patches; a tower without patches came.", remedy='Set image.kind = "vit".'
            )
        if any(size % block for size, block in zip(self.crops.local_shape, tower.patch, strict=True)):
            raise UsageError(
                f"Local crops of {self.crops.local_shape} came for patches of {tower.patch}; expected whole patches."
            )
        if self.crops.local < 1 or self.volumes < 2:
            raise UsageError("Expected at least one local crop, and two volumes in a batch.")
        if self.run.average:
            raise UsageError(
                "run.average came; the teacher is the moving average here.", remedy="Leave run.average out."
            )
        if self.switches.keep_patches < 1:
            raise UsageError("switches.keep_patches came; this stage hides patches itself.", remedy="Leave it out.")
