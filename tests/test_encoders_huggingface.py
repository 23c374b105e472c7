import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from common.errors import NotFoundError, UsageError
from encoders.contract import DualEncoder, ImageTower, TextTower
from encoders.huggingface import open_hugging_face
from encoders.open import open_encoder
from tests.encoder_cases import make_volume, tiny_bert, write_tokenizer
from tests.encoder_conformance import ImageTowerConformance, TextTowerConformance

_TEXT = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24, "vocab_size": 40}
_VISION = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
_PICTURE = {"image_size": 32, "patch_size": 8}


def write_model(folder: Path, kind: str) -> Path:
    """A random dual encoder of transformers, saved as it saves itself, with a tiny tokenizer beside it."""
    import torch
    from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast, SiglipConfig, SiglipModel

    torch.manual_seed(0)
    text = {**_TEXT, "max_position_embeddings": 24, "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0}
    vision = {**_VISION, **_PICTURE}
    if kind == "clip":
        model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=12))
    else:
        model = SiglipModel(SiglipConfig(text_config=text, vision_config=vision))
    model.save_pretrained(folder)
    words = write_tokenizer(folder / "tokenizer.json")
    PreTrainedTokenizerFast(
        tokenizer_file=str(words), pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    settings = {"size": {"height": 32, "width": 32}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="module", params=["clip", "siglip"])
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DualEncoder:
    return open_hugging_face(str(write_model(tmp_path_factory.mktemp(request.param), request.param)), device="cpu")


class TestHuggingFaceImage(ImageTowerConformance):
    @pytest.fixture
    def tower(self, encoder: DualEncoder) -> ImageTower:
        return encoder.image


class TestHuggingFaceText(TextTowerConformance):
    @pytest.fixture
    def tower(self, encoder: DualEncoder) -> TextTower:
        return encoder.text


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("clip"), "clip")


def test_vectors_are_the_models_own(clip_folder: Path) -> None:
    """Against transformers by hand: the mean of the slices' unit vectors; the features of the padded text."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    encoder = open_encoder(f"hf:{clip_folder}")
    model, tokenizer = AutoModel.from_pretrained(clip_folder).eval(), AutoTokenizer.from_pretrained(clip_folder)
    slices = encoder.image.prepare(make_volume())
    assert slices.shape == (8, 32, 32)
    pixels = torch.from_numpy(np.repeat((slices[:, None] - 0.5) / 0.5, 3, axis=1))
    tokens = tokenizer(["axial t2"], padding="max_length", max_length=24, return_tensors="pt")
    with torch.no_grad():
        image = torch.nn.functional.normalize(model.get_image_features(pixels).pooler_output).mean(0)
        text = torch.nn.functional.normalize(model.get_text_features(**tokens).pooler_output)[0]
    np.testing.assert_allclose(encoder.image.encode(slices[None])[0], image / image.norm(), atol=1e-5)
    np.testing.assert_allclose(encoder.text.encode(["axial t2"])[0], text, atol=1e-5)


def test_aligned_and_named_by_its_folder(clip_folder: Path) -> None:
    encoder = open_encoder(f"hf:{clip_folder}")
    assert encoder.aligned
    assert encoder.reference == f"hf:{clip_folder.resolve()}"
    assert open_encoder(encoder.reference).fingerprint == encoder.fingerprint


@pytest.mark.parametrize("name", ["preprocessor_config.json", "tokenizer.json", "model.safetensors"])
def test_every_file_is_in_the_fingerprint(clip_folder: Path, tmp_path: Path, name: str) -> None:
    before = open_hugging_face(str(clip_folder)).fingerprint
    other = tmp_path / "other"
    shutil.copytree(clip_folder, other)
    (other / name).write_bytes((other / name).read_bytes() + b" ")
    assert open_hugging_face(str(other)).fingerprint != before
    assert open_hugging_face(str(clip_folder), slices=4).fingerprint != before


def test_nothing_is_fetched_unasked() -> None:
    with pytest.raises(NotFoundError, match="allow_network"):
        open_hugging_face("nobody/no-such-model")


def test_a_model_that_is_no_dual_encoder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(tiny_bert()))
    with pytest.raises(UsageError, match="get_image_features"):
        open_hugging_face(str(tmp_path))
