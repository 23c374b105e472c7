"""The weights of a dual encoder as one safetensors file: in float32, or in half of the bytes.

Half stores matrices and kernels as float16 and keeps everything that is a vector or a number (biases, norms and their
running statistics, the temperature) in float32: those are a thousandth of the file, and a variance below 6e-8 would be
nought in float16. Whoever reads computes in float32 as ever; only the rounding of the stored values differs.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.atomic import atomic_path
from common.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

_OLD_TOWER, _TOWER = "image.vit.", "image.tower."  # how version 1 and later ones name the tower's weights


class Stored(StrEnum):
    """In which numbers weights lie on the disk."""

    FLOAT32 = "float32"
    HALF = "half"


def write_weights(weights: "Mapping[str, Tensor]", path: Path, stored: Stored) -> None:
    """Writes tensors by name.

    Raises:
        UsageError: a value is too large for float16.
        StorageError: the disk is full, or the folder cannot be written to.
    """
    from safetensors.torch import save_file

    kept = {name: _kept(name, tensor, stored) for name, tensor in weights.items()}
    with atomic_path(path) as temporary:
        save_file(kept, temporary)


def read_weights(path: Path, prefix: str, framework: str) -> dict[str, Any]:
    """The tensors whose names begin with `prefix`, without it; as torch ("pt") or NumPy ("np"), as they are stored."""
    from safetensors import safe_open

    with safe_open(path, framework) as stored:
        names = {_new_name(name): name for name in stored.keys()}  # noqa: SIM118 - no mapping: not iterable
        wanted = [name for name in names if name.startswith(prefix)]
        return {name.removeprefix(prefix): stored.get_tensor(names[name]) for name in wanted}


def _kept(name: str, tensor: "Tensor", stored: Stored) -> "Tensor":
    import torch

    whole = tensor.detach().float().cpu().contiguous()
    if stored is Stored.FLOAT32 or whole.ndim < 2:
        return whole
    half = whole.to(torch.float16)
    if not torch.isfinite(half).all():
        raise UsageError(
            f'The tensor "{name}" has values up to {whole.abs().max():g}; float16 holds up to 65504.',
            remedy="Export it without --half; if it should be small, look at how it was trained.",
        )
    return half


def _new_name(name: str) -> str:
    return _TOWER + name.removeprefix(_OLD_TOWER) if name.startswith(_OLD_TOWER) else name
