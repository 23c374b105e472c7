from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from common.errors import NotFoundError, UsageError
from encoders.dual import DualModel, DualSettings
from encoders.framing import Framing
from encoders.vit3d import ViTSettings
from tests.encoder_cases import TEXTS, tiny_bert, write_tokenizer
from training.frozen_text import FrozenTexts
from training.text_tower import (
    BERT_CONFIG,
    BERT_TOKENIZER,
    BERT_WEIGHTS,
    FreshBert,
    TextChoice,
    TokenBatches,
    freeze_all_but,
    open_text_start,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text tower as a language run exports it."""
    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(0)
    config = {name: value for name, value in tiny_bert().items() if name != "model_type"}
    bert = BertModel(BertConfig(**config), add_pooling_layer=False)
    save_file({name: tensor.contiguous() for name, tensor in bert.state_dict().items()}, folder / BERT_WEIGHTS)
    import json

    (folder / BERT_CONFIG).write_text(json.dumps(config | {"model_type": "bert"}))
    write_tokenizer(folder / BERT_TOKENIZER)
    return folder


def bert_of(folder: Path) -> BertModel:
    start = open_text_start(TextChoice(weights=folder))
    bert = BertModel(BertConfig(**start.config), add_pooling_layer=False)
    bert.load_state_dict(dict(start.weights or {}))
    return bert


@pytest.mark.parametrize(
    ("tuned", "layers", "embeddings"), [(0, [], False), (1, [1], False), (2, [0, 1], False), (-1, [0, 1], True)]
)
def test_only_what_is_to_learn_learns(folder: Path, tuned: int, layers: list[int], embeddings: bool) -> None:
    bert = bert_of(folder)
    freeze_all_but(bert, tuned)
    learning = {name for name, one in bert.named_parameters() if one.requires_grad}
    assert {int(name.split(".")[2]) for name in learning if name.startswith("encoder.")} == set(layers)
    assert any(name.startswith("embeddings.") for name in learning) is embeddings


def test_more_layers_than_there_are(folder: Path) -> None:
    with pytest.raises(UsageError, match="-1 to 2"):
        freeze_all_but(bert_of(folder), 3)


def test_fresh_weights_and_folders_without_a_tower(folder: Path, tmp_path: Path) -> None:
    fresh = open_text_start(TextChoice(weights=folder, fresh=FreshBert(16, 1, 2), tuned_layers=-1))
    assert fresh.weights is None and fresh.config["hidden_size"] == 16 and fresh.config["intermediate_size"] == 64
    with pytest.raises(NotFoundError, match="train export"):
        open_text_start(TextChoice(weights=tmp_path))
    with pytest.raises(UsageError, match="tuned_layers = -1"):
        FrozenTexts(fresh, 32, tmp_path)


def test_frozen_vectors_are_those_of_the_branch_before_its_projection(folder: Path, tmp_path: Path) -> None:
    """Projected and normalised, they are the branch's own vectors; alone or beside others, the same bits."""
    start = open_text_start(TextChoice(weights=folder))
    settings = DualSettings("t", 12, ViTSettings((8, 8, 8), (8, 8, 8), 12, 1, 2), Framing((8, 8, 8)), start.config, 48)
    torch.manual_seed(1)
    model = DualModel(settings).eval()
    model.text.bert.load_state_dict(dict(start.weights or {}))
    texts = [text for text in TEXTS if text]
    frozen = FrozenTexts(start, 48, tmp_path / "kept", cache=tmp_path)
    with torch.no_grad():
        expected = model.text(*TokenBatches(start.tokenizer, 48)(texts))
        found = model.text.projected(torch.from_numpy(frozen(texts)))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    again = FrozenTexts(start, 48, tmp_path / "kept", cache=tmp_path)
    np.testing.assert_array_equal(again(texts[2:3])[0], frozen(texts)[2])


def test_frozen_vectors_are_kept_and_not_computed_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = open_text_start(TextChoice(weights=folder))
    monkeypatch.setattr("training.frozen_text._A_FILE", 3)
    first = FrozenTexts(start, 48, tmp_path / "kept", cache=tmp_path)
    computed = first(["brain", "spine", "axial t2", "brain"])
    assert len(list((tmp_path / "kept").rglob("*.npz"))) == 1
    again = FrozenTexts(start, 48, tmp_path / "kept", cache=tmp_path)
    monkeypatch.setattr(again._tower, "encode", lambda texts: pytest.fail(f"{texts} were computed again"))
    np.testing.assert_array_equal(again(["axial t2", "brain"]), computed[[2, 0]])
    stored = b"".join(path.read_bytes() for path in (tmp_path / "kept").rglob("*.npz"))
    assert b"spine" not in stored


def test_minilm_is_where_a_run_begins_unless_told_otherwise() -> None:
    start = open_text_start(TextChoice())
    assert start.config["hidden_size"] == 384 and start.weights is not None
    BertModel(BertConfig(**start.config), add_pooling_layer=False).load_state_dict(dict(start.weights))
