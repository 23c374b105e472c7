"""Vectors of a text tower that does not learn: each text computed once, the same bits whatever stands beside it.

They come from ONNX Runtime as at query time (`encoders/onnx_text.py`), and are kept beside the pool, under hashes of
the texts, so that neither a resumed run nor the next one computes them again.
"""

import secrets
from collections.abc import Sequence
from hashlib import blake2b, sha256
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from common.atomic import atomic_path
from common.errors import UsageError
from encoders.onnx_text import TextSettings
from encoders.text_build import GRAPH_RECIPE, BertParts, build_text_tower, cached_tower_folder
from encoders.text_folder import TOWER_FILE, load_text_tower
from indexer.content import array_hash
from training.text_tower import TextStart

_REMEMBERED = 1_000_000  # texts: 1.5 GiB at 384 dimensions
_A_FILE = 512  # texts that a kill may cost: a few seconds
_KEY_BYTES = 16


class FrozenTexts:
    """Texts to unit vectors (n, hidden), remembered in memory and in a folder."""

    def __init__(self, start: TextStart, max_tokens: int, folder: Path, *, cache: Path | None = None) -> None:
        """Opens the tower, built into the user's cache or into `cache`, and what is remembered in `folder`."""
        settings = _settings(start, max_tokens)
        tower_folder = cached_tower_folder(settings, cache)
        if not (tower_folder / TOWER_FILE).exists():
            config = {"model_type": "bert", **start.config}
            build_text_tower(settings, BertParts(_weights(start), config, start.tokenizer), tower_folder)
        self._tower = load_text_tower(tower_folder)
        self._folder = folder / self._tower.spec.fingerprint[:16]
        self._known: dict[bytes, NDArray[np.float32]] = {}
        self._unsaved: list[bytes] = []
        self._one_at_a_time = Lock()  # batches are made in a thread, while validation asks too
        for file in sorted(self._folder.glob("*.npz")):
            with np.load(file) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
            self._known.update((key.tobytes(), vector) for key, vector in zip(keys, vectors, strict=True))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of some texts: float32 (n, hidden)."""
        with self._one_at_a_time:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            keys = [blake2b(text.encode(), digest_size=_KEY_BYTES).digest() for text in texts]
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
            if new:
                self._known.update(zip(new, self._tower.encode(list(new.values())), strict=True))
                self._unsaved += new
            found = np.stack([self._known[key] for key in keys])
            if len(self._unsaved) >= _A_FILE:
                self._save()
            return found

    def _save(self) -> None:
        """Writes what is new into a file of its own: several processes may do so at once."""
        keys = [key for key in self._unsaved if key in self._known]
        with atomic_path(self._folder / f"{secrets.token_hex(8)}.npz") as temporary, temporary.open("wb") as stream:
            table = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY_BYTES)
            np.savez(stream, keys=table, vectors=np.stack([self._known[key] for key in keys]))
        self._unsaved.clear()


def _settings(start: TextStart, max_tokens: int) -> TextSettings:
    return TextSettings(
        name="frozen-text",
        space="training",
        dimension=int(start.config["hidden_size"]),
        max_tokens=max_tokens,
        sources={
            "recipe": GRAPH_RECIPE,
            "config": dict(start.config),
            "weights": {name: array_hash(value) for name, value in sorted(_weights(start).items())},
            "tokenizer": sha256(start.tokenizer).hexdigest(),
        },
    )


def _weights(start: TextStart) -> dict[str, NDArray[np.float32]]:
    if start.weights is None:
        raise UsageError("A text tower with random weights came to be frozen.", remedy="Set text.tuned_layers = -1.")
    return {name: np.ascontiguousarray(tensor.numpy()) for name, tensor in start.weights.items()}
