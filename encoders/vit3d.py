"""A vision transformer over three-dimensional images that knows how large what it sees is.

Voxels are cut into blocks ("patches"), each becomes a token; a class token, register tokens and one token made of the
physical scale (spacing and field of view, `framing.py`) join them; pre-norm transformer layers mix them; the class
token is the answer.

Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", section 3.1; the convolutional stem is Xiao et al.
2021, "Early Convolutions Help Transformers See Better", section 3; registers are Darcet et al. 2024, "Vision
Transformers Need Registers", section 2.2; layer scale is Touvron et al. 2021, "Going deeper with Image Transformers",
section 2.1; stochastic depth is Huang et al. 2016, "Deep Networks with Stochastic Depth", section 3; dropped patches
are Li et al. 2023, "Scaling Language-Image Pre-training via Masking", section 3.

Letters at line ends: b batch, t tokens, n patches, w width, h heads, d width of a head.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import prod

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from common.errors import UsageError
from common.suggest import nearest
from encoders.framing import SCALE_FEATURES
from encoders.image_module import NO_SWITCHES, TrainingSwitches


class Stem(StrEnum):
    """How voxels become tokens."""

    PATCH = "patch"  # one strided convolution
    CONVOLUTIONAL = "convolutional"  # convolutions of stride 2, steadier to train; the patch must be powers of 2


@dataclass(frozen=True, slots=True)
class ViTSettings:
    """The shape of a 3D vision transformer.

    Attributes:
        shape: voxels of the grid along X, Y, Z.
        patch: voxels of a patch along X, Y, Z.
        width, depth, heads: of the transformer.
        mlp_ratio: width of the feed-forward part, in widths.
        registers: how many register tokens.
        stem: how voxels become tokens.
        layer_scale: what each layer's contribution is multiplied with at the start.
    """

    shape: tuple[int, int, int]
    patch: tuple[int, int, int]
    width: int
    depth: int
    heads: int
    mlp_ratio: float = 4.0
    registers: int = 4
    stem: Stem = Stem.PATCH
    layer_scale: float = 1e-2

    def __post_init__(self) -> None:
        """Checks that the parts fit.

        Raises:
            UsageError: a grid that patches do not fill, or a width that heads do not share evenly.
        """
        if any(size % block for size, block in zip(self.shape, self.patch, strict=True)):
            raise UsageError(
                f"A grid of {self.shape} came for patches of {self.patch}; expected whole patches along each axis."
            )
        if self.width % self.heads:
            raise UsageError(f"A width of {self.width} came for {self.heads} heads; expected a multiple.")

    @property
    def patches(self) -> tuple[int, int, int]:
        """How many patches lie along X, Y, Z."""
        x, y, z = (size // block for size, block in zip(self.shape, self.patch, strict=True))
        return x, y, z


PRESETS = {
    # 10 M parameters, 512 patches: trains on one small GPU, encodes some ten volumes a second on a few CPU cores
    "small": ViTSettings((96, 96, 96), (12, 12, 12), width=256, depth=12, heads=4),
    # 86 M parameters as in Decipher-MR (ViT-Base); grid and patch are not published there: 512 patches here too
    "base": ViTSettings((128, 128, 128), (16, 16, 16), width=768, depth=12, heads=12),
}


def preset(name: str) -> ViTSettings:
    """The settings of a name in `PRESETS`.

    Raises:
        UsageError: an unknown name.
    """
    if name not in PRESETS:
        raise UsageError(f'There is no image tower "{name}".', remedy=nearest(name, PRESETS))
    return PRESETS[name]


class VisionTransformer3d(nn.Module):
    """Grid and scale to one vector, or to all tokens. Grids of other shapes are seen too, in whole patches.

    Attributes:
        switches: what only training changes; set from outside.
    """

    def __init__(self, settings: ViTSettings) -> None:
        super().__init__()
        self.settings = settings
        self.switches: TrainingSwitches = NO_SWITCHES
        width = settings.width
        self.stem = _conv_stem(settings) if settings.stem is Stem.CONVOLUTIONAL else _patch_stem(settings)
        self.positions = nn.Parameter(torch.empty(1, prod(settings.patches), width))
        self.class_token = nn.Parameter(torch.empty(1, 1, width))
        self.register_tokens = nn.Parameter(torch.empty(1, settings.registers, width))
        self.scale = nn.Sequential(nn.Linear(SCALE_FEATURES, width), nn.GELU(), nn.Linear(width, width))
        self.layers = nn.ModuleList(_Layer(settings) for _ in range(settings.depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        for table in (self.positions, self.class_token, self.register_tokens):
            nn.init.trunc_normal_(table, std=0.02)

    def forward(self, grid: Tensor, scale: Tensor) -> Tensor:
        """The class token's vector: grid (b, X, Y, Z), scale (b, 9) -> (b, w)."""
        patches = self._embedded(grid)  # (b, n, w)
        if self.training and self.switches.keep_patches < 1:
            patches = _fullest(patches, self._fill(grid), self.switches.keep_patches)  # (b, kept, w)
        return self._mixed(patches, scale)[:, 0]  # (b, w)

    def tokens(self, grid: Tensor, scale: Tensor, *, hidden: Tensor | None = None) -> Tensor:
        """All tokens after the last norm: class, scale, registers, patches in C order: (b, 2 + registers + n, w).

        Args:
            grid: (b, X, Y, Z), whole patches along each axis.
            scale: (b, 9).
            hidden: (b, n, w) to stand in for patches that are not to be seen, NaN where they are; None: all are seen.
        """
        patches = self._embedded(grid, hidden)  # (b, n, w)
        return self._mixed(patches, scale)

    def _embedded(self, grid: Tensor, hidden: Tensor | None = None) -> Tensor:
        """Patches with their positions: (b, X, Y, Z) -> (b, n, w)."""
        places = self.stem(grid[:, None])  # (b, w, x, y, z)
        x, y, z = places.shape[2:]
        patches: Tensor = places.flatten(2).transpose(1, 2)  # (b, n, w)
        if hidden is not None:
            patches = torch.where(hidden.isnan(), patches, hidden.to(patches.dtype))
        return patches + self._positions_for((x, y, z))

    def _mixed(self, patches: Tensor, scale: Tensor) -> Tensor:
        """All tokens after the last norm: (b, n, w), (b, 9) -> (b, 2 + registers + n, w)."""
        batch = patches.shape[0]
        tokens = torch.cat(
            (
                self.class_token.expand(batch, -1, -1),  # (b, 1, w)
                self.scale(scale)[:, None],  # (b, 1, w)
                self.register_tokens.expand(batch, -1, -1),  # (b, registers, w)
                patches,
            ),
            dim=1,
        )  # (b, t, w)
        drop_path = self.switches.drop_path if self.training else 0.0
        for layer in self.layers:
            if self.switches.checkpointing and self.training:
                tokens = checkpoint(layer, tokens, drop_path, use_reentrant=False)
            else:
                tokens = layer(tokens, drop_path)
        normed: Tensor = self.norm(tokens)
        return normed

    def _positions_for(self, patches: tuple[int, int, int]) -> Tensor:
        """The table of positions, stretched to a grid of other patches: (1, n, w)."""
        if patches == self.settings.patches:
            return self.positions
        table = self.positions.reshape(*self.settings.patches, -1)  # (x, y, z, w)
        across = [_stretch(size, to).to(table) for size, to in zip(self.settings.patches, patches, strict=True)]
        stretched = torch.einsum("ax,by,cz,xyzw->abcw", *across, table)
        return stretched.reshape(1, prod(patches), -1)

    def _fill(self, grid: Tensor) -> Tensor:
        """The mean intensity of each patch: (b, X, Y, Z) -> (b, n)."""
        return functional.avg_pool3d(grid[:, None].float(), self.settings.patch, self.settings.patch).flatten(1)


