"""The text tower that a run begins with: its BERT, its tokenizer, and which of its layers learn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from common.atomic import atomic_path, write_bytes, write_json
from common.errors import IntegrityError, MissingExtraError, NotFoundError, UsageError
from encoders.onnx_text import HALF_CONFIG_FILE, HALF_WEIGHTS_FILE, TOKENIZER_FILE

if TYPE_CHECKING:
    pass

# Of a shipped tower (encoders/text_half.py, float16) and of a language run (float32) alike.
BERT_WEIGHTS, BERT_CONFIG, BERT_TOKENIZER = HALF_WEIGHTS_FILE, HALF_CONFIG_FILE, TOKENIZER_FILE
ALL_LAYERS = -1


@dataclass(frozen=True, slots=True)
class FreshBert:
    """The shape of a BERT with random weights."""

    hidden: int
    layers: int
    heads: int


@dataclass(frozen=True, slots=True)
class TextChoice:
    """Where the text tower comes from, and how much of it learns.

    Attributes:
        weights: the folder that `mrseek train export` wrote of a language run, of a distilled tower or of a whole
            encoder; None for MiniLM.
        fresh: random weights of this shape instead; the tokenizer all the same.
        max_tokens: where texts are cut.
        tuned_layers: 0 keeps the tower as it is, n tunes the last n layers, -1 all with the embeddings.
        own_space: images are to come to where the text tower has its texts: its projection is the identity and does not
            learn. So cards and reports are compared with words as well as the text tower can by itself.
    """

    weights: Path | None = None
    fresh: FreshBert | None = None
    max_tokens: int = 128
    tuned_layers: int = 0
    own_space: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TextStart:
    """A text tower as a run begins with it.

    Attributes:
        config: config.json of a BertModel, without its model type.
        weights: of the BertModel; None for random ones.
        tokenizer: the bytes of tokenizer.json.
    """

    config: dict[str, Any]
    weights: Mapping[str, Tensor] | None
    tokenizer: bytes


_IGNORED = {"model_type", "architectures", "transformers_version", "_name_or_path", "torch_dtype", "dtype"}


def open_text_start(choice: TextChoice) -> TextStart:
    """The text tower that a configuration names.

    Raises:
        MissingExtraError: MiniLM's package is not installed.
        NotFoundError: the folder holds no text tower.
    """
    start = _minilm() if choice.weights is None else _from_folder(choice.weights)
    if choice.fresh is None:
        return start
    shape = choice.fresh
    sizes = {"hidden_size": shape.hidden, "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads}
    return TextStart(start.config | sizes | {"intermediate_size": 4 * shape.hidden}, None, start.tokenizer)


def _minilm() -> TextStart:
    from safetensors.torch import load_file

    from encoders.minilm import INSTALL_LINE, find_package

    source = find_package()
    if source is None:
        raise MissingExtraError("The text encoder all-MiniLM-L6-v2 is not installed.", remedy=f"Type: {INSTALL_LINE}")
    weights = load_file(source / "model.safetensors")
    config = _plain(json.loads((source / "config.json").read_text()))
    return TextStart(config, _bert_only(weights), (source / "tokenizer.json").read_bytes())


def _from_folder(folder: Path) -> TextStart:
    from safetensors.torch import load_file

    from encoders.checkpoint import CONFIG_FILE, load_model, read_config

    try:
        if (folder / BERT_CONFIG).exists():
            config = _plain(json.loads((folder / BERT_CONFIG).read_text()))
            weights = {name: tensor.float() for name, tensor in load_file(folder / BERT_WEIGHTS).items()}
            return TextStart(config, weights, (folder / BERT_TOKENIZER).read_bytes())
        if (folder / CONFIG_FILE).exists():
            model = load_model(folder)
            config = dict(read_config(folder)["settings"]["text"])
            return TextStart(config, model.text.bert.state_dict(), (folder / BERT_TOKENIZER).read_bytes())
    except (OSError, ValueError) as error:
        raise IntegrityError(f"The text tower in {folder} cannot be read.", remedy="Export it again.") from error
    raise NotFoundError(
        f"There is no text tower in {folder}.",
        remedy="Name a folder that `mrseek train export` wrote, or none for MiniLM.",
    )


def _plain(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in _IGNORED}


def _bert_only(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without the pooler and the table of position numbers, which a text tower does not use."""
    named = {name.removeprefix("bert."): tensor.float() for name, tensor in weights.items()}
    return {
        n: t for n, t in named.items() if n.startswith(("embeddings.", "encoder.")) and not n.endswith("position_ids")
    }


def freeze_all_but(bert: nn.Module, tuned_layers: int) -> None:
    """Only the last layers of a BertModel learn, or all with the embeddings.

    Raises:
        UsageError: there are not so many layers.
    """
    layers = list(bert.encoder.layer)  # type: ignore[union-attr, arg-type]  # a BertModel has them
    if not ALL_LAYERS <= tuned_layers <= len(layers):
        raise UsageError(f"tuned_layers = {tuned_layers} came; expected -1 to {len(layers)}.")
    bert.requires_grad_(tuned_layers == ALL_LAYERS)
    for layer in layers[len(layers) - max(0, tuned_layers) :]:
        layer.requires_grad_(True)


def save_text(bert: nn.Module, start: TextStart, folder: Path) -> None:
    """Writes a text tower into a folder, as `TextChoice.weights` names it."""
    from safetensors.torch import save_file

    weights = {name: tensor.detach().float().cpu().contiguous() for name, tensor in bert.state_dict().items()}
    with atomic_path(folder / BERT_WEIGHTS) as temporary:
        save_file(weights, temporary)
    write_bytes(folder / BERT_TOKENIZER, start.tokenizer)
    write_json(folder / BERT_CONFIG, {"model_type": "bert", **start.config})


class TokenBatches:
    """Texts to token ids and masks, padded to the longest of the batch."""

    def __init__(self, tokenizer: bytes, max_tokens: int) -> None:
        from tokenizers import Tokenizer

        self.tokenizer: Tokenizer = Tokenizer.from_str(tokenizer.decode())
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)

    def __call__(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask, int64 (texts, tokens); tokens in multiples of 8."""
        ids = [self.tokenizer.encode(text).ids for text in texts]
        return padded(ids)


def padded(rows: Sequence[Sequence[int] | NDArray[np.int64]], *, multiple: int = 8) -> tuple[Tensor, Tensor]:
    """Rows of token ids and their mask, int64 (rows, tokens), filled up with zeros.

    >>> padded([[5, 6], [7]], multiple=2)[1].tolist()
    [[1, 1], [1, 0]]
    """
    length = max(1, -(-max(map(len, rows), default=1) // multiple)) * multiple
    ids, mask = torch.zeros(len(rows), length, dtype=torch.int64), torch.zeros(len(rows), length, dtype=torch.int64)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = torch.as_tensor(tokens)
        mask[row, : len(tokens)] = 1
    return ids, mask
