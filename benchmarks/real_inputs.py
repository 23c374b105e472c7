"""The real series as towers see them: voxels and physical scale, and nothing of the header."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.compared_models import ComparedModel
from benchmarks.real_split import RealSeries
from encoders.contract import Vectors
from volumes.geometry import geometry_of
from volumes.load import load_path


@dataclass(frozen=True, slots=True, eq=False)
class RealInputs:
    """What was read of some series, in their order.

    Attributes:
        vectors: of each model by its name, float32 (series, dimension).
        planes: "axial", "coronal", "sagittal" or "3d", from the affine.
    """

    vectors: dict[str, Vectors]
    planes: tuple[str, ...]


def read_real(data: Path, series: Sequence[RealSeries], models: Sequence[ComparedModel]) -> RealInputs:
    """Reads every series once, for all models; only prepared arrays are kept."""
    prepared: dict[str, list[NDArray[np.float32]]] = {model.name: [] for model in models}
    planes = []
    for one in series:
        volume = load_path(data / one.manifest["path"]).chosen
        planes.append(geometry_of(volume).plane)
        for model in models:
            prepared[model.name].append(model.image.prepare(volume))
    vectors = {model.name: model.image.encode(np.stack(prepared[model.name])) for model in models}
    return RealInputs(vectors, tuple(planes))
