"""An ONNX Runtime session over a model that was made in memory."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import ModelProto
    from onnxruntime import InferenceSession


def session_of(model: "ModelProto", *, threads: int = 1) -> "InferenceSession":
    """A session on the CPU; one thread by default, because decoding processes need the other cores."""
    # As in `onnx_text.open_session`: without this ONNX Runtime 1.32 sends usage to its maker.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: warnings would reach stderr past Python's logging
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
