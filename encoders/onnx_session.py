"""An ONNX Runtime session, over a file or over a model that was made in memory."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_session(model: Path | bytes, *, threads: int = 1, fold_constants: bool = True) -> "InferenceSession":
    """A session on the CPU.

    One thread by default: a query of some ten tokens has too little work for two, and scans are decoded by other
    processes, which need the other cores.

    Args:
        model: the file, or the serialised model.
        threads: of one operator.
        fold_constants: compute what depends on weights alone once, now. For float16 weights that is their cast: 160 ms
            at opening and all of them twice in memory, against 11 ms in every batch of at most 2048 tokens, which takes
            a second (MiniLM, ONNX Runtime 1.32, 2026-11).
    """
    # ONNX Runtime 1.32 keeps a device id in the user's cache and sends usage to its maker unless told not to before
    # it is imported; a word about an archive may not leave the machine (strace, 2026-11).
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: warnings would reach stderr past Python's logging
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    return onnxruntime.InferenceSession(
        str(model) if isinstance(model, Path) else model,
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=None if fold_constants else ["ConstantFolding"],
    )
