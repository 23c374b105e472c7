"""NIfTI files against nibabel: orientations, types, scaling bit-equal; every damage an error that says what to do."""

import gzip
import itertools
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nibabel.orientations import inv_ornt_aff
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from common.errors import VolumeError
from volumes.limits import DecodeLimits
from volumes.load import load_path, load_series
from volumes.volume import SeriesVolumes

FLIPS = list(itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)))
NUMBERS = ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64", ">i2", ">f4"]


def save(path: Path, voxels: NDArray[np.generic], affine: NDArray[np.float64] | None = None, **header: object) -> Path:
    image = nib.Nifti1Image(voxels, np.diag([2.0, 2.0, 3.0, 1.0]) if affine is None else affine, dtype=voxels.dtype)
    for field, value in header.items():
        image.header[field] = value
    nib.save(image, path)
    return path


def patch(path: Path, offset: int, values: NDArray[np.generic]) -> Path:
    """Overwrites header fields, which nibabel would keep consistent with each other."""
    stored = bytearray(path.read_bytes())
    stored[offset : offset + values.nbytes] = values.tobytes()
    path.write_bytes(bytes(stored))
    return path


def as_nibabel(path: Path) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    image = nib.as_closest_canonical(nib.load(path))
    return image.get_fdata(dtype=np.float32), image.affine


def codes(series: SeriesVolumes) -> set[str]:
    return {defect.code for defect in series.defects}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flip=st.sampled_from(FLIPS),
    shape=st.tuples(*[st.integers(1, 5)] * 3),
    spacing=st.tuples(*[st.floats(0.3, 8.0)] * 3),
    angles=st.tuples(*[st.floats(-0.3, 0.3)] * 3),
    dtype=st.sampled_from(NUMBERS),
)
def test_any_orientation_is_bit_equal_to_nibabels_canonical_one(
    tmp_path: Path,
    flip: tuple[tuple[int, ...], tuple[int, ...]],
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
    angles: tuple[float, float, float],
    dtype: str,
) -> None:
    affine = nib.affines.from_matvec(nib.eulerangles.euler2mat(*angles) @ np.diag(spacing), [5.0, -7.0, 11.0])
    affine = affine @ inv_ornt_aff(np.column_stack(flip), shape)
    voxels = np.random.default_rng(0).integers(0, 100, shape).astype(dtype)
    path = save(tmp_path / "a.nii", voxels, affine)
    volume = load_path(path).chosen
    expected, expected_affine = as_nibabel(path)
    assert_array_equal(volume.voxels, expected)
    assert_array_equal(volume.affine, expected_affine)
    assert volume.voxels.flags.c_contiguous


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_scaled_values_round_as_nibabels_do(tmp_path: Path, dtype: str, suffix: str) -> None:
    image = nib.Nifti1Image(np.random.default_rng(1).random((5, 6, 7)).astype(np.float32), np.eye(4))
    image.header.set_data_dtype(dtype)
    image.header.set_slope_inter(0.013, -0.7)
    nib.save(image, tmp_path / f"a{suffix}")
    assert_array_equal(load_path(tmp_path / f"a{suffix}").chosen.voxels, as_nibabel(tmp_path / f"a{suffix}")[0])


def test_nifti_2_and_a_wrong_extension(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nib.save(nib.Nifti2Image(voxels, np.eye(4)), tmp_path / "a.nii")
    zipped = tmp_path / "scan"  # gzipped, without any extension
    zipped.write_bytes(gzip.compress((tmp_path / "a.nii").read_bytes()))
    for path in (tmp_path / "a.nii", zipped):
        assert_array_equal(load_path(path).chosen.voxels, voxels.astype(np.float32))


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (4, 5, 6, 1)])
def test_fewer_and_more_axes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    voxels = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    series = load_path(save(tmp_path / "a.nii", voxels, np.eye(4)))
    assert_array_equal(series.chosen.voxels, voxels.reshape(*shape[:2], -1))
    assert ("single-slice" in codes(series)) == (shape != (4, 5, 6, 1))


