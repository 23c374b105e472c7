"""Vectors of a text tower that does not learn: each text computed once, the same bits whatever stands beside it.

They come from ONNX Runtime as at query time (`encoders/onnx_text.py`), so a resumed run, whose memory of texts is
empty, gets the same numbers as one that was not stopped.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from encoders.onnx_text import TextSettings
from encoders.text_build import GRAPH_RECIPE, BertParts, build_text_tower, cached_tower_folder
from encoders.text_folder import TOWER_FILE, load_text_tower
from indexer.content import array_hash
from training.text_tower import TextStart

_REMEMBERED = 300_000  # texts: 450 MiB at 384 dimensions


class FrozenTexts:
    """Texts to unit vectors (n, hidden), remembered."""

    def __init__(self, start: TextStart, max_tokens: int, *, cache: Path | None = None, threads: int = 1) -> None:
        """Builds the tower into the user's cache, or into `cache`, where it is not there yet."""
        weights = _weights(start)
        settings = TextSettings(
            name="frozen-text",
            space="training",
            dimension=int(start.config["hidden_size"]),
            max_tokens=max_tokens,
            sources={
                "recipe": GRAPH_RECIPE,
                "config": dict(start.config),
                "weights": {name: array_hash(value) for name, value in sorted(weights.items())},
                "tokenizer": sha256(start.tokenizer).hexdigest(),
            },
        )
        folder = cached_tower_folder(settings, cache)
        if not (folder / TOWER_FILE).exists():
            config = {"model_type": "bert", **start.config}
            build_text_tower(settings, BertParts(weights, config, start.tokenizer), folder)
        self._tower = load_text_tower(folder, threads=threads)
        self._known: dict[str, NDArray[np.float32]] = {}
        self._one_at_a_time = Lock()  # batches are made in a thread, while validation asks too

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of some texts: float32 (n, hidden)."""
        with self._one_at_a_time:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            if new:
                self._known.update(zip(new, self._tower.encode(new), strict=True))
            return np.stack([self._known[text] for text in texts])


def _weights(start: TextStart) -> dict[str, NDArray[np.float32]]:
    if start.weights is None:
        raise UsageError("A text tower with random weights came to be frozen.", remedy="Set text.tuned_layers = -1.")
    return {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in start.weights.items()}
