"""Published dual encoders of the Hugging Face kind (CLIP, SigLIP and all that offer their two methods), slice by slice.

A scan's vector is the mean of its slices' unit vectors, of length 1 again. Nothing is fetched unless that was asked
for, and code that comes with a model is never run. Every scan and every text is encoded alone, at one fixed shape:
the same item gives the same bits.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.atomic import sha256_of_file
from common.errors import IntegrityError, NotFoundError, UsageError
from encoders.contract import DualEncoder, TowerSpec, Vectors
from encoders.device import choose_device
from encoders.fingerprint import fingerprint_of
from encoders.slices import SlicePreparer
from encoders.unit import unit_rows

_RECIPE = "slices-mean-1"
_USED = (".json", ".txt", ".model", ".safetensors")
_SLICES = 8
_CLIP_MEAN_STD = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])  # where a model names none


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What a model wants its pictures to be, from preprocessor_config.json."""

    height: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def open_hugging_face(
    name: str, *, slices: int = _SLICES, device: str = "auto", allow_network: bool = False
) -> DualEncoder:
    """The dual encoder of a hub name or of a folder.

    Args:
        name: "openai/clip-vit-base-patch32", or a folder that `save_pretrained` wrote.
        slices: how many slices stand for a scan.
        device: "auto", "cpu", "cuda".
        allow_network: fetch a model that is not in the local cache.

    Raises:
        NotFoundError: the model is in no folder and not in the cache, and fetching was not allowed.
        UsageError: it is no dual encoder that transformers knows.
        IntegrityError: its configuration cannot be read.
    """
    folder = _find_folder(name, allow_network=allow_network)
    config = _read_json(folder / "config.json")
    dimension = _dimension(config)
    pictures = picture_settings(folder, config)
    identity = {"kind": "huggingface", "recipe": _RECIPE, "slices": slices, "files": _hashes(folder)}
    fingerprint = fingerprint_of(identity)
    model = _Model(folder, device)
    label = Path(name).name
    spec = TowerSpec(label, fingerprint, dimension, f"hf-{label}-{fingerprint[:16]}")
    reference = f"hf:{folder.resolve()}" if Path(name).is_dir() else f"hf:{name}"
    length = _text_length(config)
    return DualEncoder(
        reference, SliceImageTower(spec, model, pictures, slices), HuggingFaceTextTower(spec, model, length)
    )


def picture_settings(folder: Path, config: dict[str, Any]) -> PictureSettings:
    """Size, mean and standard deviation from preprocessor_config.json, else from the model's own configuration."""
    path = folder / "preprocessor_config.json"
    found = _read_json(path) if path.exists() else {}
    height, width = _size(found.get("crop_size") or found.get("size") or config["vision_config"]["image_size"])
    mean, std = found.get("image_mean", _CLIP_MEAN_STD[0]), found.get("image_std", _CLIP_MEAN_STD[1])
    return PictureSettings(height, width, tuple(mean), tuple(std))


class SliceImageTower:
    """Scans to vectors through a 2D model's `get_image_features`."""

    def __init__(self, spec: TowerSpec, model: "_Model", pictures: PictureSettings, slices: int) -> None:
        self._spec = spec
        self._model = model
        self._pictures = pictures
        self._slices = slices

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        return self._spec

    @property
    def prepare(self) -> SlicePreparer:
        """Volume to slices (slices, height, width), 0 to 1."""
        return SlicePreparer(self._slices, self._pictures.height, self._pictures.width)

    def encode(self, prepared: NDArray[np.float32]) -> Vectors:
        """Unit vectors (items, dimension) of prepared slices (items, slices, height, width)."""
        mean = np.array(self._pictures.mean, dtype=np.float32)[:, None, None]  # (channels, 1, 1)
        std = np.array(self._pictures.std, dtype=np.float32)[:, None, None]
        rows = np.empty((len(prepared), self.spec.dimension), dtype=np.float64)
        for row, slices in zip(rows, prepared, strict=True):
            pixels = (slices[:, None] - mean) / std  # (slices, channels, height, width)
            row[:] = unit_rows(self._model.image_features(pixels)).mean(axis=0, dtype=np.float64)
        return unit_rows(rows)


class HuggingFaceTextTower:
    """Texts to vectors through a model's `get_text_features`."""

    def __init__(self, spec: TowerSpec, model: "_Model", length: int) -> None:
        self._spec = spec
        self._model = model
        self._length = length

    @property
    def spec(self) -> TowerSpec:
        """Who this tower is."""
        return self._spec

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (texts, dimension); every text is cut or padded to the model's own length."""
        rows = [self._model.text_features(text, self._length) for text in texts]
        return unit_rows(np.array(rows, dtype=np.float64).reshape(len(rows), self.spec.dimension))


