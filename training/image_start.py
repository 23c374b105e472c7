"""The image tower that a run begins with: its settings, and weights where another run has left some."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from torch import nn

from common.errors import IntegrityError, NotFoundError, UsageError
from common.suggest import nearest
from encoders.convnet3d import ConvSettings
from encoders.image_kinds import ImageKind, ImageTowerSettings, build_image_module, plain_settings, typed_settings
from encoders.plane_net import PlaneSettings
from encoders.vit3d import ViTSettings
from training.typed_toml import typed

TOWER_WEIGHTS, TOWER_CONFIG = "tower.safetensors", "tower.json"


@dataclass(frozen=True, slots=True)
class ImageChoice:
    """Which image tower, and where its weights come from.

    Attributes:
        settings: its shape.
        weights: a folder that `mrseek train export` wrote, of a tower or of a whole encoder; None for random ones.
    """

    settings: ImageTowerSettings
    weights: Path | None = None

    @classmethod
    def from_toml(cls, raw: Any, where: str, folder: Path) -> "ImageChoice":
        """The table [image]: kind, weights, and the settings of that kind.

        Raises:
            UsageError: an unknown kind or key, or a value of the wrong type.
        """
        if not isinstance(raw, Mapping):
            raise UsageError(f"{where} is {raw!r}; expected a table.")
        kind = raw.get("kind", ImageKind.VIT.value)
        if kind not in set(ImageKind):
            raise UsageError(f'{where}.kind is "{kind}".', remedy=nearest(str(kind), ImageKind))
        shared = typed(_Shared, {name: raw[name] for name in raw if name in _SHARED}, where, folder)
        own = {name: value for name, value in raw.items() if name not in _SHARED}
        settings: ImageTowerSettings
        match ImageKind(kind):
            case ImageKind.VIT:
                settings = typed(ViTSettings, own, where)
            case ImageKind.CONVOLUTIONAL:
                settings = typed(ConvSettings, own, where)
            case ImageKind.PLANES:
                settings = typed(PlaneSettings, own, where)
        return cls(settings, shared.weights)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What [image] says of any kind of tower."""

    kind: str = ""
    weights: Path | None = None


_SHARED = frozenset(one.name for one in fields(_Shared))


def open_tower(choice: ImageChoice) -> nn.Module:
    """The tower with its weights.

    Raises:
        NotFoundError: the folder holds none.
        UsageError: they belong to a tower of another shape.
    """
    tower = build_image_module(choice.settings)
    if choice.weights is not None:
        settings, weights = _stored(choice.weights)
        if settings != choice.settings:
            raise UsageError(
                f"The tower in {choice.weights} is {settings}; the configuration says {choice.settings}.",
                remedy="Write the same settings under [image].",
            )
        tower.load_state_dict(weights)
    return tower


def save_tower(tower: nn.Module, settings: ImageTowerSettings, folder: Path) -> None:
    """Writes the weights and settings of a tower into a folder."""
    from safetensors.torch import save_file

    from common.atomic import atomic_path, write_json

    weights = {name: tensor.detach().float().cpu().contiguous() for name, tensor in tower.state_dict().items()}
    with atomic_path(folder / TOWER_WEIGHTS) as temporary:
        save_file(weights, temporary)
    write_json(folder / TOWER_CONFIG, plain_settings(settings))


def _stored(folder: Path) -> tuple[ImageTowerSettings, dict[str, Any]]:
    """Settings and weights of a tower, or of the tower of a whole encoder."""
    import json

    from safetensors.torch import load_file

    from encoders.checkpoint import CONFIG_FILE, load_model

    try:
        if (folder / TOWER_CONFIG).exists():
            settings = typed_settings(json.loads((folder / TOWER_CONFIG).read_text()))
            return settings, load_file(folder / TOWER_WEIGHTS)
        if (folder / CONFIG_FILE).exists():
            model = load_model(folder)
            return model.settings.image, model.image.tower.state_dict()
    except (OSError, ValueError) as error:
        raise IntegrityError(f"The image tower in {folder} cannot be read.", remedy="Export it again.") from error
    raise NotFoundError(
        f"There is no image tower in {folder}.", remedy="Name a folder that `mrseek train export` wrote."
    )
