"""A BERT encoder with pooling and unit norm, written as an ONNX graph from its weights: no torch, no exporter.

What is computed is `BertModel` of transformers (Devlin et al. 2019, "BERT", section 3; post-layer-norm), then an
optional projection matrix, the mean over real tokens (or the first token), and division by the length. Four things
are folded into the weights, none of which changes the result beyond rounding: token type 0 into the positions, 1 /
sqrt(head width) into the query projection, the transposes of torch's Linear layers, and the projection's orientation.

Input `input_ids` and `attention_mask`, int64 (batch, tokens); output `vectors`, float32 (batch, dimension).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from common.suggest import nearest
from encoders.onnx_graph import NodeWriter

if TYPE_CHECKING:
    from onnx import ModelProto

_MASKED = float(np.finfo(np.float32).min)  # after softmax exactly 0, as long as one token of the row is real
_ACTIVATIONS = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh", "relu": "relu"}

Weights = Mapping[str, NDArray[np.float32]]


class Pooling(StrEnum):
    """How token vectors become one."""

    MEAN = "mean"  # over real tokens, [CLS] and [SEP] included, as sentence-transformers does
    CLS = "cls"  # the first token


@dataclass(frozen=True, slots=True)
class BertSettings:
    """The part of a BERT's configuration that its graph depends on."""

    layers: int
    hidden: int
    heads: int
    activation: str = "gelu"
    layer_norm_eps: float = 1e-12
    pooling: Pooling = Pooling.MEAN

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, pooling: Pooling = Pooling.MEAN) -> "BertSettings":
        """The settings in a Hugging Face config.json of model type "bert".

        Raises:
            UsageError: another model type, relative positions, a decoder, or an unknown activation.
        """
        if config.get("model_type") != "bert" or config.get("is_decoder", False):
            raise UsageError(f'A model of type "{config.get("model_type")}" came; expected a BERT encoder ("bert").')
        if config.get("position_embedding_type", "absolute") != "absolute":
            raise UsageError(
                f'Positions "{config["position_embedding_type"]}" came; only "absolute" ones are supported.'
            )
        activation = config.get("hidden_act", "gelu")
        if activation not in _ACTIVATIONS:
            raise UsageError(
                f'The activation "{activation}" is unknown.', remedy=nearest(str(activation), _ACTIVATIONS)
            )
        return cls(
            layers=config["num_hidden_layers"],
            hidden=config["hidden_size"],
            heads=config["num_attention_heads"],
            activation=activation,
            layer_norm_eps=config.get("layer_norm_eps", 1e-12),
            pooling=pooling,
        )


def bert_model(
    weights: Weights, settings: BertSettings, *, projection: NDArray[np.float32] | None = None
) -> "ModelProto":
    """The ONNX model of a BERT encoder.

    Args:
        weights: the tensors of `BertModel.state_dict()` by name; a leading "bert." (as in a masked-language or dual
            model) is allowed.
        settings: its configuration.
        projection: an optional matrix (dimension, hidden), as torch's Linear without bias keeps it, applied after
            pooling.

    Raises:
        UsageError: a tensor is missing.
    """
    from onnx import checker

    model = model_of(GraphWriter(weights, settings), projection=projection)
    checker.check_model(model)
    return model


def model_of(writer: "GraphWriter", *, projection: NDArray[np.float32] | None = None) -> "ModelProto":
    """The ONNX model that a writer writes, unchecked."""
    from onnx import TensorProto, helper

    settings = writer.settings
    hidden = writer.embeddings()
    for layer in range(settings.layers):
        hidden = writer.layer(hidden, f"encoder.layer.{layer}.")
    writer.output(hidden, projection)
    dimension = settings.hidden if projection is None else int(projection.shape[0])
    tokens = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"])
        for n in ("input_ids", "attention_mask")
    ]
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", dimension])
    return writer.model("bert", tokens, vectors)