def test_a_4d_image_is_its_mean_and_its_first_frame(tmp_path: Path) -> None:
    voxels = np.random.default_rng(2).integers(0, 4000, (4, 5, 6, 7)).astype(np.int16)
    series = load_path(save(tmp_path / "unknown.nii.gz", voxels, np.diag([-2.0, 2.0, 2.0, 1.0])))
    mean, first = series.volumes
    assert (mean.stack, first.stack, series.chosen.stack) == ("mean", "frame-1", "frame-1")
    assert_array_equal(mean.voxels, voxels[::-1].mean(axis=3, dtype=np.float64).astype(np.float32))
    assert_array_equal(first.voxels, voxels[::-1, ..., 0].astype(np.float32))


@pytest.mark.parametrize(
    ("name", "suffix", "frames", "chosen"),
    [
        ("sub-01_bold.nii.gz", "bold", 3, "mean"),
        ("scan.nii.gz", "asl", 4, "mean"),
        ("scan.nii.gz", "MEGRE", 3, "echo-1"),
        ("my_dwi.nii.gz", "", 5, "frame-5"),
        ("dynamic.nii.gz", "", 5, "frame-1"),
        ("scan_phase.nii.gz", "", 3, ""),
    ],
)
def test_what_the_frames_are_decides_which_volume_stands(
    tmp_path: Path, name: str, suffix: str, frames: int, chosen: str
) -> None:
    path = save(tmp_path / name, np.random.default_rng(3).random((3, 3, 3, frames)).astype(np.float32))
    assert load_series([path], entities={"suffix": suffix} if suffix else {}).chosen.stack == chosen


def test_b_values_beside_the_file_make_shells(tmp_path: Path) -> None:
    voxels = np.random.default_rng(4).random((3, 3, 3, 5)).astype(np.float32)
    path = save(tmp_path / "x.nii.gz", voxels)
    (tmp_path / "x.bval").write_text("0 995 1005 2000 5\n")
    series = load_path(path)
    assert [volume.stack for volume in series.volumes] == ["b-0", "b-1000", "b-2000"]
    assert series.chosen.stack == "b-1000"
    assert_array_equal(series.chosen.voxels, voxels[..., 1:3].mean(axis=3, dtype=np.float64).astype(np.float32))
    (tmp_path / "x.bval").write_text("0 1000\n")
    assert "bad-b-values" in codes(load_path(path))


def test_numbers_that_are_none_are_replaced_and_said(tmp_path: Path) -> None:
    voxels = np.full((2, 2, 2), 5.0, dtype=np.float32)
    voxels[0, 0, 0], voxels[1, 0, 0], voxels[0, 1, 0], voxels[1, 1, 1] = np.nan, np.inf, -np.inf, 9.0
    series = load_path(save(tmp_path / "a.nii", voxels))
    assert "not-finite" in codes(series)
    assert series.chosen.voxels[:, :, 0].tolist() == [[0.0, 5.0], [9.0, 5.0]]
    with pytest.raises(VolumeError, match="No voxel"):
        load_path(save(tmp_path / "b.nii", np.full((2, 2, 2), np.nan, dtype=np.float32)))


