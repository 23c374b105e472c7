"""The text tower at query time: ONNX Runtime and tokenizers, no torch, no transformers.

The same text gives the same bits whatever stands beside it in a batch, because every text is padded to a length that
depends on itself alone (a multiple of 8 tokens), texts of one padded length run together, and the graph of
`onnx_bert.py` computes each row of a batch with the same kernels however many rows there are. Measured over batches
of 1 to 32 and 1 and 2 threads with ONNX Runtime 1.32 (2026-11): bits equal.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError
from encoders.contract import TowerSpec, Vectors
from encoders.fingerprint import fingerprint_of
from encoders.onnx_session import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GRAPH_FILE = "text.onnx"
WEIGHTS_FILE = (
    "text.onnx.data"  # beside the graph, so that ONNX Runtime maps it into memory: opening takes 30 ms instead of 450
)
TOKENIZER_FILE = "tokenizer.json"
TEXT_FILES = (GRAPH_FILE, WEIGHTS_FILE, TOKENIZER_FILE)
# The other form (text_half.py): the graph reads the very weights that torch opens, float16 under BertModel's names.
HALF_WEIGHTS_FILE, HALF_CONFIG_FILE = "bert.safetensors", "bert.json"
HALF_FILES = (GRAPH_FILE, HALF_WEIGHTS_FILE, HALF_CONFIG_FILE, TOKENIZER_FILE)

_LENGTH_STEP = 8  # tokens; finer steps save padding, coarser ones make fuller batches
_BATCH_TOKENS = 2048  # a batch's activations then stay inside a few MB of cache


@dataclass(frozen=True, slots=True)
class TextSettings:
    """What an ONNX text tower needs to know beside its files.

    Attributes:
        name: for people.
        space: the name of its vector space.
        dimension: length of its vectors.
        max_tokens: where texts are cut, special tokens included.
        sources: hashes and recipe names of all that its graph was made from; part of the fingerprint.
    """

    name: str
    space: str
    dimension: int
    max_tokens: int
    sources: Mapping[str, object]


class OnnxTextTower:
    """Texts to vectors through the graph, weights and tokenizer.json of one folder.

    Nothing is opened before the first call of `encode`.
    """

    kind = "onnx"

    def __init__(self, folder: Path, settings: TextSettings, *, threads: int = 1) -> None:
        self.folder = folder
        self.settings = settings
        self._threads = threads

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the folder's files: those of the one form or of the other."""
        return HALF_FILES if (self.folder / HALF_WEIGHTS_FILE).exists() else TEXT_FILES

    @property
    def identity(self) -> Mapping[str, object]:
        """All that decides the output."""
        return {"kind": self.kind, **asdict(self.settings), "sources": dict(self.settings.sources)}

    @cached_property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        settings = self.settings
        return TowerSpec(settings.name, fingerprint_of(self.identity), settings.dimension, settings.space)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (texts, dimension); an empty text is its special tokens alone.

        Raises:
            IntegrityError: the files cannot be opened as a text tower.
        """
        vectors = np.empty((len(texts), self.settings.dimension), dtype=np.float32)
        tokens = [
            self._tokenizer.encode(text).ids for text in texts
        ]  # one by one: a pool of threads would not survive a fork
        for rows, length in _batches(tokens):
            ids, mask = _padded([tokens[row] for row in rows], length)
            (vectors[rows],) = self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})
        return vectors

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER_FILE))
        except Exception as error:  # tokenizers raises bare Exception
            raise _unreadable(self.folder / TOKENIZER_FILE, error) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.settings.max_tokens)
        return tokenizer

    @cached_property
    def _session(self) -> "InferenceSession":
        try:
            half = HALF_WEIGHTS_FILE in self.files
            return open_session(self.folder / GRAPH_FILE, threads=self._threads, fold_constants=not half)
        except Exception as error:  # ONNX Runtime's errors share no base class
            raise _unreadable(self.folder / GRAPH_FILE, error) from error

    def __getstate__(self) -> dict[str, Any]:
        """Without the open session and tokenizer: a process that receives the tower opens its own."""
        return {"folder": self.folder, "settings": self.settings, "_threads": self._threads}


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], int]]:
    """Rows of one padded length, at most `_BATCH_TOKENS` tokens together, with that length."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for row, ids in enumerate(tokens):
        by_length[max(1, -(-len(ids) // _LENGTH_STEP)) * _LENGTH_STEP].append(row)
    for length, rows in sorted(by_length.items()):
        size = max(1, _BATCH_TOKENS // length)
        for start in range(0, len(rows), size):
            yield rows[start : start + size], length


def _padded(tokens: Sequence[Sequence[int]], length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and mask, both (rows, length); padding is 0, which the mask hides."""
    ids = np.zeros((len(tokens), length), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, row_tokens in enumerate(tokens):
        ids[row, : len(row_tokens)] = row_tokens
        mask[row, : len(row_tokens)] = 1
    return ids, mask


def _unreadable(path: Path, error: Exception) -> IntegrityError:
    return IntegrityError(
        f"{path} cannot be opened as part of a text tower ({type(error).__name__}).",
        remedy="Run `mrseek verify`; restore the folder from a backup, or index again into a new collection.",
    )
