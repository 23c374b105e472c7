import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from common.atomic import sha256_of_file
from common.errors import IntegrityError, UsageError
from encoders.checkpoint import CONFIG_FILE, TOKENIZER_FILE, WEIGHTS_FILE, load_checkpoint, load_model, save_checkpoint
from encoders.contract import DualEncoder, ImageTower, TextTower
from encoders.convnet3d import ConvSettings
from encoders.dual import DualModel, DualSettings
from encoders.fingerprint import fingerprint_of
from encoders.framing import Framing
from encoders.image_vit import Precision
from encoders.open import open_encoder
from encoders.vit3d import ViTSettings
from tests.encoder_cases import TEXTS, make_volume, tiny_bert, write_tokenizer
from tests.encoder_conformance import ImageTowerConformance, TextTowerConformance, printed_by

SHAPE = (16, 16, 8)
SETTINGS = DualSettings(
    name="tiny-dual",
    dimension=20,
    image=ViTSettings(SHAPE, (8, 8, 4), width=24, depth=2, heads=3, registers=2, layer_scale=0.5),
    framing=Framing(SHAPE),
    text={name: value for name, value in tiny_bert().items() if name != "model_type"},
    max_tokens=48,
)


def make_model(settings: DualSettings = SETTINGS, seed: int = 0) -> DualModel:
    torch.manual_seed(seed)
    model = DualModel(settings).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def save(folder: Path, settings: DualSettings = SETTINGS, seed: int = 0) -> DualModel:
    model = make_model(settings, seed)
    folder.mkdir(parents=True, exist_ok=True)
    save_checkpoint(model, write_tokenizer(folder.parent / "words.json").read_bytes(), folder)
    return model


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DualModel]:
    folder = tmp_path_factory.mktemp("checkpoint") / "tiny"
    return folder, save(folder)


@pytest.fixture(scope="module")
def opened(saved: tuple[Path, DualModel], tmp_path_factory: pytest.TempPathFactory) -> DualEncoder:
    return load_checkpoint(saved[0], cache=tmp_path_factory.mktemp("cache"))


class TestCheckpointImage(ImageTowerConformance):
    @pytest.fixture
    def tower(self, opened: DualEncoder) -> ImageTower:
        return opened.image


class TestCheckpointText(TextTowerConformance):
    @pytest.fixture
    def tower(self, opened: DualEncoder) -> TextTower:
        return opened.text


def test_saved_and_opened_gives_the_models_own_vectors(saved: tuple[Path, DualModel], opened: DualEncoder) -> None:
    from tokenizers import Tokenizer

    folder, model = saved
    prepared = opened.image.prepare(make_volume())[None]
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    ids = torch.tensor([tokenizer.encode(TEXTS[0]).ids])
    with torch.no_grad():
        image = model.image(torch.from_numpy(prepared)).numpy()
        text = model.text(ids, torch.ones_like(ids)).numpy()
    np.testing.assert_allclose(opened.image.encode(prepared), image, atol=1e-6)
    np.testing.assert_allclose(opened.text.encode([TEXTS[0]]), text, atol=1e-5)


def test_both_towers_share_one_space(opened: DualEncoder) -> None:
    assert opened.aligned
    assert opened.image.spec.dimension == opened.text.spec.dimension == 20


def test_open_encoder_opens_the_folder(
    saved: tuple[Path, DualModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: DualEncoder
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    again = open_encoder(str(saved[0]))
    assert (again.fingerprint, again.reference) == (opened.fingerprint, str(saved[0].resolve()))


def test_a_model_comes_back_whole_for_training(saved: tuple[Path, DualModel]) -> None:
    folder, model = saved
    again = load_model(folder)
    assert again.settings == model.settings
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=0, atol=0)


@pytest.mark.parametrize("name", [WEIGHTS_FILE, TOKENIZER_FILE, CONFIG_FILE])
def test_a_changed_byte_is_an_integrity_error(tmp_path: Path, name: str) -> None:
    save(tmp_path / "tiny")
    path = tmp_path / "tiny" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IntegrityError):
        load_checkpoint(tmp_path / "tiny", cache=tmp_path / "cache")


def test_a_missing_file_and_another_version(tmp_path: Path) -> None:
    save(tmp_path / "tiny")
    config = json.loads((tmp_path / "tiny" / CONFIG_FILE).read_text())
    (tmp_path / "tiny" / CONFIG_FILE).write_text(json.dumps(config | {"version": 3}))
    with pytest.raises(IntegrityError, match="format"):
        load_checkpoint(tmp_path / "tiny", cache=tmp_path)
    (tmp_path / "tiny" / CONFIG_FILE).write_text(json.dumps(config))
    (tmp_path / "tiny" / TOKENIZER_FILE).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        load_checkpoint(tmp_path / "tiny", cache=tmp_path)


