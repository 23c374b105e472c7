"""A residual convolutional network over three-dimensional images: the tower that a transformer has to beat.

Blocks of voxels become places, as a ViT's patches do but smaller; from stage to stage places are halved; two
convolutions a block; the physical scale (`framing.py`) as a gain and an offset for each channel of each stage; mean and
maximum over the last places.

Source: He et al. 2016, "Deep Residual Learning", section 3; the scale enters as in Perez et al. 2018, "FiLM",
section 2.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from common.errors import UsageError
from encoders.framing import SCALE_FEATURES
from encoders.image_module import NO_SWITCHES, TrainingSwitches

_GROUPS = 8


@dataclass(frozen=True, slots=True)
class ConvSettings:
    """The shape of a convolutional tower.

    Attributes:
        shape: voxels of the grid along X, Y, Z; multiples of `stem`, times 2 for each stage after the first.
        stem: voxels along a side of what becomes one place: at 1 or 2, most of the time is spent on the first stage.
        widths: channels of each stage, multiples of 8.
        blocks: residual blocks of each stage.
        width: length of the vector that comes out.
    """

    shape: tuple[int, int, int]
    stem: int = 4
    widths: tuple[int, ...] = (48, 96, 192, 256)
    blocks: tuple[int, ...] = (1, 1, 2, 2)
    width: int = 384

    def __post_init__(self) -> None:
        """Checks that the parts fit.

        Raises:
            UsageError: a grid that the strides do not divide, or channels that groups do not share evenly.
        """
        if not self.widths or len(self.widths) != len(self.blocks):
            raise UsageError(f"Widths of {self.widths} came with blocks of {self.blocks}; expected one for each stage.")
        if any(width % _GROUPS for width in self.widths):
            raise UsageError(f"Widths of {self.widths} came; expected multiples of {_GROUPS}.")
        step = self.stem * 2 ** (len(self.widths) - 1)
        if any(size % step for size in self.shape):
            raise UsageError(
                f"A grid of {self.shape} came for {len(self.widths)} stages; expected multiples of {step}."
            )


class ConvNet3d(nn.Module):
    """Grid and scale to one vector.

    Attributes:
        switches: what only training changes; `keep_patches` is for towers with patches.
    """

    def __init__(self, settings: ConvSettings) -> None:
        super().__init__()
        self.settings = settings
        self.switches: TrainingSwitches = NO_SWITCHES
        came, steps = (1, *settings.widths), (settings.stem, *(2 for _ in settings.widths[1:]))
        self.stages = nn.ModuleList(
            _Stage(came[place], width, steps[place], settings.blocks[place])
            for place, width in enumerate(settings.widths)
        )
        self.out = nn.Linear(2 * settings.widths[-1], settings.width)

    def forward(self, grid: Tensor, scale: Tensor) -> Tensor:
        """The vector of a volume: grid (b, X, Y, Z), scale (b, 9) -> (b, width)."""
        if self.switches.keep_patches < 1:
            raise UsageError("A convolutional tower has no patches to leave out; expected keep_patches = 1.")
        seen = grid[:, None]  # (b, 1, X, Y, Z)
        drop_path = self.switches.drop_path if self.training else 0.0
        for stage in self.stages:
            if self.switches.checkpointing and self.training:
                seen = checkpoint(stage, seen, scale, drop_path, use_reentrant=False)
            else:
                seen = stage(seen, scale, drop_path)
        pooled = torch.cat((seen.mean(dim=(2, 3, 4)), seen.amax(dim=(2, 3, 4))), dim=1)  # (b, 2 channels)
        out: Tensor = self.out(pooled)
        return out


class _Stage(nn.Module):
    """Fewer places, more channels, the scale, then residual blocks: (b, c, X, Y, Z) -> (b, c', X/s, Y/s, Z/s)."""

    def __init__(self, came: int, channels: int, step: int, blocks: int) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv3d(came, channels, step, step), nn.GroupNorm(_GROUPS, channels))
        self.scale = nn.Sequential(nn.Linear(SCALE_FEATURES, channels), nn.GELU(), nn.Linear(channels, 2 * channels))
        self.blocks = nn.ModuleList(_block(channels) for _ in range(blocks))

    def forward(self, seen: Tensor, scale: Tensor, drop_path: float) -> Tensor:
        gain, offset = self.scale(scale)[..., None, None, None].chunk(2, dim=1)  # each (b, c', 1, 1, 1)
        seen = nn.functional.gelu(self.down(seen) * (1 + gain) + offset)
        for block in self.blocks:
            branch = block(seen)
            if drop_path:
                kept = torch.rand(len(seen), 1, 1, 1, 1, device=seen.device) >= drop_path
                branch = branch * (kept.to(branch.dtype) / (1 - drop_path))
            seen = seen + branch
        return seen


class _Conv(nn.Conv3d):
    """A convolution that trains in float32 where the CPU's bfloat16 has a wrong gradient.

    With two places along the first axis, kernel 3 and stride 1, torch 2.13's gradient of the weights is garbage, at
    times infinite (measured against float32, 2026-11; other sizes agree within 0.3 %).
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name
        wrong = input.device.type == "cpu" and input.shape[2] == 2 and self.weight.dtype == torch.float32
        if wrong and torch.is_grad_enabled():
            with torch.autocast("cpu", enabled=False):
                return super().forward(input.float())
        return super().forward(input)


def _block(channels: int) -> nn.Module:
    return nn.Sequential(
        _Conv(channels, channels, 3, padding=1),
        nn.GroupNorm(_GROUPS, channels),
        nn.GELU(),
        _Conv(channels, channels, 3, padding=1),
        nn.GroupNorm(_GROUPS, channels),
    )
