"""A small dual encoder over planes with weights as after training: norms that have seen data, no two channels alike."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from encoders.checkpoint import save_checkpoint
from encoders.dual import DualModel, DualSettings
from encoders.framing import Framing, FramingKind
from encoders.plane_net import PlaneSettings
from encoders.stored_weights import Stored
from tests.encoder_cases import tiny_bert, write_tokenizer

PLANES = DualSettings(
    name="tiny-planes",
    dimension=20,
    image=PlaneSettings(side=32, widths=(8, 16, 24), blocks=(0, 1, 2), width=24),
    framing=Framing((7, 32, 32), kind=FramingKind.PLANES),
    text={name: value for name, value in tiny_bert().items() if name != "model_type"},
    max_tokens=48,
)


def planes_model(settings: DualSettings = PLANES, seed: int = 0, *, trained: bool = True) -> DualModel:
    """A model with random weights; as after training unless `trained` is not set."""
    torch.manual_seed(seed)
    model = DualModel(settings).eval()
    if trained:
        with torch.no_grad():
            for module in model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    _as_after_training(module)
    return model


def save_planes(
    folder: Path, *, stored: Stored = Stored.FLOAT32, settings: DualSettings = PLANES, seed: int = 0
) -> DualModel:
    """Writes such a model as a checkpoint."""
    model = planes_model(settings, seed)
    folder.mkdir(parents=True, exist_ok=True)
    save_checkpoint(model, write_tokenizer(folder.parent / "words.json").read_bytes(), folder, stored=stored)
    return model


def wide(widths: tuple[int, ...]) -> DualSettings:
    """Settings of an image tower as large as one that is shipped."""
    image = PlaneSettings(side=96, widths=widths, blocks=(0, 1, 2, 2), width=384)
    return replace(PLANES, dimension=384, image=image, framing=Framing(image.shape, kind=FramingKind.PLANES))


def _as_after_training(norm: nn.BatchNorm2d) -> None:
    """Weights and statistics over the magnitudes that trained norms have, some of them tiny."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.normal_(0, 0.3)
    norm.running_var.copy_(torch.exp(torch.empty_like(norm.running_var).uniform_(-9, 2)))  # 1e-4 to 7
    norm.weight.copy_(norm.running_var.sqrt() * torch.empty_like(norm.weight).uniform_(0.5, 1.5))
    norm.bias.normal_(0, 0.2)
