"""A text tower of one set of weights: float16, opened by torch to train on and by ONNX Runtime to search with.

    bert.safetensors  BertModel's weights, float16
    bert.json         its configuration
    tokenizer.json    its tokenizer
    text.onnx         the graph, a few kilobytes: its constants lie in bert.safetensors (`onnx_mapped.py`)
    tower.json        as in every text tower's folder (`text_folder.py`)

So what is searched with is what training goes on from, and takes half of the bytes of float32.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from common.atomic import sha256_of_file, storage_errors, write_bytes, write_json
from common.errors import UsageError
from encoders.contract import TextTower
from encoders.onnx_bert import BertSettings, Weights
from encoders.onnx_mapped import mapped_bert_model
from encoders.onnx_text import (
    GRAPH_FILE,
    HALF_CONFIG_FILE,
    HALF_WEIGHTS_FILE,
    TOKENIZER_FILE,
    OnnxTextTower,
    TextSettings,
)
from encoders.text_build import BertParts
from encoders.text_folder import TOWER_FILE, load_text_tower, save_text_tower

HALF_RECIPE = "bert-onnx-half-1"  # raise the number when the graph changes more than by rounding


def write_half_tower(parts: BertParts, folder: Path, *, name: str, max_tokens: int) -> TextTower:
    """Writes a text tower of float16 weights and opens it; its space is named after it and its weights.

    Args:
        parts: without a projection.
        folder: absent or empty.
        name: for people.
        max_tokens: where texts are cut.

    Raises:
        UsageError: there is a tower already; a weight is too large for float16; the parts have a projection.
        StorageError: the disk is full, or the folder cannot be written to.
    """
    if (folder / TOWER_FILE).exists():
        raise UsageError(f"There is a text tower in {folder} already.", remedy="Name another folder, or remove it.")
    if parts.projection is not None:
        raise UsageError("A projection came; a tower of float16 weights has none.")
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=f".{folder.name}.", suffix=".build", dir=folder.parent))
        try:
            write_half_files(parts, partial)
            settings = _settings(parts, partial, name, max_tokens)
            save_text_tower(OnnxTextTower(partial, settings), folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return load_text_tower(folder)


def write_half_files(parts: BertParts, folder: Path) -> None:
    """Writes all but tower.json; equal parts are equal bytes."""
    import onnx
    from safetensors.numpy import save_file

    save_file(half(parts.weights), folder / HALF_WEIGHTS_FILE)
    (folder / HALF_WEIGHTS_FILE).chmod(0o644)  # safetensors makes it readable by its owner alone
    model = mapped_bert_model(folder / HALF_WEIGHTS_FILE, BertSettings.from_config(parts.config))
    write_bytes(folder / GRAPH_FILE, model.SerializeToString(deterministic=True))
    onnx.checker.check_model(str(folder / GRAPH_FILE))
    write_json(folder / HALF_CONFIG_FILE, dict(parts.config))
    write_bytes(folder / TOKENIZER_FILE, parts.tokenizer)


def half(weights: Weights) -> dict[str, np.ndarray[Any, np.dtype[np.float16]]]:
    """Weights rounded to float16, the relative error at most 2^-11 where they are not tiny.

    Raises:
        UsageError: one of them is beyond 65504, float16's largest number, or no number.
    """
    limit = float(np.finfo(np.float16).max)
    for name, values in weights.items():
        if not np.abs(values).max(initial=0.0) <= limit:
            raise UsageError(f'The weight "{name}" does not fit float16: it reaches beyond {limit:g}.')
    return {name: np.ascontiguousarray(values, dtype=np.float16) for name, values in sorted(weights.items())}


def _settings(parts: BertParts, folder: Path, name: str, max_tokens: int) -> TextSettings:
    files = {"weights": HALF_WEIGHTS_FILE, "tokenizer": TOKENIZER_FILE, "config": HALF_CONFIG_FILE}
    hashes = {f"{what}_sha256": sha256_of_file(folder / file) for what, file in files.items()}
    return TextSettings(
        name=name,
        space=f"{name}-{hashes['weights_sha256'][:8]}",
        dimension=int(parts.config["hidden_size"]),
        max_tokens=max_tokens,
        sources={"recipe": HALF_RECIPE, "pooling": "mean", **hashes},
    )
