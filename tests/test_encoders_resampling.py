import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoders.brightness import to_unit_range
from encoders.framing import SCALE_FEATURES, Framing, GridPreparer
from encoders.resampling import axis_weights, resample_centred, resize_linear
from encoders.slices import SlicePreparer, slice_axis, slice_places
from tests.encoder_cases import make_volume
from volumes.volume import Volume


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.2, 5.0))
def test_rows_are_averages_or_nothing(length: int, size: int, step: float) -> None:
    sums = axis_weights(length, size, step).sum(axis=1)
    assert (np.isclose(sums, 1.0, atol=1e-5) | (sums == 0)).all()


def test_identity_and_linear_ramps() -> None:
    ramp = np.arange(12, dtype=np.float32)[:, None] * np.ones((1, 5), np.float32)
    np.testing.assert_array_equal(resize_linear(ramp, (12, 5)), ramp)
    finer = resize_linear(ramp, (24, 5))[2:-2, 0]
    np.testing.assert_allclose(finer, (np.arange(24)[2:-2] + 0.5) / 2 - 0.5, atol=1e-6)


def test_agrees_with_pillow() -> None:
    pillow = pytest.importorskip("PIL.Image")
    picture = np.random.default_rng(0).random((37, 53)).astype(np.float32)
    expected = np.asarray(pillow.fromarray(picture).resize((20, 16), pillow.Resampling.BILINEAR))
    np.testing.assert_allclose(resize_linear(picture, (16, 20)), expected, atol=1e-5)


def test_outside_is_zero_and_the_centre_stays() -> None:
    found = resample_centred(np.ones((4, 4, 4), np.float32), (8, 8, 2), (1.0, 1.0, 1.0))
    assert found.shape == (8, 8, 2)
    np.testing.assert_array_equal(found[2:6, 2:6], 1.0)
    assert found.sum() == 4 * 4 * 2


def test_brightness_spans_zero_to_one_whatever_the_unit() -> None:
    volume = make_volume(0)
    found = to_unit_range(volume.voxels)
    assert (found.min(), found.max()) == (0.0, 1.0)
    np.testing.assert_allclose(to_unit_range(volume.voxels * 300 + 40), found, atol=1e-4)
    np.testing.assert_array_equal(to_unit_range(np.full((2, 2, 2), 7, np.float32)), 0.0)


def test_the_whole_field_of_view_fits_the_grid_and_scale_is_kept() -> None:
    volume = Volume(np.ones((40, 20, 10), np.float32), np.diag([2.0, 2.0, 5.0, 1.0]))
    volume.voxels[0, 0, 0] = 0  # not constant: brightness is then 0 to 1
    prepared = GridPreparer(Framing((16, 16, 16)))(volume)
    scale, grid = prepared[:SCALE_FEATURES], prepared[SCALE_FEATURES:].reshape(16, 16, 16)
    np.testing.assert_allclose(2.0**scale, [2 / 1.5, 2 / 1.5, 5 / 1.5, 0.4, 0.2, 0.25, 2.5, 2.5, 2.5], rtol=1e-5)
    assert grid.shape == (16, 16, 16)


def test_a_fixed_spacing_crops_and_pads() -> None:
    ball = make_volume(0, (40, 40, 13))
    prepared = GridPreparer(Framing((8, 64, 8), spacing_mm=1.0))(ball)
    grid = prepared[SCALE_FEATURES:].reshape(8, 64, 8)
    assert grid[:, 32].max() > 0.3
    np.testing.assert_array_equal(grid[:, :10], 0.0)


@pytest.mark.parametrize(("axis", "spacing"), [(0, (5, 1, 1)), (1, (1, 5, 1)), (2, (1, 1, 5)), (2, (1, 1, 1))])
def test_slices_run_along_the_widest_spacing(axis: int, spacing: tuple[float, ...]) -> None:
    assert slice_axis(Volume(np.zeros((3, 3, 3), np.float32), np.diag([*map(float, spacing), 1.0]))) == axis


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_pictures_hang_as_radiologists_hang_them(axis: int) -> None:
    """A bright corner at the high end of all axes: top left, the patient's right or, in sagittal slices, the front."""
    voxels = np.zeros((16, 16, 16), np.float32)
    voxels[8:, 8:, 8:] = 1.0
    spacing = [1.0, 1.0, 1.0]
    spacing[axis] = 2.0
    picture = SlicePreparer(4, 16, 16)(Volume(voxels, np.diag([*spacing, 1.0])))[-1]
    assert picture[:7, :7].min() > 0.9
    assert picture[9:].max() < 0.1
    assert picture[:, 9:].max() < 0.1


def test_slices_keep_their_proportions() -> None:
    volume = Volume(np.ones((40, 20, 12), np.float32), np.diag([1.0, 1.0, 4.0, 1.0]))
    volume.voxels[:, :, 0] = 0.0
    pictures = SlicePreparer(3, 32, 32)(volume)
    assert pictures.shape == (3, 32, 32)
    filled = pictures[2] > 0.5
    assert (filled.any(axis=0).sum(), filled.any(axis=1).sum()) == (32, 16)


def test_slice_places_cover_the_stack() -> None:
    np.testing.assert_array_equal(slice_places(1, 3), [0, 0, 0])
    np.testing.assert_array_equal(slice_places(30, 3), [5, 15, 25])
