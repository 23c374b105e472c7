"""The dual encoder as a torch model: an image tower and a BERT, each with a projection into one shared space.

Training works on this; opening a checkpoint uses the image half here and the text half as ONNX,
without torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from common.errors import UsageError
from encoders.framing import SCALE_FEATURES, Framing
from encoders.image_kinds import ImageTowerSettings, build_image_module
from encoders.image_vit import Precision

_FIRST_TEMPERATURE = 0.07  # Radford et al. 2021, "Learning Transferable Visual Models", section 2.5


@dataclass(frozen=True, slots=True)
class DualSettings:
    """All that shapes a dual encoder, beside its weights and its tokenizer.

    Attributes:
        name: for people: "mrseek-small".
        dimension: of the shared space.
        image: the image tower.
        framing: how volumes are laid onto its grid; of the same shape.
        text: config.json of a BertModel.
        max_tokens: where texts are cut, special tokens included.
        precision: in which numbers the image tower computes when it is used.
    """

    name: str
    dimension: int
    image: ImageTowerSettings
    framing: Framing
    text: Mapping[str, Any]
    max_tokens: int = 256
    precision: Precision = Precision.FLOAT32

    def __post_init__(self) -> None:
        """Checks that framing and image tower mean the same grid.

        Raises:
            UsageError: they do not.
        """
        if self.framing.shape != self.image.shape:
            raise UsageError(
                f"A framing of {self.framing.shape} came with an image tower of {self.image.shape}; expected the same."
            )


class ImageBranch(nn.Module):
    """The image tower and its projection."""

    def __init__(self, settings: DualSettings) -> None:
        super().__init__()
        self.shape = settings.image.shape
        self.tower = build_image_module(settings.image)
        self.projection = nn.Linear(settings.image.width, settings.dimension, bias=False)

    def forward(self, prepared: Tensor) -> Tensor:
        """Unit vectors of prepared arrays: (b, 9 + X Y Z) -> (b, dimension)."""
        scale, grid = prepared[:, :SCALE_FEATURES], prepared[:, SCALE_FEATURES:]
        return self.projected(self.tower(grid.reshape(-1, *self.shape), scale))

    def projected(self, seen: Tensor) -> Tensor:
        """Unit vectors of what the tower saw: (b, w) -> (b, dimension)."""
        return functional.normalize(self.projection(seen), dim=-1)


class TextBranch(nn.Module):
    """A BERT, the mean over its tokens, and a projection."""

    def __init__(self, settings: DualSettings) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        self.bert = BertModel(BertConfig(**settings.text), add_pooling_layer=False)
        self.projection = nn.Linear(settings.text["hidden_size"], settings.dimension, bias=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Unit vectors of tokens and their mask: both (b, t) -> (b, dimension)."""
        tokens = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (b, t, w)
        real = attention_mask[..., None].to(tokens.dtype)  # (b, t, 1)
        mean = (tokens * real).sum(dim=1) / real.sum(dim=1)  # (b, w)
        return self.projected(mean)

    def projected(self, mean: Tensor) -> Tensor:
        """Unit vectors of mean token vectors, or of these at any length: (b, w) -> (b, dimension)."""
        return functional.normalize(self.projection(mean), dim=-1)


class DualModel(nn.Module):
    """Both branches and the temperature of the contrastive loss."""

    def __init__(self, settings: DualSettings) -> None:
        super().__init__()
        self.settings = settings
        self.image = ImageBranch(settings)
        self.text = TextBranch(settings)
        self.log_scale = nn.Parameter(torch.tensor(1.0 / _FIRST_TEMPERATURE).log())