class GraphWriter(NodeWriter):
    """Writes the parts of a BERT.

    `vector`, `transposed`, `word_vectors` and `positions` alone touch the weights: `onnx_mapped.py` has others.
    """

    def __init__(self, weights: Weights, settings: BertSettings) -> None:
        super().__init__({name.removeprefix("bert."): value for name, value in weights.items()})
        self.settings = settings

    def ints(self, *values: int) -> str:
        """A constant int64 vector."""
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def vector(self, name: str, *, scale: float = 1.0) -> str:
        """A vector of weights times a number: (n,)."""
        return self.constant(name, self.weight(name) * np.float32(scale))

    def transposed(self, name: str, *, scale: float = 1.0) -> str:
        """A matrix of weights as a product from the right takes it, times a number: (in, out)."""
        return self.constant(name + "_t", self.weight(name).T * np.float32(scale))

    def word_vectors(self) -> str:
        """The row of each token's number: (batch, tokens, hidden)."""
        words = self.constant("word_embeddings", self.weight("embeddings.word_embeddings.weight"))
        return self.node("Gather", words, "input_ids")

    def positions(self) -> str:
        """Position + type 0: (positions, hidden)."""
        table = (
            self.weight("embeddings.position_embeddings.weight")
            + self.weight("embeddings.token_type_embeddings.weight")[0]
        )
        return self.constant("position_embeddings", table)

    def layer_norm(self, inputs: str, prefix: str) -> str:
        """Layer normalisation over the last axis."""
        scale, shift = self.vector(prefix + "weight"), self.vector(prefix + "bias")
        return self.node("LayerNormalization", inputs, scale, shift, axis=-1, epsilon=self.settings.layer_norm_eps)

    def linear(self, inputs: str, prefix: str, *, scale: float = 1.0) -> str:
        """X W^T + b, both multiplied by `scale`: (..., in) -> (..., out)."""
        matrix = self.transposed(prefix + "weight", scale=scale)
        bias = self.vector(prefix + "bias", scale=scale)
        return self.node("Add", self.node("MatMul", inputs, matrix), bias)

    def embeddings(self) -> str:
        """Word + position + type 0, normalised: (batch, tokens, hidden). Also writes the attention bias."""
        places = self.positions()
        length = self.node("Shape", "input_ids", start=1, end=2)  # (1,)
        place = self.node("Slice", places, self.ints(0), length, self.ints(0))  # (tokens, hidden)
        summed = self.node("Add", self.word_vectors(), place)  # (batch, tokens, hidden)
        real = self.node("Cast", "attention_mask", output="real", to=1)  # (batch, tokens), float32
        absent = self.node("Sub", self.constant("one", np.array([1.0], dtype=np.float32)), real)
        bias = self.node("Mul", absent, self.constant("masked", np.array([_MASKED], dtype=np.float32)))
        self.node("Unsqueeze", bias, self.ints(1, 2), output="attention_bias")  # (batch, 1, 1, tokens)
        return self.layer_norm(summed, "embeddings.LayerNorm.")

    def layer(self, hidden: str, prefix: str) -> str:
        """One transformer layer: (batch, tokens, hidden) -> the same."""
        attended = self.linear(self.attention(hidden, prefix + "attention.self."), prefix + "attention.output.dense.")
        hidden = self.layer_norm(self.node("Add", attended, hidden), prefix + "attention.output.LayerNorm.")
        inner = self.activation(self.linear(hidden, prefix + "intermediate.dense."))
        outer = self.linear(inner, prefix + "output.dense.")
        return self.layer_norm(self.node("Add", outer, hidden), prefix + "output.LayerNorm.")

    def attention(self, hidden: str, prefix: str) -> str:
        """Multi-head self-attention without its output projection: (batch, tokens, hidden) -> the same."""
        width = self.settings.hidden // self.settings.heads
        split = self.ints(0, 0, self.settings.heads, width)  # (batch, tokens, heads, width)

        def heads(part: str, perm: tuple[int, ...], scale: float = 1.0) -> str:
            projected = self.linear(hidden, f"{prefix}{part}.", scale=scale)
            return self.node("Transpose", self.node("Reshape", projected, split), perm=list(perm))

        query = heads("query", (0, 2, 1, 3), 1 / sqrt(width))  # (batch, heads, tokens, width)
        key = heads("key", (0, 2, 3, 1))  # (batch, heads, width, tokens)
        value = heads("value", (0, 2, 1, 3))  # (batch, heads, tokens, width)
        scores = self.node("Add", self.node("MatMul", query, key), "attention_bias")  # (batch, heads, tokens, tokens)
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), value)  # (batch, heads, tokens, width)
        joined = self.node("Transpose", mixed, perm=[0, 2, 1, 3])  # (batch, tokens, heads, width)
        return self.node("Reshape", joined, self.ints(0, 0, self.settings.hidden))

    def activation(self, inputs: str) -> str:
        """The activation of the feed-forward part."""
        kind = _ACTIVATIONS[self.settings.activation]
        return self.node("Relu", inputs) if kind == "relu" else self.node("Gelu", inputs, approximate=kind)

    def output(self, hidden: str, projection: NDArray[np.float32] | None) -> None:
        """Projection, pooling, unit norm: (batch, tokens, hidden) -> `vectors` (batch, dimension).

        The projection is linear, so it may come before the pooling. It does, because ONNX Runtime multiplies a single
        row by another kernel than several rows, and bits must not depend on the batch: here there are always batch x
        tokens rows.
        """
        if projection is not None:
            matrix = self.constant("projection_t", np.asarray(projection, dtype=np.float32).T)
            hidden = self.node("MatMul", hidden, matrix)  # (batch, tokens, dimension)
        pooled = self.pooled(hidden)  # (batch, dimension)
        length = self.node("ReduceL2", pooled, self.ints(1), keepdims=1)  # (batch, 1)
        safe = self.node("Max", length, self.constant("smallest", np.array([1e-12], dtype=np.float32)))
        self.node("Div", pooled, safe, output="vectors")

    def pooled(self, hidden: str) -> str:
        """One vector a row: (batch, tokens, width) -> (batch, width)."""
        if self.settings.pooling is Pooling.CLS:
            return self.node("Squeeze", self.node("Gather", hidden, self.ints(0), axis=1), self.ints(1))
        count = self.node("ReduceSum", "real", self.ints(1), keepdims=1)  # (batch, 1)
        shares = self.node("Unsqueeze", self.node("Div", "real", count), self.ints(1))  # (batch, 1, tokens)
        # A product instead of ReduceSum: ONNX Runtime sums a batch of one in another order, and bits must not depend on
        # the batch.
        return self.node("Squeeze", self.node("MatMul", shares, hidden), self.ints(1))
