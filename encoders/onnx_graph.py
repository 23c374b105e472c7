"""The nodes and constants of an ONNX graph, collected one by one, and the model that they become."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from common.suggest import nearest

if TYPE_CHECKING:
    from onnx import ModelProto

_OPSET = 20  # the first with Gelu; ONNX Runtime reads it since 1.17
_IR_VERSION = 9


class NodeWriter:
    """Collects the nodes and constants of one graph; every method returns the name of the tensor it made."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.tensors: list[Any] = []
        self._constants: set[str] = set()

    def weight(self, name: str) -> NDArray[np.float32]:
        """A tensor of the model, as float32."""
        if name not in self.weights:
            raise UsageError(f'The weights lack the tensor "{name}".', remedy=nearest(name, self.weights))
        return np.asarray(self.weights[name], dtype=np.float32)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """An initializer; the same name is written once."""
        from onnx import numpy_helper

        if name not in self._constants:
            self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
            self._constants.add(name)
        return name

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: object) -> str:
        """One operator with one output."""
        from onnx import helper

        name = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=f"n_{name}", **attributes))
        return name

    def model(self, name: str, inputs: Sequence[Any], output: Any) -> "ModelProto":
        """The model of what was collected, unchecked; inputs and output are ONNX's value infos."""
        from onnx import helper

        graph = helper.make_graph(self.nodes, name, inputs, [output], initializer=self.tensors)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION, producer_name="mrseek"
        )