class _Model:
    """The torch model and its tokenizer, opened at first use; both towers share one."""

    def __init__(self, folder: Path, device: str) -> None:
        self._folder = folder
        self._wanted = device

    def image_features(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (n, dimension) of pictures (n, channels, height, width)."""
        import torch

        return self._features(self._torch_model.get_image_features, pixel_values=torch.from_numpy(pixels))

    def text_features(self, text: str, length: int) -> NDArray[np.float32]:
        """Features (dimension,) of one text, padded to `length` tokens."""
        tokens = self._tokenizer([text], padding="max_length", truncation=True, max_length=length, return_tensors="pt")
        rows = self._features(self._torch_model.get_text_features, **tokens)
        first: NDArray[np.float32] = rows[0]
        return first

    def _features(self, method: Callable[..., Any], **inputs: Any) -> NDArray[np.float32]:
        """What a model's method gives, as an array."""
        import torch

        with torch.inference_mode():
            out = method(**{name: tensor.to(self._device) for name, tensor in inputs.items()})
        tensor = getattr(out, "pooler_output", out)  # transformers 5 wraps the projected vectors, 4 gives them bare
        found: NDArray[np.float32] = tensor.float().cpu().numpy()
        return found

    @cached_property
    def _device(self) -> str:
        return choose_device(self._wanted).device

    @cached_property
    def _torch_model(self) -> Any:
        from transformers import AutoModel

        try:
            with _without_progress_bars():
                model = AutoModel.from_pretrained(str(self._folder), local_files_only=True, trust_remote_code=False)
        except ValueError as error:
            raise UsageError(
                f"{self._folder.name} needs code of its own, which mrseek does not run.",
                remedy="Load it yourself and pass its two functions to encoders.callables.encoder_from_callables.",
            ) from error
        if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
            raise _no_dual_encoder(type(model).__name__)
        return model.to(self._device).eval()

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(str(self._folder), local_files_only=True, trust_remote_code=False)


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    """Keeps transformers from drawing bars on stderr, and leaves its setting as it was."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _find_folder(name: str, *, allow_network: bool) -> Path:
    """The folder of a model: a folder's own name, or the place of a hub model in the local cache."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download

    try:
        patterns = [f"*{suffix}" for suffix in (*_USED, ".bin")]
        return Path(snapshot_download(name, local_files_only=not allow_network, allow_patterns=patterns))
    except Exception as error:  # huggingface_hub raises a dozen unrelated kinds
        raise NotFoundError(
            f'"{name}" is neither a folder nor a model in the local Hugging Face cache ({type(error).__name__}).',
            remedy="Name a folder, or fetch it once with open_hugging_face(name, allow_network=True).",
        ) from error


def _hashes(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a model that decides its vectors."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix in _USED]
    if not any(path.suffix == ".safetensors" for path in files):
        files += sorted(folder.glob("*.bin"))
    return {path.name: sha256_of_file(path) for path in files}


def _dimension(config: dict[str, Any]) -> int:
    """The length of the shared vectors, as CLIP-like and SigLIP-like configurations name it."""
    if "vision_config" not in config or "text_config" not in config:
        raise _no_dual_encoder(str(config.get("model_type")))
    text = config["text_config"]
    named = config.get("projection_dim") or text.get("projection_size") or text.get("hidden_size")
    return int(named or 768)  # SigLIP's default, which save_pretrained leaves out


def _text_length(config: dict[str, Any]) -> int:
    """How many tokens a text has."""
    return int(config["text_config"].get("max_position_embeddings") or 64)  # as above


def _no_dual_encoder(kind: str) -> UsageError:
    return UsageError(
        f'A model of type "{kind}" came; expected a dual encoder with get_image_features and get_text_features.',
        remedy="For any other model, pass its two functions to encoders.callables.encoder_from_callables.",
    )


def _size(size: Any) -> tuple[int, int]:
    """Height and width from a number, {"shortest_edge"}, or {"height", "width"}."""
    if isinstance(size, int):
        return size, size
    if "shortest_edge" in size:
        return int(size["shortest_edge"]), int(size["shortest_edge"])
    return int(size["height"]), int(size["width"])


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError) as error:
        raise IntegrityError(
            f"{path} cannot be read ({type(error).__name__}).", remedy="Fetch the model again."
        ) from error
