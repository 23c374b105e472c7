"""Building a text tower's folder from BERT weights, once, into the user's cache."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.atomic import storage_errors, write_bytes
from common.errors import StorageError
from encoders.contract import TextTower
from encoders.onnx_bert import BertSettings, Weights, bert_model
from encoders.onnx_text import GRAPH_FILE, TOKENIZER_FILE, WEIGHTS_FILE, OnnxTextTower, TextSettings
from encoders.text_folder import load_text_tower, save_text_tower

GRAPH_RECIPE = (
    "bert-onnx-1"  # raise the number when the graph changes more than by rounding: it is part of the fingerprint
)


@dataclass(frozen=True, slots=True, eq=False)
class BertParts:
    """All that a text tower is made of, in memory.

    Attributes:
        weights: `BertModel.state_dict()`.
        config: its config.json.
        tokenizer: the bytes of tokenizer.json.
        projection: (dimension, hidden), or None.
    """

    weights: Weights
    config: Mapping[str, Any]
    tokenizer: bytes
    projection: NDArray[np.float32] | None = None


def text_cache() -> Path:
    """Where built towers are kept: `$XDG_CACHE_HOME/mrseek/text`, else `~/.cache/mrseek/text`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mrseek" / "text"


def cached_tower_folder(settings: TextSettings, cache: Path | None = None) -> Path:
    """Where the tower of these settings lies in the cache, or will."""
    return (cache or text_cache()) / OnnxTextTower(Path(), settings).spec.fingerprint[:16]


def build_text_tower(settings: TextSettings, parts: BertParts, folder: Path) -> TextTower:
    """Writes the tower into `folder` and opens it; where another process was first, opens that one's.

    Raises:
        StorageError: the disk is full, or the folder cannot be written to.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=f".{folder.name}.", suffix=".build", dir=folder.parent))
    except OSError as error:
        raise StorageError(
            f"Cannot write the text tower into {folder.parent}: {error.strerror}.",
            remedy="Set XDG_CACHE_HOME to a folder that you can write to.",
        ) from error
    try:
        write_graph(parts, partial)
        save_text_tower(OnnxTextTower(partial, settings), folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return load_text_tower(folder)


def write_graph(parts: BertParts, folder: Path) -> None:
    """Writes text.onnx, text.onnx.data and tokenizer.json; equal parts are equal bytes."""
    import onnx

    model = bert_model(parts.weights, BertSettings.from_config(parts.config), projection=parts.projection)
    with storage_errors(folder):
        onnx.save_model(
            model,
            str(folder / GRAPH_FILE),
            save_as_external_data=True,
            all_tensors_to_one_file=True,
            location=WEIGHTS_FILE,
            size_threshold=1024,
        )
        (folder / WEIGHTS_FILE).chmod(0o644)  # onnx makes it readable by its owner alone
    write_bytes(folder / TOKENIZER_FILE, parts.tokenizer)
