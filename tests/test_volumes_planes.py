"""Planes against indexing by hand, and the composition against the volume itself where nothing needs resampling."""

import numpy as np
import pytest

from volumes.planes import compose, compose_labels, plane_places, planes_of, stack_axis, stack_places


def test_planes_are_those_that_the_places_name() -> None:
    voxels = np.random.default_rng(0).random((12, 9, 20), dtype=np.float32)
    for axis in range(3):
        places = plane_places(voxels.shape, axis)
        for plane, place in zip(planes_of(voxels, axis), places, strict=True):
            index: list[object] = [slice(None)] * 3
            index[place.axis] = place.index
            np.testing.assert_array_equal(plane, voxels[tuple(index)])  # type: ignore[index]
        assert [place.axis for place in places[:5]] == [axis] * 5
        assert {place.axis for place in places[5:]} == {0, 1, 2} - {axis}


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5, 7, 160])
def test_places_ascend_and_stay_inside(depth: int) -> None:
    places = stack_places(depth)
    assert len(places) == 5
    assert places == sorted(places)
    assert places[0] >= 0 and places[-1] < depth
    assert len(set(places)) == min(depth, 5)


def test_isotropic_volumes_are_stacked_along_z() -> None:
    assert stack_axis((1.0, 1.0, 1.0)) == 2
    assert stack_axis((1.0, 1.25, 1.0)) == 2
    assert stack_axis((1.0, 5.0, 1.0)) == 1


def test_a_cube_that_fits_is_only_stretched() -> None:
    random = np.random.default_rng(1)
    voxels = random.integers(1, 1000, (16, 16, 16)).astype(np.float32)
    planes = planes_of(voxels, 2)
    values = np.concatenate([plane.ravel() for plane in planes])
    low, high = np.percentile(values[values > values.min()], (0.5, 99.5))
    pictures = compose(planes, (2.0, 2.0, 2.0), (32.0, 32.0, 32.0), 16)
    for picture, plane in zip(pictures, planes, strict=True):
        np.testing.assert_allclose(picture, np.clip((plane - low) / (high - low), 0, 1) * 255, atol=0.51)


def test_planes_keep_one_scale_and_leave_the_rest_black() -> None:
    voxels = np.full((8, 8, 2), 5.0, dtype=np.float32)
    voxels[0, 0, 0] = 1.0
    pictures = compose(planes_of(voxels, 2), (1.0, 1.0, 2.0), (8.0, 8.0, 4.0), 8)
    assert (pictures[:5] > 0).sum() >= 5 * 64 - 4
    assert (pictures[5] > 0).any(axis=0).sum() == 4  # 4 mm of stack on a side of 8 mm
    assert pictures[5][:, [0, 1, 6, 7]].max() == 0


def test_an_affine_change_of_brightness_changes_nothing() -> None:
    voxels = np.random.default_rng(2).random((20, 24, 6), dtype=np.float32)
    before = compose(planes_of(voxels, 2), (1.0, 1.0, 4.0), (20.0, 24.0, 24.0), 32)
    after = compose(planes_of(voxels * 40 + 0.0, 2), (1.0, 1.0, 4.0), (20.0, 24.0, 24.0), 32)
    np.testing.assert_allclose(before, after, atol=1)


def test_labels_lie_where_the_pictures_have_them() -> None:
    random = np.random.default_rng(4)
    labels = random.integers(0, 50, (16, 16, 16)).astype(np.uint8)
    found = compose_labels(planes_of(labels, 2), (2.0, 2.0, 2.0), (32.0, 32.0, 32.0), 16)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found, np.stack(planes_of(labels, 2)))  # type: ignore[arg-type]
    strip = np.full((8, 8, 2), 7, dtype=np.uint8)
    found = compose_labels(planes_of(strip, 2), (1.0, 1.0, 2.0), (8.0, 8.0, 4.0), 8)  # type: ignore[arg-type]
    assert (found[:5] == 7).all()
    assert (found[5] == 7).all(axis=0).tolist() == [False, False, True, True, True, True, False, False]
