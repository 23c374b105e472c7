"""Resampling, intensity, display slices and plane geometry: against slow formulas, torch, and cases worked by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nibabel.eulerangles import euler2mat
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from volumes import torch_resample
from volumes.geometry import geometry_of
from volumes.intensity import normalise_intensity
from volumes.resample import axis_weights, resample_to_grid, resize_to
from volumes.slices import orthogonal_slices
from volumes.volume import Volume


def volume(shape: tuple[int, int, int], spacing: tuple[float, float, float] = (1.0, 1.0, 1.0), seed: int = 0) -> Volume:
    voxels = np.random.default_rng(seed).random(shape).astype(np.float32)
    return Volume(voxels, np.diag([*spacing, 1.0]))


def slow_weights(size: int, target: int, step: float) -> NDArray[np.float64]:
    matrix = np.zeros((target, size))
    for t in range(target):
        centre = (t - (target - 1) / 2) * step + (size - 1) / 2
        if not -0.5 - 1e-9 <= centre <= size - 0.5 + 1e-9:
            continue
        for s in range(-1000, 1000):
            matrix[t, min(max(s, 0), size - 1)] += max(0.0, 1 - abs(s - centre) / max(step, 1.0))
        matrix[t] /= matrix[t].sum()
    return matrix


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 40), target=st.integers(1, 40), step=st.floats(0.1, 9.0))
def test_weights_are_those_of_the_formula(size: int, target: int, step: float) -> None:
    assert_allclose(axis_weights(size, target, step), slow_weights(size, target, step), atol=1e-5)


def test_the_same_grid_changes_nothing() -> None:
    image = volume((5, 6, 7), (2.0, 1.0, 3.0))
    assert_allclose(resample_to_grid(image, spacing_mm=(2.0, 1.0, 3.0), shape=(5, 6, 7)), image.voxels, rtol=1e-6)
    assert_allclose(resize_to(image, (5, 6, 7)), image.voxels, rtol=1e-6)


def test_a_larger_grid_pads_with_0_and_a_smaller_one_crops_the_middle() -> None:
    image = volume((4, 4, 4))
    padded = resample_to_grid(image, spacing_mm=(1.0, 1.0, 1.0), shape=(8, 8, 8))
    assert_allclose(padded[2:6, 2:6, 2:6], image.voxels, rtol=1e-6)
    assert padded.sum() == pytest.approx(image.voxels.sum(), rel=1e-5)
    assert_allclose(resample_to_grid(image, spacing_mm=(1.0, 1.0, 1.0), shape=(2, 2, 2)), image.voxels[1:3, 1:3, 1:3])


def test_a_ramp_stays_the_ramp_in_mm() -> None:
    x = np.arange(40, dtype=np.float32)[:, None, None] * 0.5 + np.zeros((40, 8, 8), dtype=np.float32)
    image = Volume(x, np.diag([0.5, 1.0, 1.0, 1.0]))  # value = mm along X
    result = resample_to_grid(image, spacing_mm=(1.3, 1.0, 1.0), shape=(9, 8, 8))
    expected = 9.75 + (np.arange(9) - 4) * 1.3  # centre at 19.5 voxels * 0.5 mm
    assert_allclose(result[:, 4, 4], expected, atol=0.025)  # a twentieth of a stored voxel


def test_shrinking_does_not_alias() -> None:
    stripes = np.zeros((96, 8, 8), dtype=np.float32)
    stripes[::2] = 1.0
    result = resize_to(Volume(stripes, np.eye(4)), (24, 8, 8))
    assert_allclose(result[2:-2], 0.5, atol=0.02)


@pytest.mark.parametrize("shape", [(32, 32, 32), (7, 50, 3), (1, 1, 1)])
def test_torch_gives_the_same(shape: tuple[int, int, int]) -> None:
    image = volume((20, 31, 9), (1.0, 0.7, 4.0))
    tensor = torch.from_numpy(image.voxels)
    ours = resample_to_grid(image, spacing_mm=(2.0, 2.0, 2.0), shape=shape)
    theirs = torch_resample.resample_to_grid(tensor, image.spacing_mm, spacing_mm=(2.0, 2.0, 2.0), shape=shape)
    assert_allclose(theirs.numpy(), ours, atol=1e-5)
    assert_allclose(torch_resample.resize_to(tensor, shape).numpy(), resize_to(image, shape), atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(gain=st.floats(0.01, 1000.0), offset=st.floats(-500.0, 500.0))
def test_normalising_forgets_gain_and_offset(gain: float, offset: float) -> None:
    voxels = np.random.default_rng(0).random((12, 12, 12)).astype(np.float32)
    plain = normalise_intensity(voxels)
    assert (plain.min(), plain.max(), plain.dtype) == (0.0, 1.0, np.float32)
    assert_allclose(normalise_intensity(voxels * np.float32(gain) + np.float32(offset)), plain, atol=2e-2)


def test_normalising_ignores_background_outliers_and_constant_images() -> None:
    voxels = np.zeros(20_000, dtype=np.float32)
    voxels[:1000] = np.linspace(100, 200, 1000)
    voxels[0] = 1e9
    result = normalise_intensity(voxels)
    low, high = np.percentile(voxels[voxels > 0], (0.5, 99.5))
    assert_allclose(result[1:1000], np.clip((voxels[1:1000] - low) / (high - low), 0, 1), atol=1e-5)
    assert_array_equal(normalise_intensity(np.full((3, 3), 7.0)), np.zeros((3, 3), dtype=np.float32))


def test_display_slices_are_radiological() -> None:
    voxels = np.zeros((20, 30, 10), dtype=np.float32)
    voxels[15:, :, :] += 1  # the patient's right
    voxels[:, 25:, :] += 2  # front
    voxels[:, :, 8:] += 4  # head
    axial, coronal, sagittal = orthogonal_slices(Volume(voxels, np.diag([1.0, 1.0, 3.0, 1.0])))
    assert (axial.shape, coronal.shape, sagittal.shape) == ((30, 20), (30, 20), (30, 30))
    assert axial[:, 0].mean() > axial[:, -1].mean()  # right on the left
    assert axial[0].mean() > axial[-1].mean()  # front at the top
    assert coronal[0].mean() > coronal[-1].mean()  # head at the top
    assert coronal[:, 0].mean() > coronal[:, -1].mean()
    assert sagittal[0].mean() > sagittal[-1].mean()
    assert sagittal[:, 0].mean() > sagittal[:, -1].mean()  # front on the left


def test_a_single_slice_can_be_shown() -> None:
    axial, coronal, sagittal = orthogonal_slices(volume((20, 30, 1), (1.0, 1.0, 5.0)))
    assert (axial.shape, coronal.shape, sagittal.shape) == ((30, 20), (5, 20), (5, 30))


@pytest.mark.parametrize(
    ("shape", "spacing", "plane", "slices"),
    [
        ((320, 320, 20), (0.6, 0.6, 3.6), "axial", 20),
        ((320, 15, 320), (0.6, 3.0, 0.6), "coronal", 15),
        ((24, 256, 256), (4.0, 0.6, 0.6), "sagittal", 24),
        ((160, 200, 180), (1.0, 1.0, 1.0), "3d", 160),
        ((38, 257, 201), (1.0, 1.0, 1.0), "sagittal", 38),
        ((64, 64, 33), (3.4, 3.4, 3.4), "axial", 33),
        ((256, 1, 256), (1.3, 1.0, 1.3), "coronal", 1),
    ],
)
def test_plane(shape: tuple[int, int, int], spacing: tuple[float, float, float], plane: str, slices: int) -> None:
    geometry = geometry_of(Volume(np.zeros(shape, dtype=np.float32), np.diag([*spacing, 1.0])))
    assert (geometry.plane, geometry.slices, geometry.oblique_deg) == (plane, slices, 0.0)


def test_obliquity_is_the_angle_of_the_normal() -> None:
    affine = np.eye(4)
    affine[:3, :3] = euler2mat(0, 0, np.radians(20)) @ np.diag([1.0, 1.0, 5.0])
    assert geometry_of(Volume(np.zeros((20, 20, 9), dtype=np.float32), affine)).oblique_deg == pytest.approx(20)
