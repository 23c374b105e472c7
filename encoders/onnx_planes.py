"""The tower over planes and its projection, written as an ONNX graph from its weights: no torch, no exporter.

What is computed is `ImageBranch` of `dual.py` around `PlaneNet` of `plane_net.py` in evaluation, except its two views
and directions, which `plane_views.py` makes. How many stages, blocks and channels there are follows from the names and
shapes of the tensors. Batch norms are folded into the convolutions before them, which changes nothing beyond rounding.

Input `views` (7, 2, s, s), `lie` (7, 4) and `scale` (1, 9) of one series; output `vectors` (1, dimension), all float32.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from encoders.framing import SCALE_FEATURES
from encoders.onnx_graph import NodeWriter
from volumes.planes import PLANES

if TYPE_CHECKING:
    from onnx import ModelProto

_NORM_EPS = 1e-5  # of torch's BatchNorm2d

Weights = Mapping[str, NDArray[Any]]


def planes_model(weights: Weights, side: int) -> "ModelProto":
    """The ONNX model of an image branch over planes.

    Args:
        weights: the tensors of `ImageBranch.state_dict()` by name, in float32 or float16.
        side: pixels of a plane's side.

    Raises:
        UsageError: a tensor is missing.
    """
    from onnx import TensorProto, checker, helper

    writer = _PlanesWriter(weights)
    seen, stage = "views", 0
    while f"tower.stages.{stage}.down.0.weight" in weights or not stage:
        seen = writer.stage(seen, f"tower.stages.{stage}.")
        stage += 1
    writer.output(writer.joined(seen))
    dimension = writer.weight("projection.weight").shape[0]
    shapes = {"views": [PLANES, 2, side, side], "lie": [PLANES, 4], "scale": [1, SCALE_FEATURES]}
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, dimension])
    model = writer.model("planes", inputs, vectors)
    checker.check_model(model)
    return model


class _PlanesWriter(NodeWriter):
    """Writes the parts of a tower over planes."""

    def stage(self, seen: str, prefix: str) -> str:
        """Half the places, more channels, residual blocks: (7, c, s, s) -> (7, c', s / 2, s / 2)."""
        seen = self.node("Relu", self.convolution(seen, prefix + "down.", 0, stride=2))
        block = 0
        while f"{prefix}blocks.{block}.0.weight" in self.weights:
            within = f"{prefix}blocks.{block}."
            inner = self.node("Relu", self.convolution(seen, within, 0))
            seen = self.node("Relu", self.node("Add", self.convolution(inner, within, 3), seen))
            block += 1
        return seen

    def convolution(self, seen: str, prefix: str, place: int, stride: int = 1) -> str:
        """A convolution of 3 x 3 and the batch norm that follows it in its sequence, folded into one."""
        norm = {
            name: self.weight(f"{prefix}{place + 1}.{name}")
            for name in ("weight", "bias", "running_mean", "running_var")
        }
        by = norm["weight"] / np.sqrt(norm["running_var"] + np.float32(_NORM_EPS))  # (c',)
        kernel = self.weight(f"{prefix}{place}.weight") * by[:, None, None, None]  # (c', c, 3, 3)
        names = (
            self.constant(f"{prefix}{place}.kernel", kernel),
            self.constant(f"{prefix}{place}.shift", norm["bias"] - norm["running_mean"] * by),
        )
        return self.node("Conv", seen, *names, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[stride, stride])

    def linear(self, inputs: str, prefix: str) -> str:
        """X W^T + b: (n, in) -> (n, out)."""
        matrix = self.constant(prefix + "weight", self.weight(prefix + "weight"))
        bias = self.constant(prefix + "bias", self.weight(prefix + "bias"))
        return self.node("Gemm", inputs, matrix, bias, transB=1)

    def gelu(self, inputs: str) -> str:
        """The exact one."""
        return self.node("Gelu", inputs, approximate="none")

    def joined(self, seen: str) -> str:
        """What all planes show, and the scale: (7, c, s, s) -> (1, 2 w + 64)."""
        pools = [self.node(kind, seen) for kind in ("GlobalAveragePool", "GlobalMaxPool")]  # (7, c, 1, 1)
        flat = [self.node("Flatten", pool, axis=1) for pool in pools]
        each = self.gelu(self.linear(self.node("Concat", *flat, "lie", axis=1), "tower.plane.0."))  # (7, w)
        first = self.constant("first_axis", np.array([0], dtype=np.int64))
        over = [self.node(kind, each, first, keepdims=1) for kind in ("ReduceMean", "ReduceMax")]  # (1, w)
        scale = self.gelu(self.linear("scale", "tower.scale.0."))
        return self.node("Concat", *over, scale, axis=1)

    def output(self, joined: str) -> None:
        """The last layers, the projection and unit norm: (1, 2 w + 64) -> `vectors` (1, dimension)."""
        vector = self.linear(self.gelu(self.linear(joined, "tower.out.0.")), "tower.out.2.")
        matrix = self.constant("projection", self.weight("projection.weight"))
        vector = self.node("Gemm", vector, matrix, transB=1)
        length = self.node("ReduceL2", vector, self.constant("last_axis", np.array([1], dtype=np.int64)), keepdims=1)
        safe = self.node("Max", length, self.constant("smallest", np.array([1e-12], dtype=np.float32)))
        self.node("Div", vector, safe, output="vectors")
