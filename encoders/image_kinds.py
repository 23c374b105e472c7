"""The kinds of image towers that a checkpoint may hold, by name."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from torch import nn

from common.errors import UsageError
from common.suggest import nearest
from encoders.convnet3d import ConvNet3d, ConvSettings
from encoders.plane_net import PlaneNet, PlaneSettings
from encoders.vit3d import Stem, VisionTransformer3d, ViTSettings

ImageTowerSettings = ViTSettings | ConvSettings | PlaneSettings


class ImageKind(StrEnum):
    """How a tower is called in configurations and checkpoints."""

    VIT = "vit"
    CONVOLUTIONAL = "convolutional"
    PLANES = "planes"


def build_image_module(settings: ImageTowerSettings) -> nn.Module:
    """A tower with fresh weights, as `image_module.py` describes it."""
    match settings:
        case ViTSettings():
            return VisionTransformer3d(settings)
        case ConvSettings():
            return ConvNet3d(settings)
        case PlaneSettings():
            return PlaneNet(settings)


def kind_of(settings: ImageTowerSettings) -> ImageKind:
    """The kind that settings belong to."""
    match settings:
        case ViTSettings():
            return ImageKind.VIT
        case ConvSettings():
            return ImageKind.CONVOLUTIONAL
        case PlaneSettings():
            return ImageKind.PLANES


def plain_settings(settings: ImageTowerSettings) -> dict[str, Any]:
    """Settings as JSON holds them, with their kind."""
    return {"kind": kind_of(settings).value, **asdict(settings)}


def typed_settings(plain: Mapping[str, Any]) -> ImageTowerSettings:
    """The settings that `plain_settings` wrote; without a kind, as checkpoints of version 1 are, those of a ViT.

    Raises:
        UsageError: an unknown kind.
    """
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    kind = values.pop("kind", ImageKind.VIT.value)
    if kind not in set(ImageKind):
        raise UsageError(f'There is no image tower of the kind "{kind}".', remedy=nearest(str(kind), ImageKind))
    if kind == ImageKind.VIT:
        return ViTSettings(**{**values, "stem": Stem(values.get("stem", Stem.PATCH))})
    return PlaneSettings(**values) if kind == ImageKind.PLANES else ConvSettings(**values)
