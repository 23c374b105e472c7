"""A convolutional network over seven planes of a series: the tower for a laptop.

One trunk looks at every plane in turn, twice: as bright as it is, and with its grey levels made equally frequent, so
that a rim of bright fat hides nothing. What it finds is told which way the plane lies, and averaged over the planes;
the physical scale joins. Any number of the planes may be left out, which in training saves half of the time.

Source: He et al. 2016, "Deep Residual Learning", section 3, for the trunk; Su et al. 2015, "Multi-view Convolutional
Neural Networks", section 3, for pooling over views.

Letters at line ends: b batch, p planes, s side, c channels, w width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from common.errors import UsageError
from encoders.framing import SCALE_FEATURES
from encoders.image_module import NO_SWITCHES, TrainingSwitches
from encoders.plane_views import planes_across
from volumes.planes import PLANES, STACK_PLANES, stack_axis

_LEVELS = 256


@dataclass(frozen=True, slots=True)
class PlaneSettings:
    """The shape of a tower over planes.

    Attributes:
        side: pixels of a plane's side; a multiple of 2 to the number of stages.
        widths: channels of each stage.
        blocks: residual blocks of each stage.
        width: length of the vector that comes out.
    """

    side: int = 96
    widths: tuple[int, ...] = (24, 48, 96, 192)
    blocks: tuple[int, ...] = (0, 1, 2, 2)
    width: int = 384

    def __post_init__(self) -> None:
        """Checks that the parts fit.

        Raises:
            UsageError: a side that the strides do not divide, or blocks for other stages than there are.
        """
        step = 2 ** len(self.widths)
        if self.side % step or len(self.blocks) != len(self.widths):
            raise UsageError(
                f"A side of {self.side}, widths of {self.widths} and blocks of {self.blocks} came; expected a multiple "
                f"of {step} and as many blocks as widths."
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Planes, and pixels along their sides."""
        return PLANES, self.side, self.side


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What a tower saw, and where: training may ask what lies in each place.

    Attributes:
        vector: of the series, (b, w).
        fine, coarse: what the last two stages see of every plane looked at: (b * p, c, s, s).
        places: of the planes looked at, p of them.
    """

    vector: Tensor
    fine: Tensor
    coarse: Tensor
    places: list[int]


class PlaneNet(nn.Module):
    """Planes and scale to one vector.

    Attributes:
        switches: what only training changes; `keep_patches` is the share of planes that a batch shows.
    """

    def __init__(self, settings: PlaneSettings) -> None:
        super().__init__()
        self.settings = settings
        self.switches: TrainingSwitches = NO_SWITCHES
        before = (2, *settings.widths[:-1])
        self.stages = nn.ModuleList(
            _Stage(came, channels, blocks)
            for came, channels, blocks in zip(before, settings.widths, settings.blocks, strict=True)
        )
        self.plane = nn.Sequential(nn.Linear(2 * settings.widths[-1] + 4, settings.width), nn.GELU())
        self.scale = nn.Sequential(nn.Linear(SCALE_FEATURES, 64), nn.GELU())
        self.out = nn.Sequential(
            nn.Linear(2 * settings.width + 64, settings.width), nn.GELU(), nn.Linear(settings.width, settings.width)
        )

    def forward(self, grid: Tensor, scale: Tensor) -> Tensor:
        """The vector of a series: grid (b, 7, s, s), scale (b, 9) -> (b, w)."""
        return self.looked(grid, scale).vector

    def looked(self, grid: Tensor, scale: Tensor) -> Looked:
        """As `forward`, with what was seen on the way."""
        places = self._places()
        seen = fine = two_views(grid[:, places])  # (b * p, 2, s, s)
        for stage in self.stages:
            fine = seen
            if self.switches.checkpointing and self.training:
                seen = checkpoint(stage, seen, use_reentrant=False)
            else:
                seen = stage(seen)
        pooled = torch.cat((seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))), dim=1)  # (b * p, 2 c)
        lie = which_way(scale)[:, places].to(pooled.dtype)  # (b, p, 4)
        each = self.plane(torch.cat((pooled.reshape(*lie.shape[:2], -1), lie), dim=2))  # (b, p, w)
        joined = torch.cat((each.mean(dim=1), each.amax(dim=1), self.scale(scale)), dim=1)
        return Looked(self.out(joined), fine, seen, places)

    def _places(self) -> list[int]:
        """Which planes are looked at: in training a share of those of the stack and one across."""
        keep = self.switches.keep_patches
        if not self.training or keep >= 1:
            return list(range(PLANES))
        stack = torch.randperm(STACK_PLANES)[: max(1, round(keep * PLANES) - 1)].tolist()
        return [*stack, STACK_PLANES + int(torch.randint(PLANES - STACK_PLANES, (1,)))]


def two_views(grid: Tensor) -> Tensor:
    """Brightness as it is, and its rank among the pixels of all planes that are above 0: both from -1 to 1.

    Args:
        grid: (b, p, s, s) from 0 to 1; 256 levels are told apart.

    Returns:
        (b * p, 2, s, s), the two channels side by side in memory.
    """
    levels = (grid.float() * (_LEVELS - 1)).round().clamp(0, _LEVELS - 1)
    return views_of_levels(levels.to(torch.int32)).to(grid.dtype)


def views_of_levels(levels: Tensor, bends: Tensor | None = None) -> Tensor:
    """As `two_views`, of whole levels.

    Args:
        levels: integers (b, p, s, s), 0 to 255.
        bends: exponents that brightness is raised to, (b,); ranks do not see them.

    Returns:
        float32 (b * p, 2, s, s).
    """
    batch, planes, side, _ = levels.shape
    flat = levels.reshape(batch, -1).to(torch.int32)
    index = flat + torch.arange(batch, dtype=torch.int32, device=levels.device)[:, None] * _LEVELS
    counts = torch.bincount(index.flatten(), minlength=_LEVELS * batch).reshape(batch, _LEVELS).float()
    counts[:, 0] = 0
    ranks = (counts.cumsum(dim=1) - counts / 2) / counts.sum(dim=1, keepdim=True).clamp(min=1)
    ranks[:, 0] = 0
    plain = torch.linspace(0, 1, _LEVELS, device=levels.device).expand(batch, _LEVELS)
    plain = plain if bends is None else plain ** bends[:, None]
    tables = torch.stack((plain, ranks), dim=2) * 2 - 1  # (b, levels, 2)
    seen = nn.functional.embedding(index, tables.reshape(-1, 2))  # (b, p s s, 2)
    return seen.reshape(batch * planes, side, side, 2).permute(0, 3, 1, 2)


def which_way(scale: Tensor) -> Tensor:
    """For every plane the axis across it, and whether it is one of the stack: (b, 9) -> (b, 7, 4).

    The stack's axis follows from the spacing, which is part of the scale.
    """
    spacings = (2.0 ** scale[:, :3].float()).tolist()
    rows = [planes_across(stack_axis(spacing)) for spacing in spacings]
    return torch.tensor(rows, dtype=torch.float32, device=scale.device)


class _Stage(nn.Module):
    """Half the places, more channels, residual blocks: (n, c, s, s) -> (n, c', s/2, s/2)."""

    def __init__(self, came: int, channels: int, blocks: int) -> None:
        super().__init__()
        self.down = nn.Sequential(*_normed(came, channels, stride=2), nn.ReLU())
        self.blocks = nn.ModuleList(
            nn.Sequential(*_normed(channels, channels), nn.ReLU(), *_normed(channels, channels)) for _ in range(blocks)
        )

    def forward(self, seen: Tensor) -> Tensor:
        seen = self.down(seen)
        for block in self.blocks:
            seen = torch.relu(seen + block(seen))
        return seen


def _normed(came: int, channels: int, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    """A convolution and its batch norm: on CPUs half the time of a group norm, and folded away once trained."""
    convolution = nn.Conv2d(came, channels, 3, stride, padding=1, bias=False)
    return convolution.to(memory_format=torch.channels_last), nn.BatchNorm2d(channels)  # type: ignore[call-overload]
