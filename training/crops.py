"""Random resized crops of a prepared grid, and the physical scale of what is left in them."""

import numpy as np
from numpy.typing import NDArray

from training.augment import Window
from training.selfsup_config import CropSettings

Scale = NDArray[np.float32]  # the nine features of encoders/framing.py


def draw_window(
    random: np.random.Generator,
    scale: Scale,
    shape: tuple[int, int, int],
    *,
    share: tuple[float, float],
    aspect: float,
    target: tuple[int, int, int],
) -> Window:
    """A window on a grid of `shape` that shows as much of the volume as it can.

    Its volume is a uniform share of the grid's; its sides differ by up to `aspect`. Along each axis it lies within the
    volume's own field of view, or holds all of it, so that a thin stack is never missed.

    Args:
        random: what is drawn from.
        scale: features of the prepared grid.
        shape: voxels of the grid.
        share: smallest and largest share.
        aspect: largest factor between a side and the mean one.
        target: voxels of the crop.
    """
    sides = random.uniform(*share) ** (1 / 3) * np.exp(_zero_sum(random, np.log(aspect)))
    starts, lengths = [], []
    for axis, size in enumerate(shape):
        length = float(min(1.0, sides[axis]) * size)
        first, last = occupied(scale, axis, size)
        start = random.uniform(min(first, last - length), max(first, last - length))
        start = float(np.clip(start, 0.0, size - length))
        starts.append(start)
        lengths.append(length)
    return Window((starts[0], starts[1], starts[2]), (lengths[0], lengths[1], lengths[2]), target)


def _zero_sum(random: np.random.Generator, most: float) -> NDArray[np.float64]:
    """Three numbers up to about `most` that sum to 0."""
    drawn = random.uniform(-most, most, 3)
    return np.asarray(drawn - drawn.mean())


def occupied(scale: Scale, axis: int, size: int) -> tuple[float, float]:
    """Where the volume lies along an axis of the grid, in voxels: it stands in the middle.

    >>> from encoders.framing import scale_features
    >>> occupied(scale_features((2, 2, 2), [100, 200, 200], 4.0), 0, 50)
    (12.5, 37.5)
    """
    extent_mm, grid_mm = 200.0 * 2.0 ** float(scale[3 + axis]), 2.0 * 2.0 ** float(scale[6 + axis])
    voxels = min(float(size), extent_mm / grid_mm)
    return (size - voxels) / 2, (size + voxels) / 2


def cropped_scale(scale: Scale, shape: tuple[int, int, int], window: Window) -> Scale:
    """The features of a crop: the acquisition's spacing as it was, the extent that is seen, the crop's own spacing.

    >>> from encoders.framing import scale_features
    >>> whole = scale_features((2, 2, 2), [100, 200, 200], 4.0)  # on a grid of 50 voxels
    >>> half = cropped_scale(whole, (50, 50, 50), Window((0, 0, 0), (25, 50, 50), (50, 50, 50)))
    >>> expected = scale_features((2, 2, 2), [50, 200, 200], 4.0)
    >>> expected[6] = np.log2(2.0 / 2.0)  # 25 voxels of 4 mm on 50 places
    >>> bool(np.allclose(half, expected))
    True
    """
    found = scale.copy()
    for axis, size in enumerate(shape):
        first, last = occupied(scale, axis, size)
        start, length = window.start[axis], window.length[axis]
        seen = max(1.0, min(last, start + length) - max(first, start))  # a voxel at least
        found[3 + axis] += np.float32(np.log2(seen / (last - first)))
        found[6 + axis] += np.float32(np.log2(length / window.target[axis]))
    return found


def draw_mask(
    random: np.random.Generator, patches: int, probability: float, share: tuple[float, float]
) -> NDArray[np.bool_]:
    """Which patches of a crop are hidden, bool (patches,): none, or a uniform share of them at random places.

    Source: Zhou et al. 2022, "iBOT", section 3.3 (random shares, half of the images); DINOv2 hides blocks, this hides
    single patches, as patches of 16 voxels are large already.
    """
    hidden = np.zeros(patches, np.bool_)
    if random.random() < probability:
        count = max(1, round(random.uniform(*share) * patches))
        hidden[random.permutation(patches)[:count]] = True
    return hidden


def crop_plan(
    random: np.random.Generator,
    scale: Scale,
    shape: tuple[int, int, int],
    settings: CropSettings,
    target: tuple[int, int, int],
) -> tuple[list[Window], list[Window]]:
    """The two global windows of one volume, on `target` voxels, and the local ones."""
    both = [
        draw_window(random, scale, shape, share=settings.global_share, aspect=settings.aspect, target=target)
        for _ in range(2)
    ]
    local = [
        draw_window(
            random, scale, shape, share=settings.local_share, aspect=settings.aspect, target=settings.local_shape
        )
        for _ in range(settings.local)
    ]
    return both, local