def test_a_checkpoint_of_version_1_is_read_as_ever(saved: tuple[Path, DualModel], tmp_path: Path) -> None:
    """As mrseek 0.1 wrote it: no kind of tower, and the tower's weights under "image.vit."."""
    folder, model = saved
    shutil.copytree(folder, tmp_path / "old")
    weights = load_file(folder / WEIGHTS_FILE)
    save_file({n.replace("image.tower.", "image.vit."): t for n, t in weights.items()}, tmp_path / "old" / WEIGHTS_FILE)
    config = json.loads((folder / CONFIG_FILE).read_text())
    del config["settings"]["image"]["kind"], config["fingerprint"]
    config |= {
        "version": 1,
        "files": {**config["files"], WEIGHTS_FILE: sha256_of_file(tmp_path / "old" / WEIGHTS_FILE)},
    }
    config["fingerprint"] = fingerprint_of(config)
    (tmp_path / "old" / CONFIG_FILE).write_text(json.dumps(config))
    again = load_model(tmp_path / "old")
    assert again.settings == model.settings
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=0, atol=0)


def test_a_convolutional_tower_is_kept_by_the_same_checkpoint(tmp_path: Path) -> None:
    conv = ConvSettings((16, 16, 8), widths=(8, 16), blocks=(1, 1), width=24)
    model = save(tmp_path / "conv", replace(SETTINGS, image=conv))
    opened = load_checkpoint(tmp_path / "conv", cache=tmp_path / "cache")
    prepared = opened.image.prepare(make_volume())[None]
    with torch.no_grad():
        expected = model.image(torch.from_numpy(prepared)).numpy()
    np.testing.assert_allclose(opened.image.encode(prepared), expected, atol=1e-6)
    assert load_model(tmp_path / "conv").settings.image == conv


def test_weights_tokenizer_and_preprocessing_are_in_the_fingerprint(tmp_path: Path) -> None:
    tokenizer = write_tokenizer(tmp_path / "words.json").read_bytes()
    other = replace(SETTINGS, framing=Framing(SHAPE, spacing_mm=3.0))
    found = [
        save_checkpoint(make_model(), tokenizer, tmp_path / "a"),
        save_checkpoint(make_model(seed=1), tokenizer, tmp_path / "b"),
        save_checkpoint(make_model(), tokenizer.replace(b"axial", b"axiol"), tmp_path / "c"),
        save_checkpoint(make_model(other), tokenizer, tmp_path / "d"),
    ]
    assert len(set(found)) == 4
    assert save_checkpoint(make_model(), tokenizer, tmp_path / "a") == found[0]


def test_bfloat16_is_near_and_is_another_tower(tmp_path: Path, opened: DualEncoder) -> None:
    save(tmp_path / "tiny", replace(SETTINGS, precision=Precision.BFLOAT16))
    half = load_checkpoint(tmp_path / "tiny", cache=tmp_path).image
    prepared = half.prepare(make_volume())[None]
    assert (half.encode(prepared) @ opened.image.encode(prepared).T).item() > 0.99
    assert half.spec.fingerprint != opened.image.spec.fingerprint


@pytest.mark.gpu
def test_cuda_agrees_with_the_cpu_and_with_itself(saved: tuple[Path, DualModel], tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    on_cpu = load_checkpoint(saved[0], device="cpu", cache=tmp_path).image
    on_cuda = load_checkpoint(saved[0], device="cuda", cache=tmp_path).image
    prepared = np.stack([on_cpu.prepare(make_volume(seed)) for seed in range(20)])
    found = on_cuda.encode(prepared)
    assert (found * on_cpu.encode(prepared)).sum(axis=1).min() > 0.9999
    np.testing.assert_array_equal(on_cuda.encode(prepared[17:18])[0], found[17])


def test_framing_and_grid_must_agree() -> None:
    with pytest.raises(UsageError, match="expected the same"):
        replace(SETTINGS, framing=Framing((8, 8, 8)))


def test_text_queries_from_a_cached_checkpoint_do_not_import_torch(
    saved: tuple[Path, DualModel], tmp_path: Path
) -> None:
    code = (
        "import sys; from encoders.open import open_encoder;"
        "encoder = open_encoder(sys.argv[1]); encoder.text.encode(['axial']); encoder.image.prepare;"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    printed = printed_by(code, saved[0], environment={"XDG_CACHE_HOME": str(tmp_path), "PATH": ""})
    assert printed.strip() == "[]"
