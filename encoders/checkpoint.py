"""A dual encoder as a folder.

    model.safetensors   the weights of `DualModel`, float32 or half (`stored_weights.py`)
    tokenizer.json      of the text tower
    config.json         format, version, settings (towers, projection, preprocessing), the sha256 of both files,
                        fingerprint

Version 2 names the kind of the image tower; version 1, which is read too, knew only the ViT.

The fingerprint is the sha256 of the rest of config.json, so it covers weights, tokenizer and preprocessing; the same
model stored in half is another one. Opening reads the towers' weights only when they are needed. The text tower is
written as ONNX into the user's cache at the first opening, and a tower over planes runs through ONNX Runtime too, so
that neither a question nor the indexing of such an encoder imports torch.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.atomic import sha256_of_file, write_bytes, write_json
from common.errors import IntegrityError
from encoders.contract import DualEncoder, ImageTower, TextTower, TowerSpec
from encoders.fingerprint import fingerprint_of
from encoders.framing import Framing, FramingKind
from encoders.image_planes import OnnxPlanesTower
from encoders.image_vit import Precision, ViTImageTower
from encoders.onnx_text import TextSettings
from encoders.stored_weights import Stored, read_weights, write_weights
from encoders.text_build import GRAPH_RECIPE, BertParts, build_text_tower, cached_tower_folder
from encoders.text_folder import TOWER_FILE, load_text_tower

if TYPE_CHECKING:
    from encoders.dual import DualModel, DualSettings, ImageBranch

WEIGHTS_FILE = "model.safetensors"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "config.json"
_FORMAT = "mrseek-dual-encoder"
_VERSION = 2
_READABLE = (1, 2)
_IMAGE_PREFIX, _TEXT_PREFIX = "image.", "text."
_REMEDY = "Copy the checkpoint again from where it came from."


def save_checkpoint(model: "DualModel", tokenizer: bytes, folder: Path, *, stored: Stored = Stored.FLOAT32) -> str:
    """Writes a checkpoint and gives its fingerprint; config.json comes last, and names the hashes of the others.

    Args:
        model: its settings and weights.
        tokenizer: the bytes of tokenizer.json.
        folder: made where it is not there; files of an earlier checkpoint are replaced.
        stored: in which numbers the weights are written.

    Raises:
        UsageError: a weight is too large to be stored in half.
        StorageError: the disk is full, or the folder cannot be written to.
    """
    from encoders.image_kinds import plain_settings

    (folder / CONFIG_FILE).unlink(missing_ok=True)  # until the new one is there, this folder is no checkpoint
    write_weights(model.state_dict(), folder / WEIGHTS_FILE, stored)
    write_bytes(folder / TOKENIZER_FILE, tokenizer)
    files = {name: sha256_of_file(folder / name) for name in (WEIGHTS_FILE, TOKENIZER_FILE)}
    config: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "recipes": {"framing": model.settings.framing.recipe, "text": GRAPH_RECIPE},
        "settings": json.loads(json.dumps(asdict(model.settings) | {"image": plain_settings(model.settings.image)})),
        "files": files,
    }
    if stored is not Stored.FLOAT32:  # unsaid in float32, as it always was: fingerprints of old checkpoints stay
        config["stored"] = stored.value
    fingerprint = fingerprint_of(config)
    write_json(folder / CONFIG_FILE, config | {"fingerprint": fingerprint})
    return fingerprint


def load_checkpoint(folder: Path, *, device: str = "auto", cache: Path | None = None, threads: int = 1) -> DualEncoder:
    """The dual encoder in `folder`, both towers in one space.

    Args:
        folder: of a checkpoint.
        device: for the image tower: "auto", "cpu", "cuda", "cuda:1". A tower over planes runs on the CPU unless CUDA is
            asked for: it keeps ahead of decoding, and torch is not imported to look for a device.
        cache: where the text tower is kept as ONNX; default the user's cache.
        threads: ONNX Runtime threads of each tower.

    Raises:
        IntegrityError: a file is missing or changed, or the format is another one.
    """
    config = read_config(folder)
    settings, fingerprint = config["settings"], config["fingerprint"]
    space = f"{settings['name']}-{fingerprint[:16]}"
    spec = TowerSpec(f"{settings['name']}-image", fingerprint, settings["dimension"], space)
    image = _open_image(folder, settings, spec, device, threads)
    return DualEncoder(str(folder.resolve()), image, _open_text(folder, config, space, cache, threads))


def read_config(folder: Path) -> dict[str, Any]:
    """config.json of a checkpoint, after checking it and every byte of the files that it names.

    Raises:
        IntegrityError: a file is missing or changed, or the format is another one.
    """
    path = folder / CONFIG_FILE
    try:
        config: dict[str, Any] = json.loads(path.read_text())
        named = (config["format"], config["version"])
        files, fingerprint = config["files"], config["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntegrityError(
            f"{path} cannot be read as a checkpoint ({type(error).__name__}).", remedy=_REMEDY
        ) from error
    if named not in {(_FORMAT, version) for version in _READABLE}:
        raise IntegrityError(f"{path} has the format {named}; expected {(_FORMAT, _VERSION)}.", remedy=_REMEDY)
    if fingerprint_of({name: value for name, value in config.items() if name != "fingerprint"}) != fingerprint:
        raise IntegrityError(f"{path} has changed since it was written: the fingerprint does not fit.", remedy=_REMEDY)
    for name, expected in files.items():
        if not (folder / name).exists() or sha256_of_file(folder / name) != expected:
            raise IntegrityError(f"{folder / name} is missing or has changed since it was written.", remedy=_REMEDY)
    return config


def load_image_branch(folder: Path) -> "ImageBranch":
    """The image half of the checkpoint in `folder`, on the CPU."""
    from encoders.dual import ImageBranch

    branch = ImageBranch(_settings_of(read_config(folder)["settings"]))
    branch.load_state_dict(read_weights(folder / WEIGHTS_FILE, _IMAGE_PREFIX, "pt"))
    return branch


def load_model(folder: Path) -> "DualModel":
    """The whole torch model of the checkpoint in `folder`, on the CPU: to go on training."""
    from encoders.dual import DualModel

    model = DualModel(_settings_of(read_config(folder)["settings"]))
    model.load_state_dict(read_weights(folder / WEIGHTS_FILE, "", "pt"))
    return model


def _settings_of(plain: Mapping[str, Any]) -> "DualSettings":
    """The settings as config.json holds them, typed again."""
    from encoders.dual import DualSettings
    from encoders.image_kinds import typed_settings

    typed = {
        "image": typed_settings(plain["image"]),
        "framing": _framing_of(plain["framing"]),
        "precision": Precision(plain["precision"]),
    }
    return DualSettings(**{**plain, **typed})


def _framing_of(plain: Mapping[str, Any]) -> Framing:
    """A framing as config.json holds it; the first checkpoints knew one kind."""
    return Framing(tuple(plain["shape"]), plain["spacing_mm"], FramingKind(plain.get("kind", FramingKind.GRID)))


def _open_image(folder: Path, settings: Mapping[str, Any], spec: TowerSpec, device: str, threads: int) -> ImageTower:
    """The image half: planes in float32 through ONNX Runtime, everything else through torch."""
    framing, precision = _framing_of(settings["framing"]), Precision(settings["precision"])
    planes = settings["image"].get("kind") == FramingKind.PLANES.value  # both are called so; no torch to say it
    if planes and precision is Precision.FLOAT32 and device in {"auto", "cpu"}:
        weights = partial(read_weights, folder / WEIGHTS_FILE, _IMAGE_PREFIX, "np")
        return OnnxPlanesTower(spec, framing, weights, threads=threads)
    return ViTImageTower(spec, framing, partial(load_image_branch, folder), device=device, precision=precision)


def _open_text(folder: Path, config: Mapping[str, Any], space: str, cache: Path | None, threads: int) -> TextTower:
    """The text half through ONNX Runtime, built into the cache where it is not there."""
    settings = config["settings"]
    text = TextSettings(
        name=f"{settings['name']}-text",
        space=space,
        dimension=settings["dimension"],
        max_tokens=settings["max_tokens"],
        sources={"recipe": GRAPH_RECIPE, "checkpoint": config["fingerprint"]},
    )
    place = cached_tower_folder(text, cache)
    if not (place / TOWER_FILE).exists():
        weights = read_weights(folder / WEIGHTS_FILE, _TEXT_PREFIX, "np")
        projection = weights.pop("projection.weight")
        tokenizer = (folder / TOKENIZER_FILE).read_bytes()
        build_text_tower(
            text, BertParts(weights, {"model_type": "bert", **settings["text"]}, tokenizer, projection), place
        )
    return load_text_tower(place, threads=threads)
