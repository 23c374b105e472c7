"""What every tower must hold, as classes that the tests of each tower inherit. They give `tower`; the rest is here."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from encoders.contract import ImageTower, TextTower, Vectors
from tests.encoder_cases import TEXTS, make_volume
from volumes.volume import Volume

PROJECT = Path(__file__).resolve().parent.parent


def printed_by(code: str, *arguments: Path, environment: dict[str, str] | None = None) -> str:
    """What a new process prints that runs `code`; this process' environment unless another is given."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT, env=environment).stdout


def assert_vectors(vectors: Vectors, items: int, dimension: int) -> None:
    """The contract's words on vectors, one by one."""
    assert vectors.shape == (items, dimension)
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1.0, atol=1e-5)


class TowerConformance:
    """What image and text towers share."""

    def test_spec_is_complete(self, tower: ImageTower | TextTower) -> None:
        spec = tower.spec
        assert spec.name
        assert spec.space
        assert spec.dimension > 0
        assert len(spec.fingerprint) == 64
        assert set(spec.fingerprint) <= set("0123456789abcdef")
        assert tower.spec == spec


class NamedTowerConformance:
    """A tower that needs no folder; `elsewhere` prints the fingerprint of an equal one in a new process."""

    elsewhere: str

    def test_fingerprint_is_the_same_in_another_process(self, tower: ImageTower | TextTower) -> None:
        assert printed_by(self.elsewhere).strip() == tower.spec.fingerprint


class ImageTowerConformance(TowerConformance):
    """Every image tower."""

    volumes = tuple(make_volume(seed, shape) for seed, shape in enumerate([(20, 24, 10), (9, 30, 12), (16, 16, 16)]))

    @pytest.fixture
    def prepared(self, tower: ImageTower) -> np.ndarray:
        return np.stack([tower.prepare(volume) for volume in self.volumes])

    def test_is_an_image_tower(self, tower: ImageTower) -> None:
        assert isinstance(tower, ImageTower)

    def test_prepared_arrays_have_one_shape(self, prepared: np.ndarray) -> None:
        assert prepared.dtype == np.float32
        assert np.isfinite(prepared).all()

    def test_prepare_is_deterministic_and_picklable(self, tower: ImageTower, prepared: np.ndarray) -> None:
        copy = pickle.loads(pickle.dumps(tower.prepare))
        for volume, expected in zip(self.volumes, prepared, strict=True):
            np.testing.assert_array_equal(copy(volume), expected)

    def test_prepare_leaves_the_volume_alone(self, tower: ImageTower) -> None:
        volume = make_volume(5)
        before = volume.voxels.copy()
        tower.prepare(volume)
        np.testing.assert_array_equal(volume.voxels, before)

    @pytest.mark.parametrize("shape", [(1, 1, 1), (1, 40, 3), (64, 64, 2)])
    def test_any_shape_and_a_constant_image_have_a_vector(self, tower: ImageTower, shape: tuple[int, int, int]) -> None:
        for volume in (make_volume(1, shape), _constant(shape)):
            assert_vectors(tower.encode(tower.prepare(volume)[None]), 1, tower.spec.dimension)

    def test_vectors_keep_the_contract(self, tower: ImageTower, prepared: np.ndarray) -> None:
        assert_vectors(tower.encode(prepared), len(prepared), tower.spec.dimension)

    def test_an_empty_batch_is_empty(self, tower: ImageTower, prepared: np.ndarray) -> None:
        assert tower.encode(prepared[:0]).shape == (0, tower.spec.dimension)

    def test_bits_do_not_depend_on_the_batch(self, tower: ImageTower, prepared: np.ndarray) -> None:
        whole = tower.encode(prepared)
        for row in range(len(prepared)):
            np.testing.assert_array_equal(tower.encode(prepared[row : row + 1])[0], whole[row])
        many = np.concatenate([prepared[::-1]] * 7)
        np.testing.assert_array_equal(tower.encode(many), np.concatenate([whole[::-1]] * 7))

    def test_different_scans_differ(self, tower: ImageTower, prepared: np.ndarray) -> None:
        vectors = tower.encode(prepared)
        assert len(np.unique(vectors, axis=0)) == len(vectors)


class TextTowerConformance(TowerConformance):
    """Every text tower."""

    texts = TEXTS

    def test_is_a_text_tower(self, tower: TextTower) -> None:
        assert isinstance(tower, TextTower)

    def test_vectors_keep_the_contract(self, tower: TextTower) -> None:
        assert_vectors(tower.encode(self.texts), len(self.texts), tower.spec.dimension)

    def test_an_empty_text_has_a_vector(self, tower: TextTower) -> None:
        assert_vectors(tower.encode([""]), 1, tower.spec.dimension)

    def test_no_texts_have_no_vectors(self, tower: TextTower) -> None:
        assert tower.encode([]).shape == (0, tower.spec.dimension)

    def test_bits_do_not_depend_on_the_batch(self, tower: TextTower) -> None:
        alone = {text: tower.encode([text])[0] for text in self.texts}
        rng = np.random.default_rng(7)
        for size in (1, 2, 3, 5, 17, 40):
            batch = [str(text) for text in rng.choice(self.texts, size)]
            for text, vector in zip(batch, tower.encode(batch), strict=True):
                np.testing.assert_array_equal(vector, alone[text])


def _constant(shape: tuple[int, int, int]) -> Volume:
    volume = make_volume(0, shape)
    volume.voxels[:] = 3.0
    return volume