def _fullest(patches: Tensor, fill: Tensor, share: float) -> Tensor:
    """A random share of the patches, those that show something before those that are empty: (b, n, w) -> (b, k, w)."""
    kept = max(1, round(share * patches.shape[1]))
    order = torch.rand_like(fill) + (fill > 1e-3)
    chosen = order.topk(kept, dim=1).indices.sort(dim=1).values  # (b, k)
    return patches.gather(1, chosen[..., None].expand(-1, -1, patches.shape[2]))


def _stretch(size: int, target: int) -> Tensor:
    """Linear interpolation of `size` places at `target` places over the same length: (target, size).

    As `interpolate(mode="linear", align_corners=False)`, as a matrix, whose gradient has the same bits on every run.
    """
    return functional.interpolate(torch.eye(size)[None], size=target, mode="linear", align_corners=False)[0].T


class _Layer(nn.Module):
    """Attention, then a feed-forward part, each added to what came: (b, t, w) -> (b, t, w)."""

    def __init__(self, settings: ViTSettings) -> None:
        super().__init__()
        width, inner = settings.width, int(settings.width * settings.mlp_ratio)
        self.heads = settings.heads
        self.norm_1 = nn.LayerNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.scale_1 = nn.Parameter(torch.full((width,), settings.layer_scale))
        self.norm_2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, width))
        self.scale_2 = nn.Parameter(torch.full((width,), settings.layer_scale))

    def forward(self, tokens: Tensor, drop_path: float = 0.0) -> Tensor:
        tokens = tokens + _dropped(self.scale_1 * self.attention(self.norm_1(tokens)), drop_path)
        return tokens + _dropped(self.scale_2 * self.mlp(self.norm_2(tokens)), drop_path)

    def attention(self, tokens: Tensor) -> Tensor:
        batch, length, width = tokens.shape
        qkv = self.qkv(tokens).view(batch, length, 3, self.heads, width // self.heads)  # (b, t, 3, h, d)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each (b, h, t, d)
        mixed = functional.scaled_dot_product_attention(query, key, value)  # (b, h, t, d)
        out: Tensor = self.attended(mixed.transpose(1, 2).reshape(batch, length, width))  # (b, t, w)
        return out


def _dropped(branch: Tensor, share: float) -> Tensor:
    """The branch left out for a random share of the items, the others made up for it: (b, t, w) -> the same."""
    if share == 0:
        return branch
    kept = torch.rand(branch.shape[0], 1, 1, device=branch.device, dtype=torch.float32) >= share
    return branch * (kept.to(branch.dtype) / (1 - share))


def _patch_stem(settings: ViTSettings) -> nn.Module:
    """One convolution a patch: (b, 1, X, Y, Z) -> (b, w, x, y, z)."""
    return nn.Conv3d(1, settings.width, kernel_size=settings.patch, stride=settings.patch)


def _conv_stem(settings: ViTSettings) -> nn.Module:
    """Convolutions of stride 2 until a patch is one place: (b, 1, X, Y, Z) -> (b, w, x, y, z)."""
    left = list(settings.patch)
    if any(size & (size - 1) for size in left):
        raise UsageError(f"Patches of {settings.patch} came for a convolutional stem; expected powers of 2.")
    steps = max(size.bit_length() - 1 for size in left)
    channels = 1
    parts: list[nn.Module] = []
    for step in range(steps):
        after = max(16, settings.width >> (steps - step))
        strides = (1 + (left[0] > 1), 1 + (left[1] > 1), 1 + (left[2] > 1))
        left = [max(1, size // 2) for size in left]
        parts += [nn.Conv3d(channels, after, 3, strides, padding=1, bias=False), nn.GroupNorm(1, after), nn.GELU()]
        channels = after
    return nn.Sequential(*parts, nn.Conv3d(channels, settings.width, 1))
