"""Small volumes, texts and models that the encoder tests share. Everything is made here; nothing is fetched."""

import json
from pathlib import Path

import numpy as np

from volumes.volume import Volume

TEXTS = (
    "axial T2 FLAIR brain, 3 T, GE",
    "sagittal T1 lumbar spine",
    "",
    "No acute infarct. No haemorrhage. The ventricles are of normal size and configuration. " * 20,
    "Prostate: PI-RADS 4 lesion in the left peripheral zone, 12 mm.",
    "diffusion b1000, ADC",
    "a",
)

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] axial sagittal t1 t2 flair brain spine lumbar no acute infarct the of 3 t , . a"


def make_volume(seed: int = 0, shape: tuple[int, int, int] = (20, 24, 10), spacing: float = 1.0) -> Volume:
    """A noisy ellipsoid, three times as thick as wide along Z."""
    rng = np.random.default_rng(seed)
    axes = np.meshgrid(*(np.linspace(-1, 1, length) for length in shape), indexing="ij")
    inside = sum(axis**2 for axis in axes) < 0.7
    voxels = (inside * (1.0 + 0.3 * rng.standard_normal(shape))).astype(np.float32)
    return Volume(np.ascontiguousarray(voxels), np.diag([spacing, spacing, 3 * spacing, 1.0]))


def write_tokenizer(path: Path) -> Path:
    """A word-level BERT tokenizer of `WORDS`."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(WORDS.split()))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(path))
    return path


def tiny_bert(**changes: object) -> dict[str, object]:
    """The configuration of a BERT of 2 layers and 32 dimensions."""
    base: dict[str, object] = {
        "model_type": "bert",
        "vocab_size": 40,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 48,
        "max_position_embeddings": 64,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
    }
    return json.loads(json.dumps(base | changes))
