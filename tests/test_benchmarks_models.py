"""The models that are compared, and what a forward pass costs."""

import shutil

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks.compared_models import open_models, random_branch
from benchmarks.encoding_speed import forward_flops
from common.errors import UsageError
from encoders.checkpoint import load_image_branch, save_checkpoint
from encoders.dual import DualModel, DualSettings
from encoders.framing import Framing, FramingKind
from encoders.plane_net import PlaneSettings
from tests.encoder_cases import make_volume, tiny_bert, write_tokenizer


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    settings = PlaneSettings(side=16, widths=(4, 8), blocks=(0, 1), width=16)
    framing = Framing((7, 16, 16), kind=FramingKind.PLANES)
    torch.manual_seed(5)
    model = DualModel(DualSettings("tiny", 24, settings, framing, tiny_bert(), max_tokens=32))
    save_checkpoint(model, write_tokenizer(folder / "words.json").read_bytes(), folder)
    return folder


def test_a_random_twin_is_the_same_tower_with_the_weights_of_a_seed(checkpoint) -> None:
    trained, one, same, other = (
        torch.cat([weight.flatten() for weight in branch.parameters()])
        for branch in (
            load_image_branch(checkpoint),
            random_branch(checkpoint, 1),
            random_branch(checkpoint, 1),
            random_branch(checkpoint, 2),
        )
    )
    assert torch.equal(one, same)
    assert len(one) == len(trained)
    assert not torch.equal(one, other)
    assert not torch.equal(one, trained)


def test_models_come_in_order_and_words_reach_all_but_the_baseline(checkpoint, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model, random, baseline = open_models([str(checkpoint), "random", "baseline"], seed=1)
    prepared = model.image.prepare(make_volume())[None]
    assert random.image.spec.space == model.image.spec.space == random.text.spec.space
    with torch.inference_mode():
        expected = random_branch(checkpoint, 1).eval()(torch.from_numpy(prepared)).numpy()
    assert random.image.encode(prepared) == pytest.approx(expected, abs=1e-6)
    assert not np.allclose(random.image.encode(prepared), model.image.encode(prepared), atol=1e-3)
    assert baseline.text is None


def test_folders_of_one_name_are_told_apart_and_none_comes_twice(checkpoint, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    copy = tmp_path / checkpoint.name
    shutil.copytree(checkpoint, copy)
    assert [one.name for one in open_models([str(checkpoint), str(copy)])] == [str(checkpoint), str(copy)]
    with pytest.raises(UsageError, match="twice"):
        open_models([str(copy), str(copy)])


def test_random_weights_need_a_checkpoint_to_be_the_twin_of() -> None:
    with pytest.raises(UsageError, match="without a checkpoint"):
        open_models(["random"])


def test_a_multiplication_and_an_addition_are_two_operations() -> None:
    assert forward_flops(nn.Linear(3, 4), torch.zeros(5, 3)) == 2 * 5 * 3 * 4
    assert forward_flops(nn.Conv2d(2, 3, 3, padding=1), torch.zeros(1, 2, 8, 8)) == 2 * 8 * 8 * 3 * 2 * 9
