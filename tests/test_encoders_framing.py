import numpy as np
import pytest

from encoders.framing import SCALE_FEATURES, Framing, GridPreparer
from encoders.slices import SlicePreparer, slice_axis, slice_places
from tests.encoder_cases import make_volume
from volumes.volume import Volume


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
