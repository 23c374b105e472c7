"""The models that a benchmark compares: checkpoints, each with a twin of random weights, and image statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import UsageError
from encoders.contract import ImageTower, TextTower, TowerSpec

if TYPE_CHECKING:
    from torch import nn

RANDOM, BASELINE = "random", "baseline"


@dataclass(frozen=True, slots=True, eq=False)
class ComparedModel:
    """One row of the comparison.

    Attributes:
        name: for the table.
        text: the tower that speaks its space; None where words cannot be compared with its vectors.
        checkpoint: the folder that it is, None for what stands beside one.
    """

    name: str
    image: ImageTower
    text: TextTower | None
    checkpoint: Path | None = None


def open_models(references: Sequence[str], *, seed: int = 0) -> tuple[ComparedModel, ...]:
    """What `references` name: checkpoint folders, "random" (a twin of the first checkpoint) or "baseline".

    Raises:
        UsageError: "random" came without a checkpoint, or one was named twice.
    """
    if len(set(references)) < len(references):
        raise UsageError(f"A model was named twice: {' '.join(references)}.", remedy="Name each once.")
    checkpoints = [Path(one) for one in references if one not in {RANDOM, BASELINE}]
    if not checkpoints and RANDOM in references:
        raise UsageError('"random" came without a checkpoint, whose tower it would have.', remedy="Name one first.")
    folders = [one.name for one in checkpoints]
    return tuple(
        _random_twin(checkpoints[0], seed)
        if one == RANDOM
        else _baseline()
        if one == BASELINE
        else _checkpoint(one, apart=folders.count(Path(one).name) > 1)
        for one in references
    )


def _checkpoint(reference: str, *, apart: bool) -> ComparedModel:
    from encoders.open import open_encoder

    opened = open_encoder(reference)
    name = reference if apart else Path(reference).name  # folders of one name are told apart by their paths
    return ComparedModel(name, opened.image, opened.text if opened.aligned else None, Path(reference))


def _random_twin(checkpoint: Path, seed: int) -> ComparedModel:
    """The same towers and the same trained words, but an image tower that has learnt nothing."""
    from encoders.checkpoint import load_model
    from encoders.image_vit import ViTImageTower
    from encoders.open import open_encoder

    text, settings = open_encoder(str(checkpoint)).text, load_model(checkpoint).settings
    spec = TowerSpec(f"random-{seed}", f"random-{seed}", settings.dimension, text.spec.space)
    image = ViTImageTower(
        spec, settings.framing, partial(random_branch, checkpoint, seed), precision=settings.precision
    )
    return ComparedModel(f"random weights (seed {seed})", image, text)


def random_branch(checkpoint: Path, seed: int) -> "nn.Module":
    """The image half of a checkpoint with the weights that training would have begun with, from a seed."""
    import torch

    from encoders.checkpoint import load_model
    from encoders.dual import ImageBranch

    settings = load_model(checkpoint).settings
    torch.manual_seed(seed)
    return ImageBranch(settings)


def _baseline() -> ComparedModel:
    from encoders.statistics import StatisticsTower

    return ComparedModel("baseline (image statistics)", StatisticsTower(), None)
