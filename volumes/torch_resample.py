"""`volumes.resample` on torch tensors: the same maps, on any device. The only file of this package that imports torch.

Source: `axis_weights` in `volumes/resample.py`; a parity test holds both to 1e-5 of the value range.
"""

from collections.abc import Sequence

import torch

from volumes.resample import axis_weights


def resample_to_grid(
    voxels: torch.Tensor, own_spacing_mm: Sequence[float], *, spacing_mm: Sequence[float], shape: Sequence[int]
) -> torch.Tensor:
    """The volume on a grid of `shape` voxels of `spacing_mm` around its centre, 0 beyond its field of view.

    Args:
        voxels: float (X, Y, Z), any device.
        own_spacing_mm: of `voxels`, along X, Y, Z.
        spacing_mm: of the result.
        shape: of the result.

    Returns:
        (X', Y', Z') of `shape`, dtype and device of `voxels`.
    """
    steps = [wanted / own for wanted, own in zip(spacing_mm, own_spacing_mm, strict=True)]
    return _apply(voxels, steps, shape)


def resize_to(voxels: torch.Tensor, shape: Sequence[int]) -> torch.Tensor:
    """The whole field of view on `shape` voxels; dtype and device of `voxels`."""
    return _apply(voxels, [size / target for size, target in zip(voxels.shape, shape, strict=True)], shape)


def _apply(voxels: torch.Tensor, steps: Sequence[float], shape: Sequence[int]) -> torch.Tensor:
    across = [
        torch.from_numpy(axis_weights(size, target, step)).to(voxels)
        for size, target, step in zip(voxels.shape, shape, steps, strict=True)
    ]
    voxels = voxels @ across[2].T  # (X, Y, Z) -> (X, Y, z)
    voxels = torch.tensordot(across[0], voxels, dims=([1], [0]))  # -> (x, Y, z)
    return (across[1] @ voxels).contiguous()  # -> (x, y, z)
