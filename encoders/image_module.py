"""What an image tower is as a torch module: one small protocol, so that training and checkpoints take any.

A tower is made of settings (a frozen dataclass) and is a `torch.nn.Module` with

    forward(grid (b, X, Y, Z) from 0 to 1, scale (b, 9)) -> (b, width)
    switches: TrainingSwitches

A new kind of tower is its settings, its module, and a line in `image_kinds.py`.
"""

from dataclasses import dataclass
from typing import Protocol


class ImageSettings(Protocol):
    """What every tower's settings say."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels of the grid along X, Y, Z."""
        ...

    @property
    def width(self) -> int:
        """Length of the tower's vectors, before any projection."""
        ...


@dataclass(frozen=True, slots=True)
class TrainingSwitches:
    """What changes how a tower trains and never what it is: no part of a checkpoint, without effect in evaluation.

    Attributes:
        checkpointing: activations are computed again in the backward pass instead of kept: the same numbers, a third
            slower, in a fraction of the memory.
        drop_path: with which probability a layer is left out for an item.
        keep_patches: share of the patches that are seen; empty ones go first. 1 for all.
    """

    checkpointing: bool = False
    drop_path: float = 0.0
    keep_patches: float = 1.0


NO_SWITCHES = TrainingSwitches()
