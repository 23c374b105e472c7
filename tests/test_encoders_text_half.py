"""The text tower of one set of float16 weights: torch and ONNX Runtime open the same file, and agree."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from common.errors import IntegrityError, UsageError
from encoders.contract import TextTower
from encoders.onnx_bert import BertSettings
from encoders.onnx_mapped import mapped_bert_model, stored_tensors
from encoders.onnx_text import HALF_FILES, HALF_WEIGHTS_FILE, OnnxTextTower
from encoders.text_build import BertParts
from encoders.text_folder import TOWER_FILE, load_text_tower, save_text_tower, verify_text_tower
from encoders.text_half import half, write_half_tower
from tests.encoder_cases import TEXTS, tiny_bert, write_tokenizer
from tests.encoder_conformance import TextTowerConformance
from tests.test_encoders_text_folder import bert_weights


def parts_of(folder: Path, seed: int = 0) -> BertParts:
    tokenizer = write_tokenizer(folder / "made.json").read_bytes()
    return BertParts(bert_weights(BertSettings.from_config(tiny_bert()), seed), tiny_bert(), tokenizer)


def build(folder: Path, seed: int = 0) -> TextTower:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return write_half_tower(parts_of(folder.parent, seed), folder, name="tiny-half", max_tokens=48)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path / "tower")
    return tmp_path / "tower"


class TestHalfTower(TextTowerConformance):
    @pytest.fixture
    def tower(self, folder: Path) -> TextTower:
        return load_text_tower(folder)


def test_offsets_are_those_of_the_bytes(folder: Path) -> None:
    """Read by hand from the offsets, every tensor is the rounded weight."""
    content = (folder / HALF_WEIGHTS_FILE).read_bytes()
    weights = parts_of(folder.parent).weights
    stored = stored_tensors(folder / HALF_WEIGHTS_FILE)
    assert stored.keys() == weights.keys()
    for name, one in stored.items():
        read = np.frombuffer(content, "<f2", count=one.size_bytes // 2, offset=one.offset).reshape(one.shape)
        np.testing.assert_array_equal(read, weights[name].astype(np.float16))


def test_agrees_with_torch_at_float32_on_the_same_file(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    config = json.loads((folder / "bert.json").read_text())
    bert = BertModel(BertConfig(**config), add_pooling_layer=False).eval()
    bert.load_state_dict({name: tensor.float() for name, tensor in load_file(folder / HALF_WEIGHTS_FILE).items()})
    tower = load_text_tower(folder)
    assert isinstance(tower, OnnxTextTower)
    ids = [tower._tokenizer.encode(text).ids for text in TEXTS]
    with torch.no_grad():
        means = [bert(torch.tensor([row])).last_hidden_state[0].mean(dim=0) for row in ids]
    expected = np.stack([(mean / mean.norm()).numpy() for mean in means])
    np.testing.assert_allclose(tower.encode(TEXTS), expected, atol=2e-6, rtol=0)


def test_one_set_of_weights(folder: Path) -> None:
    files = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert set(files) == {*HALF_FILES, TOWER_FILE}
    numbers = sum(values.size for values in parts_of(folder.parent).weights.values())
    assert 2 * numbers <= files[HALF_WEIGHTS_FILE] <= 2 * numbers + 8000  # and a header
    graph = mapped_bert_model(folder / HALF_WEIGHTS_FILE, BertSettings.from_config(tiny_bert())).graph
    inside = [one for one in graph.initializer if one.data_location == 0]
    assert all(len(one.raw_data) <= 64 for one in inside) and len(graph.initializer) - len(inside) > 30


def test_what_was_found_wrong_says_what_and_why(folder: Path, tmp_path: Path) -> None:
    parts = parts_of(tmp_path)
    with pytest.raises(UsageError, match="already"):
        write_half_tower(parts, folder, name="x", max_tokens=48)
    large = {**parts.weights, "embeddings.LayerNorm.bias": np.full(32, 7e4, np.float32)}
    with pytest.raises(UsageError, match=r'"embeddings\.LayerNorm\.bias".*65504'):
        half(large)
    with pytest.raises(UsageError, match="does not fit"):
        half({"a": np.array([np.nan], np.float32)})
    less = {name: values for name, values in parts.weights.items() if name != "embeddings.LayerNorm.bias"}
    with pytest.raises(UsageError, match=r"embeddings\.LayerNorm\.bias"):
        write_half_tower(BertParts(less, parts.config, parts.tokenizer), tmp_path / "less", name="x", max_tokens=48)
    assert not list(tmp_path.glob(".less*"))


def test_equal_parts_are_equal_bytes_and_other_weights_another_space(tmp_path: Path) -> None:
    one, two, other = (build(tmp_path / name / "tower", seed) for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    for name in HALF_FILES:
        assert (tmp_path / "a/tower" / name).read_bytes() == (tmp_path / "b/tower" / name).read_bytes()
    assert one.spec == two.spec
    assert one.spec.space != other.spec.space and one.spec.fingerprint != other.spec.fingerprint


def test_carried_and_checked_as_the_other_form_is(folder: Path, tmp_path: Path) -> None:
    save_text_tower(load_text_tower(folder), tmp_path / "collection" / "tower")
    verify_text_tower(tmp_path / "collection" / "tower")
    np.testing.assert_array_equal(
        load_text_tower(tmp_path / "collection" / "tower").encode(TEXTS), load_text_tower(folder).encode(TEXTS)
    )
    for name in HALF_FILES:
        copy = tmp_path / f"copy-{name}"
        shutil.copytree(folder, copy)
        content = bytearray((copy / name).read_bytes())
        content[len(content) // 2] ^= 1
        (copy / name).write_bytes(content)
        with pytest.raises(IntegrityError, match="has changed"):
            load_text_tower(copy)
