from pathlib import Path

import numpy as np
import pytest

from encoders.pooling import pool_to
from encoders.statistics import StatisticsTower, _geometry, _plane
from tests.encoder_cases import make_volume
from tests.encoder_conformance import ImageTowerConformance, NamedTowerConformance
from volumes.volume import Volume


class TestStatisticsTower(ImageTowerConformance, NamedTowerConformance):
    elsewhere = "from encoders.statistics import StatisticsTower; print(StatisticsTower().spec.fingerprint)"

    @pytest.fixture
    def tower(self) -> StatisticsTower:
        return StatisticsTower()


def vector(volume: Volume) -> np.ndarray:
    tower = StatisticsTower()
    return tower.encode(tower.prepare(volume)[None])[0]


def test_brightness_and_contrast_do_not_matter() -> None:
    volume = make_volume(1)
    other = Volume(volume.voxels * 7 + 100, volume.affine)
    assert vector(volume) @ vector(other) > 0.9999


def test_physical_size_matters() -> None:
    same = vector(make_volume(1)) @ vector(make_volume(2))
    larger = vector(make_volume(1)) @ vector(make_volume(2, spacing=4.0))
    assert same > 0.98
    assert larger < same - 0.05


def test_geometry_by_hand() -> None:
    volume = Volume(np.zeros((100, 200, 50), np.float32), np.diag([1.5, 3.0, 6.0, 1.0]))
    octaves = np.array([np.log2(150 / 200) / 1.5, np.log2(3) / 1.5, np.log2(1.5) / 1.5, 0, 0.5, 1, 0, 0.5, -0.5, 0])
    np.testing.assert_allclose(_geometry(volume), octaves / 2, atol=1e-12)
    np.testing.assert_allclose(_plane(volume), [0, 0, 1, 0])


def test_pooling_is_the_mean_of_blocks() -> None:
    values = np.arange(24, dtype=np.float32).reshape(6, 4)
    np.testing.assert_allclose(pool_to(values, (3, 2)), values.reshape(3, 2, 2, 2).mean(axis=(1, 3)))
    np.testing.assert_array_equal(pool_to(values, (6, 4)), values)
    assert pool_to(values, (4, 9)).shape == (4, 9)


@pytest.mark.shared
def test_finds_scans_of_the_same_kind_in_real_data(shared_data: Path) -> None:
    """Same anatomy and sequence among the five nearest, the patient's own scans left out: well above chance."""
    from tests.manifest_kinds import load_kinds

    prepared, kinds, subjects = load_kinds(shared_data, StatisticsTower().prepare)
    vectors = StatisticsTower().encode(prepared)
    precision, chance = precision_at_5(vectors @ vectors.T, kinds, subjects)
    print(f"precision@5 {precision:.3f}, chance {chance:.3f}, n {len(kinds)}")
    assert precision > 2 * chance


def precision_at_5(scores: np.ndarray, kinds: np.ndarray, subjects: np.ndarray) -> tuple[float, float]:
    found, expected = [], []
    for row, score in enumerate(scores):
        others = np.flatnonzero(subjects != subjects[row])
        relevant = kinds[others] == kinds[row]
        if relevant.sum() >= 3:
            found.append(relevant[np.argsort(-score[others], kind="stable")[:5]].mean())
            expected.append(relevant.mean())
    return float(np.mean(found)), float(np.mean(expected))
