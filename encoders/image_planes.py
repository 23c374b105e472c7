"""The image tower over planes through ONNX Runtime: without torch its first vector takes 0.3 s instead of 1.4.

The graph is built in memory from the checkpoint's own weights (`onnx_planes.py`), so they lie on the disk once, in
half precision where they are stored so. Series are encoded one by one: seven planes fill a core (batches of 8 and 32
take the same time a series), and a scan has the same bits whatever stands beside it.

Measured, one thread of an AMD EPYC with AVX512-bf16 (2026-11), ms a series: 4.2 M parameters 32 (torch 31 to 35,
torch in bfloat16 16 to 19), 8.6 M 71 (torch 66 to 78, bfloat16 35 to 38). bfloat16 would halve that where a
processor has it, but moves vectors (cosine 0.997) and would need torch; decoding a series takes longer anyway.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from encoders.contract import TowerSpec, Vectors
from encoders.framing import SCALE_FEATURES, Framing, PlanePreparer
from encoders.onnx_session import open_session
from encoders.plane_views import plane_directions, plane_views
from encoders.unit import unit_rows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class OnnxPlanesTower:
    """Seven planes and the scale of a series to a vector; weights are read at the first call of `encode`."""

    def __init__(
        self,
        spec: TowerSpec,
        framing: Framing,
        open_weights: Callable[[], Mapping[str, NDArray[Any]]],
        *,
        threads: int = 1,
    ) -> None:
        """Opens nothing yet.

        Args:
            spec: who it is.
            framing: planes.
            open_weights: gives `ImageBranch.state_dict()`.
            threads: of ONNX Runtime.
        """
        self._spec = spec
        self._framing = framing
        self._open_weights = open_weights
        self._threads = threads

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        return self._spec

    @property
    def prepare(self) -> PlanePreparer:
        """Volume to planes and scale."""
        return PlanePreparer(self._framing.shape[1])

    def encode(self, prepared: NDArray[np.float32]) -> Vectors:
        """Unit vectors (items, dimension) of prepared arrays (items, 9 + 7 side side)."""
        vectors = np.empty((len(prepared), self.spec.dimension), dtype=np.float32)
        for vector, one in zip(vectors, prepared, strict=True):
            scale = one[:SCALE_FEATURES]
            views = plane_views(one[SCALE_FEATURES:].reshape(self._framing.shape))
            given = {"views": views, "lie": plane_directions(scale), "scale": scale[None]}
            vector[:] = self._session.run(["vectors"], given)[0][0]
        return unit_rows(vectors)

    @cached_property
    def _session(self) -> "InferenceSession":
        from encoders.onnx_planes import planes_model

        model = planes_model(self._open_weights(), self._framing.shape[1])
        return open_session(model.SerializeToString(), threads=self._threads)
