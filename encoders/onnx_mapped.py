"""A BERT's ONNX graph without weights of its own: its constants point into a file of safetensors.

One file serves torch and ONNX Runtime. It may be float16: every tensor is cast to float32 before anything is computed
with it, so arithmetic is float32 and only the weights are rounded. What `onnx_bert.py` folds into the weights (token
type 0, the scale of queries, transposes) are nodes here, which ONNX Runtime computes once, when it opens the graph.

Source: the layout of safetensors (huggingface/safetensors, README, "Format"): eight bytes that give the header's
length, the header in JSON, then the tensors; and ONNX's external data (onnx/onnx, docs/ExternalData.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.errors import UsageError
from common.suggest import nearest
from encoders.onnx_bert import BertSettings, GraphWriter, model_of

if TYPE_CHECKING:
    from onnx import ModelProto

_LENGTH_BYTES = 8
_FLOATS = ("F16", "F32")


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where a tensor lies in a file of safetensors: `offset` counts bytes from the file's start."""

    dtype: str
    shape: tuple[int, ...]
    offset: int
    size_bytes: int


def stored_tensors(path: Path) -> dict[str, StoredTensor]:
    """What a file of safetensors holds, by name."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        header = json.loads(stream.read(length))
    first = _LENGTH_BYTES + length
    return {
        name: StoredTensor(
            one["dtype"],
            tuple(one["shape"]),
            first + one["data_offsets"][0],
            one["data_offsets"][1] - one["data_offsets"][0],
        )
        for name, one in header.items()
        if name != "__metadata__"
    }


def mapped_bert_model(weights: Path, settings: BertSettings) -> "ModelProto":
    """The ONNX model of a BERT whose weights are in `weights`; it belongs into the same folder.

    Args:
        weights: safetensors under the names of `BertModel.state_dict()`, float16 or float32.
        settings: its configuration.

    Raises:
        UsageError: a tensor is missing, or is of another type.
    """
    return model_of(_MappedWriter(stored_tensors(weights), weights.name, settings))


class _MappedWriter(GraphWriter):
    """Writes references where `GraphWriter` writes weights."""

    def __init__(self, stored: Mapping[str, StoredTensor], location: str, settings: BertSettings) -> None:
        super().__init__({}, settings)
        self._stored, self._location = stored, location

    def vector(self, name: str, *, scale: float = 1.0) -> str:
        """A stored vector, cast and scaled."""
        return self._scaled(self._cast(self._reference(name)), scale)

    def transposed(self, name: str, *, scale: float = 1.0) -> str:
        """A stored matrix, cast, transposed and scaled."""
        return self._scaled(self.node("Transpose", self._cast(self._reference(name)), perm=[1, 0]), scale)

    def word_vectors(self) -> str:
        """Rows are cast after they were looked up: the table, the largest tensor, is never copied."""
        return self._cast(self.node("Gather", self._reference("embeddings.word_embeddings.weight"), "input_ids"))

    def positions(self) -> str:
        """Position + type 0."""
        types = self._cast(self._reference("embeddings.token_type_embeddings.weight"))
        first = self.node("Gather", types, self.ints(0), axis=0)  # (1, hidden)
        return self.node("Add", self._cast(self._reference("embeddings.position_embeddings.weight")), first)

    def _scaled(self, tensor: str, scale: float) -> str:
        if scale == 1.0:
            return tensor
        return self.node("Mul", tensor, self.constant(f"scale_{scale!r}", np.array([scale], np.float32)))

    def _cast(self, tensor: str) -> str:
        from onnx import TensorProto

        return self.node("Cast", tensor, to=TensorProto.FLOAT)

    def _reference(self, name: str) -> str:
        """An initializer that says where its bytes lie."""
        from onnx import TensorProto

        if name not in self._stored:
            raise UsageError(f'The weights lack the tensor "{name}".', remedy=nearest(name, self._stored))
        stored = self._stored[name]
        if stored.dtype not in _FLOATS:
            raise UsageError(f'The tensor "{name}" is {stored.dtype}; expected {" or ".join(_FLOATS)}.')
        tensor = TensorProto()
        tensor.name = name
        tensor.data_type = TensorProto.FLOAT16 if stored.dtype == "F16" else TensorProto.FLOAT
        tensor.dims.extend(stored.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", self._location), ("offset", stored.offset), ("length", stored.size_bytes)):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, str(value)
        self.tensors.append(tensor)
        return name