def test_colour_becomes_luminance_and_complex_magnitude(tmp_path: Path) -> None:
    colour = np.zeros((2, 2, 2), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    colour["R"], colour["G"], colour["B"] = 100, 50, 200
    series = load_path(save(tmp_path / "rgb.nii", colour))
    assert "colour-image" in codes(series)
    assert_allclose(series.chosen.voxels, 0.299 * 100 + 0.587 * 50 + 0.114 * 200, rtol=1e-6)
    series = load_path(save(tmp_path / "complex.nii", np.full((2, 2, 2), 3 + 4j, dtype=np.complex64)))
    assert "complex-image" in codes(series)
    assert_allclose(series.chosen.voxels, 5.0)


def test_without_orientation_nibabels_guess_is_taken_and_said(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    path = patch(save(tmp_path / "a.nii", voxels), 252, np.zeros(2, dtype="<i2"))  # qform_code, sform_code
    series = load_path(path)
    assert "no-orientation" in codes(series)
    assert_array_equal(series.chosen.voxels, as_nibabel(path)[0])
    assert_array_equal(series.chosen.affine, as_nibabel(path)[1])


def test_a_singular_sform_gives_way_to_the_qform(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.ones((2, 3, 4), dtype=np.int16), np.diag([2.0, 2.0, 3.0, 1.0]))
    image.set_qform(np.diag([2.0, 2.0, 3.0, 1.0]), code=1)
    nib.save(image, tmp_path / "a.nii")
    patch(tmp_path / "a.nii", 280, np.zeros(4, dtype="<f4"))  # srow_x
    series = load_path(tmp_path / "a.nii")
    assert {"bad-affine", "constant-image"} <= codes(series)
    assert series.chosen.spacing_mm == (2.0, 2.0, 3.0)


def test_sform_and_qform_that_disagree_are_said(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.arange(24, dtype=np.int16).reshape(2, 3, 4), np.diag([2.0, 2.0, 3.0, 1.0]))
    image.set_qform(np.diag([1.0, 1.0, 1.0, 1.0]), code=1)
    nib.save(image, tmp_path / "a.nii")
    series = load_path(tmp_path / "a.nii")
    assert "sform-qform-disagree" in codes(series)
    assert series.chosen.spacing_mm == (2.0, 2.0, 3.0)


def test_metres_are_brought_to_mm_and_leaning_axes_are_said(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    path = save(tmp_path / "a.nii", voxels, np.diag([0.002, 0.002, 0.003, 1.0]), xyzt_units=1)
    series = load_path(path)
    assert "spacing-unit" in codes(series)
    assert_allclose(series.chosen.spacing_mm, (2.0, 2.0, 3.0), rtol=1e-6)
    leaning = np.eye(4)
    leaning[1, 2] = 0.3
    assert "sheared-axes" in codes(load_path(save(tmp_path / "b.nii", voxels, leaning)))
    assert "implausible-spacing" in codes(load_path(save(tmp_path / "c.nii", voxels, np.diag([400.0, 1.0, 1.0, 1.0]))))


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_an_error_that_says_what_to_do(tmp_path: Path, suffix: str, keep: float) -> None:
    path = save(tmp_path / f"a{suffix}", np.random.default_rng(5).integers(0, 99, (20, 20, 20)).astype(np.int16))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep * len(whole))])
    with pytest.raises(VolumeError, match=r"truncated|too early") as caught:
        load_path(path)
    assert "Copy the file again" in caught.value.remedy


def test_a_flipped_bit_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    plain = save(tmp_path / "a.nii", np.zeros((9, 9, 9), dtype=np.int16)).read_bytes()
    stored = bytearray(gzip.compress(plain, compresslevel=0))
    stored[-40] ^= 1  # a voxel, stored uncompressed
    path.write_bytes(bytes(stored))
    with pytest.raises(VolumeError, match="damaged"):
        load_path(path)


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello " * 200)
    (tmp_path / "empty.nii").touch()
    (tmp_path / "void").mkdir()
    for path in (tmp_path / "a.txt", tmp_path / "empty.nii", tmp_path / "void", tmp_path / "absent"):
        with pytest.raises(VolumeError) as caught:
            load_path(path)
        assert caught.value.remedy


def test_a_header_that_claims_too_much_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = save(tmp_path / "a.nii", np.zeros((4, 4, 4), dtype=np.int16))
    with pytest.raises(VolumeError, match="at most 60"):
        load_series([path], limits=DecodeLimits(voxels=60))
    patch(path, 42, np.full(3, 30000, dtype="<i2"))  # dim
    with pytest.raises(VolumeError, match="at most"):
        load_path(path)


def test_frames_are_read_one_at_a_time(tmp_path: Path) -> None:
    import tracemalloc

    path = save(tmp_path / "a.nii.gz", np.ones((64, 64, 32, 60), dtype=np.uint8))
    one_frame = 64 * 64 * 32 * 4
    tracemalloc.start()
    load_path(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * one_frame  # 60 frames of float32 would be 60
