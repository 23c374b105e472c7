"""The tower over planes without torch: its views, its graph and its checkpoint against the torch model."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from common.errors import UsageError
from encoders.checkpoint import WEIGHTS_FILE, load_checkpoint, load_image_branch, load_model
from encoders.contract import DualEncoder, ImageTower
from encoders.dual import DualModel
from encoders.image_planes import OnnxPlanesTower
from encoders.image_vit import Precision, ViTImageTower
from encoders.onnx_planes import planes_model as planes_graph
from encoders.plane_net import PlaneSettings, two_views, which_way
from encoders.plane_views import plane_directions, plane_views
from encoders.stored_weights import Stored, read_weights
from tests.encoder_cases import make_volume
from tests.encoder_conformance import ImageTowerConformance, printed_by
from tests.planes_checkpoint import PLANES, planes_model, save_planes


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DualModel]:
    folder = tmp_path_factory.mktemp("checkpoint") / "planes"
    return folder, save_planes(folder)


@pytest.fixture(scope="module")
def opened(saved: tuple[Path, DualModel], tmp_path_factory: pytest.TempPathFactory) -> DualEncoder:
    return load_checkpoint(saved[0], cache=tmp_path_factory.mktemp("cache"))


class TestOnnxPlanes(ImageTowerConformance):
    @pytest.fixture
    def tower(self, opened: DualEncoder) -> ImageTower:
        return opened.image


def prepared_of(tower: ImageTower) -> np.ndarray:
    """Five series: stacks along each axis, an isotropic one, and one of a single value."""
    shapes = [(20, 24, 10), (9, 30, 12), (16, 16, 16), (40, 6, 30)]
    made = [tower.prepare(make_volume(seed, shape)) for seed, shape in enumerate(shapes)]
    flat = made[0].copy()
    flat[9:] = 0
    return np.stack([*made, flat])


@pytest.mark.parametrize("side", [8, 32])
def test_views_are_those_of_torch(side: int) -> None:
    random = np.random.default_rng(side)
    for top in (0, 1, 5, 256):  # nothing at all, one level, few, all
        levels = random.integers(0, max(top, 1), (7, side, side)) if top else np.zeros((7, side, side), int)
        grid = (levels / np.float32(255)).astype(np.float32)
        expected = two_views(torch.from_numpy(grid)[None]).numpy()
        np.testing.assert_allclose(plane_views(grid), expected, rtol=0, atol=3e-7)


def test_directions_are_those_of_torch() -> None:
    random = np.random.default_rng(0)
    scales = random.normal(0, 1, (200, 9)).astype(np.float32)
    expected = which_way(torch.from_numpy(scales)).numpy()
    np.testing.assert_array_equal(np.stack([plane_directions(scale) for scale in scales]), expected)
    assert len(np.unique(expected[:, 0, :3], axis=0)) == 3  # every axis came up


def test_a_checkpoint_over_planes_opens_without_torch_and_gives_the_models_own_vectors(
    saved: tuple[Path, DualModel], opened: DualEncoder
) -> None:
    assert isinstance(opened.image, OnnxPlanesTower)
    prepared = prepared_of(opened.image)
    with torch.no_grad():
        expected = saved[1].image(torch.from_numpy(prepared)).numpy()
    found = opened.image.encode(prepared)
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    assert np.abs(found[0] - found[1]).max() > 0.01  # a graph that forgot its input would agree with nothing


def test_both_engines_are_one_tower(saved: tuple[Path, DualModel], opened: DualEncoder) -> None:
    spec, framing = opened.image.spec, PLANES.framing
    by_torch = ViTImageTower(spec, framing, partial(load_image_branch, saved[0]), device="cpu")
    prepared = prepared_of(by_torch)
    np.testing.assert_array_equal(prepared, prepared_of(opened.image))
    np.testing.assert_allclose(by_torch.encode(prepared), opened.image.encode(prepared), rtol=0, atol=2e-6)


@pytest.mark.parametrize(
    "shape", [PlaneSettings(64, (8, 8, 8, 16), (0, 1, 2, 2), 40), PlaneSettings(16, (4,), (3,), 8)]
)
def test_the_graph_follows_the_tensors(shape: PlaneSettings, tmp_path: Path) -> None:
    settings = replace(PLANES, image=shape, framing=replace(PLANES.framing, shape=shape.shape))
    model = save_planes(tmp_path / "planes", settings=settings)
    tower = load_checkpoint(tmp_path / "planes", cache=tmp_path / "cache").image
    prepared = prepared_of(tower)
    with torch.no_grad():
        expected = model.image(torch.from_numpy(prepared)).numpy()
    np.testing.assert_allclose(tower.encode(prepared), expected, rtol=0, atol=2e-6)


def test_the_graph_is_sound_onnx() -> None:
    from onnx import checker

    weights = {name: tensor.numpy() for name, tensor in planes_model().image.state_dict().items()}
    checker.check_model(planes_graph(weights, 32), full_check=True)
    del weights["tower.out.2.bias"]
    with pytest.raises(UsageError, match=r'lack the tensor "tower.out.2.bias"'):
        planes_graph(weights, 32)


@pytest.mark.parametrize("trained", [False, True])
def test_half_keeps_the_vectors_and_the_statistics(tmp_path: Path, trained: bool) -> None:
    from encoders.checkpoint import save_checkpoint
    from tests.encoder_cases import TEXTS, write_tokenizer

    model, tokenizer = planes_model(trained=trained), write_tokenizer(tmp_path / "words.json").read_bytes()
    prints = {
        stored: save_checkpoint(model, tokenizer, tmp_path / stored.value, stored=stored)
        for stored in (Stored.FLOAT32, Stored.HALF)
    }
    assert prints[Stored.HALF] != prints[Stored.FLOAT32]
    whole, half = (load_checkpoint(tmp_path / stored.value, cache=tmp_path / "cache") for stored in Stored)
    assert half.image.spec.space != whole.image.spec.space
    prepared = prepared_of(whole.image)
    assert (whole.image.encode(prepared) * half.image.encode(prepared)).sum(axis=1).min() > 0.9995
    assert (whole.text.encode(TEXTS) * half.text.encode(TEXTS)).sum(axis=1).min() > 0.9995
    files = [(tmp_path / stored.value / WEIGHTS_FILE) for stored in Stored]
    assert files[1].stat().st_size < 0.6 * files[0].stat().st_size
    exact, rounded = (read_weights(file, "", "np") for file in files)
    assert exact.keys() == rounded.keys()
    for name, tensor in rounded.items():
        assert tensor.dtype == (np.float16 if tensor.ndim > 1 else np.float32), name
        np.testing.assert_array_equal(tensor, exact[name].astype(tensor.dtype))


def test_training_goes_on_from_half(tmp_path: Path) -> None:
    model = save_planes(tmp_path / "half", stored=Stored.HALF)
    again = load_model(tmp_path / "half")
    for name, tensor in again.state_dict().items():
        assert tensor.dtype == model.state_dict()[name].dtype
        torch.testing.assert_close(tensor, model.state_dict()[name], rtol=1e-3, atol=1e-6)


def test_what_float16_cannot_hold_is_refused(tmp_path: Path) -> None:
    from encoders.checkpoint import save_checkpoint

    model = planes_model()
    with torch.no_grad():
        model.image.projection.weight[0, 0] = 7e4
    with pytest.raises(UsageError, match=r"image.projection.weight.*up to 70000; float16 holds up to 65504"):
        save_checkpoint(model, b"{}", tmp_path, stored=Stored.HALF)


def test_bfloat16_and_cuda_are_left_to_torch(tmp_path: Path) -> None:
    save_planes(tmp_path / "a", settings=replace(PLANES, precision=Precision.BFLOAT16))
    assert isinstance(load_checkpoint(tmp_path / "a", cache=tmp_path).image, ViTImageTower)
    save_planes(tmp_path / "b")
    assert isinstance(load_checkpoint(tmp_path / "b", cache=tmp_path, device="cuda").image, ViTImageTower)


def test_neither_texts_nor_planes_import_torch(saved: tuple[Path, DualModel], tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np; from encoders.open import open_encoder; from tests.encoder_cases import make_volume;"
        "encoder = open_encoder(sys.argv[1]); encoder.text.encode(['axial']);"
        "encoder.image.encode(encoder.image.prepare(make_volume())[None]);"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    printed = printed_by(code, saved[0], environment={"XDG_CACHE_HOME": str(tmp_path), "PATH": ""})
    assert printed.strip() == "[]"
