import numpy as np
import pytest

from common.errors import MrseekError, UsageError
from encoders.callables import encoder_from_callables
from encoders.contract import DualEncoder, ImageTower, TextTower
from encoders.slices import SlicePreparer
from tests.encoder_cases import make_volume
from tests.encoder_conformance import ImageTowerConformance, TextTowerConformance
from volumes.volume import Volume


def image_of_volume(volume: Volume) -> list[float]:
    return [float(volume.voxels.mean()), float(volume.voxels.std()), volume.voxels.size, 1.0]


def image_of_array(slices: np.ndarray) -> np.ndarray:
    return np.append(slices.mean(axis=(1, 2)), 1.0)


def text_function(text: str) -> np.ndarray:
    return np.array([len(text), text.count("a"), 1, 0])


def make(**changes: object) -> DualEncoder:
    given: dict = {"image": image_of_volume, "text": text_function, "dimension": 4, "fingerprint": "mine 1"}
    return encoder_from_callables(**(given | changes))


class TestVolumeFunction(ImageTowerConformance):
    @pytest.fixture
    def tower(self) -> ImageTower:
        return make().image


class TestArrayFunction(ImageTowerConformance):
    @pytest.fixture
    def tower(self) -> ImageTower:
        return make(image=image_of_array, prepare=SlicePreparer(3, 8, 8)).image


class TestTextFunction(TextTowerConformance):
    @pytest.fixture
    def tower(self) -> TextTower:
        return make().text


def test_vectors_are_the_functions_of_unit_length() -> None:
    expected = np.array([5, 1, 1, 0]) / np.sqrt(27)
    np.testing.assert_allclose(make().text.encode(["a 3 T"])[0], expected, atol=1e-6)


def test_spaces() -> None:
    assert make().aligned
    assert not make(text_dimension=4).aligned


def test_the_users_fingerprint_decides() -> None:
    assert make().fingerprint == make().fingerprint
    assert make().fingerprint != make(fingerprint="mine 2").fingerprint
    with pytest.raises(UsageError, match="empty fingerprint"):
        make(fingerprint=" ")


@pytest.mark.parametrize("bad", [[1.0, 2.0], [[1.0, 2.0, 3.0, 4.0]], [1.0, np.nan, 0.0, 0.0]])
def test_bad_output_is_refused(bad: list) -> None:
    encoder = make(text=lambda text: bad, image=lambda volume: bad)
    with pytest.raises(UsageError, match="encoder function gave"):
        encoder.text.encode(["x"])
    with pytest.raises(UsageError, match="encoder function gave"):
        encoder.image.prepare(make_volume())


def test_a_dimension_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        make(dimension=0)


def test_unit_rows_refuse_what_is_not_finite() -> None:
    from encoders.unit import unit_rows

    with pytest.raises(MrseekError, match="not finite"):
        unit_rows(np.array([[np.inf, 1.0]]))
    np.testing.assert_array_equal(unit_rows(np.zeros((1, 3))), [[1, 0, 0]])
