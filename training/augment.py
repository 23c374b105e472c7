"""Changes that an MR image survives: intensity, coil shading, noise, thick slices, flips that keep left and right.

What happens to an item is drawn on the CPU from its own place in the run (`draw_look`), as small tables and matrices;
it is carried out on the device for a whole batch (`render`). So a batch has the same looks however many processes
share it. Intensity changes are tables of 256 entries, looked up by the stored bytes.

There is no flip along X: it would make a left kidney a right one, and the report would be wrong. Little is done to the
curve of intensities where sequences have to be told apart: it is what tells them apart.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.axis_maps import apply_maps, thick_map, window_map
from training.devices import full_precision

_COARSE = 4  # places of the coil's shading along each axis


@dataclass(frozen=True, slots=True)
class AugmentSettings:
    """How much is changed; 0 for nothing.

    Attributes:
        gamma: standard deviation of the logarithm of the exponent on intensities from 0 to 1.
        gain: of the logarithm of the factor.
        shading: of the logarithm of the coil's profile.
        noise: largest standard deviation of the noise, which is uniform from 0.
        thick: probability of slices made up to four times as thick, along one axis.
        flip_y, flip_z: probabilities of front for back and of head for feet.
    """

    gamma: float = 0.1
    gain: float = 0.1
    shading: float = 0.15
    noise: float = 0.03
    thick: float = 0.15
    flip_y: float = 0.0
    flip_z: float = 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a grid is seen, along X, Y, Z, in voxels of the grid, and on how many voxels.

    Attributes:
        start, length: of the part.
        target: voxels of the result.
    """

    start: tuple[float, float, float]
    length: tuple[float, float, float]
    target: tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is done to one item.

    Attributes:
        table: float32 (256,): what each stored byte becomes.
        maps: along X, Y, Z, float32 (target, size); None where nothing is moved.
        shading: float32 (4, 4, 4), logarithms of the coil's profile; None for none.
        noise: standard deviation.
        noise_seed: of the noise.
    """

    table: NDArray[np.float32]
    maps: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]] | None
    shading: NDArray[np.float32] | None
    noise: float
    noise_seed: int


def whole(shape: tuple[int, int, int]) -> Window:
    """The window that sees all of a grid as it is."""
    x, y, z = shape
    return Window((0.0, 0.0, 0.0), (float(x), float(y), float(z)), shape)


def draw_look(
    random: np.random.Generator, settings: AugmentSettings, shape: tuple[int, int, int], window: Window | None = None
) -> Look:
    """What is done to one item of a grid of `shape`; the window comes from the caller, who has drawn it."""
    gamma, gain = np.exp(random.normal(0.0, [settings.gamma, settings.gain]))
    table = np.clip(gain * np.linspace(0.0, 1.0, 256) ** gamma, 0.0, 1.0).astype(np.float32)
    shading = random.normal(0.0, settings.shading, (_COARSE,) * 3).astype(np.float32) if settings.shading else None
    noise = float(random.uniform(0.0, settings.noise))
    thick = int(random.integers(3)) if random.random() < settings.thick else None
    thicker = float(random.uniform(1.5, 4.0))
    flips = (False, bool(random.random() < settings.flip_y), bool(random.random() < settings.flip_z))
    maps = None
    if window is not None or thick is not None or any(flips):
        seen = window or whole(shape)
        along = [_axis_map(shape, seen, axis, thicker if axis == thick else 1.0, flips[axis]) for axis in range(3)]
        maps = (along[0], along[1], along[2])
    return Look(table, maps, shading, noise, int(random.integers(2**62)))


def _axis_map(
    shape: tuple[int, int, int], window: Window, axis: int, thicker: float, flip: bool
) -> NDArray[np.float32]:
    size = shape[axis]
    found = window_map(size, window.start[axis], window.length[axis], window.target[axis])
    if thicker > 1.0:
        found = found @ thick_map(size, size / thicker)
    return np.ascontiguousarray(found[::-1]) if flip else found


def render(grids: Tensor, looks: list[Look]) -> Tensor:
    """Grids as they look: uint8 (b, X, Y, Z) -> float32 (b, x, y, z), 0 to 1 but for the noise, on the same device.

    Args:
        grids: as stored.
        looks: one an item, all with windows of one size.
    """
    with full_precision(grids.device):  # inside a mixed forward pass, products would be rounded to bfloat16
        tables = torch.from_numpy(np.stack([look.table for look in looks])).to(grids.device)  # (b, 256)
        looked_up = [
            table.index_select(0, grid.flatten().int()).view(grid.shape)
            for table, grid in zip(tables, grids, strict=True)
        ]
        seen = _moved(torch.stack(looked_up), looks)  # (b, x, y, z)
        if any(look.shading is not None for look in looks):
            seen.mul_(_shading(looks, seen)).clamp_(0, 1)
        return _noisy(seen, looks)


def _moved(seen: Tensor, looks: list[Look]) -> Tensor:
    """The items under their maps; those without any stay as they are."""
    moving = [place for place, look in enumerate(looks) if look.maps is not None]
    if not moving:
        return seen
    maps = [look.maps for look in looks if look.maps is not None]
    along = [torch.from_numpy(np.stack([one[axis] for one in maps])).to(seen) for axis in range(3)]
    moved = apply_maps(seen[moving], (along[0], along[1], along[2]))
    if len(moving) == len(looks):
        return moved
    seen[moving] = moved
    return seen


def _shading(looks: list[Look], seen: Tensor) -> Tensor:
    """The coil's profile over each item: (b, x, y, z)."""
    flat = np.zeros((_COARSE,) * 3, np.float32)
    coarse = np.stack([look.shading if look.shading is not None else flat for look in looks])  # (b, 4, 4, 4)
    fine = [torch.from_numpy(window_map(_COARSE, 0, _COARSE, size)).to(seen) for size in seen.shape[1:]]
    maps = [one.expand(len(looks), -1, -1) for one in fine]
    return apply_maps(torch.from_numpy(coarse).to(seen), (maps[0], maps[1], maps[2])).exp_()


def _noisy(seen: Tensor, looks: list[Look]) -> Tensor:
    """Noise added, from a stream of each item's own."""
    noise = torch.empty_like(seen[0])
    for item, look in zip(seen, looks, strict=True):
        if look.noise:
            stream = torch.Generator(device=seen.device).manual_seed(look.noise_seed)
            item.add_(noise.normal_(generator=stream), alpha=look.noise)
    return seen
