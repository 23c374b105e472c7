"""The image tower around the 3D ViT: prepared arrays in, unit vectors out.

The same scan gives the same bits whatever stands beside it: on the CPU scans are encoded one by one (512 tokens a scan
fill the cores already), on CUDA in batches of one fixed size, filled up with zeros. Bits may differ between devices and
between numbers of threads. Torch is imported, and the weights are read, at the first call of `encode`.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from encoders.contract import TowerSpec, Vectors
from encoders.device import DeviceChoice, choose_device
from encoders.framing import Framing, GridPreparer, PlanePreparer, preparer_of
from encoders.unit import unit_rows

if TYPE_CHECKING:
    from torch import nn

_CUDA_BATCH = 16


class Precision(StrEnum):
    """In which numbers the network computes. Part of a tower's fingerprint."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class ViTImageTower:
    """An image tower over a torch module that maps prepared arrays (b, length) to vectors (b, dimension)."""

    def __init__(
        self,
        spec: TowerSpec,
        framing: Framing,
        open_module: Callable[[], "nn.Module"],
        *,
        device: str = "auto",
        precision: Precision = Precision.FLOAT32,
    ) -> None:
        self._spec = spec
        self._framing = framing
        self._open_module = open_module
        self._wanted = device
        self._precision = precision

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        return self._spec

    @property
    def prepare(self) -> GridPreparer | PlanePreparer:
        """Volume to grid, or planes, and scale."""
        return preparer_of(self._framing)

    @cached_property
    def device(self) -> DeviceChoice:
        """Where it runs, and why."""
        return choose_device(self._wanted)

    def encode(self, prepared: NDArray[np.float32]) -> Vectors:
        """Unit vectors (items, dimension) of prepared arrays (items, 9 + X Y Z)."""
        size = 1 if self.device.device == "cpu" else _CUDA_BATCH
        vectors = np.empty((len(prepared), self.spec.dimension), dtype=np.float32)
        for start in range(0, len(prepared), size):
            part = prepared[start : start + size]
            vectors[start : start + len(part)] = self._encode_batch(part, size)
        return unit_rows(vectors)

    def _encode_batch(self, part: NDArray[np.float32], size: int) -> NDArray[np.float32]:
        """Vectors (items, dimension) of at most `size` prepared arrays, computed as if there were `size`."""
        import torch

        full = np.zeros((size, part.shape[1]), dtype=np.float32)
        full[: len(part)] = part
        kind = getattr(torch, self._precision.value)
        with torch.inference_mode():
            out = self._module(torch.from_numpy(full).to(self.device.device, kind))
        found: NDArray[np.float32] = out[: len(part)].float().cpu().numpy()
        return found

    @cached_property
    def _module(self) -> "nn.Module":
        import torch

        module = self._open_module()
        return module.to(self.device.device, getattr(torch, self._precision.value)).eval()
