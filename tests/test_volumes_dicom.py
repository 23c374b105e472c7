"""DICOM series of every shape that archives hold, by both readers, against voxels and places known beforehand."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pydicom import dcmread
from pydicom.uid import (
    JPEGLSLossless,
    MediaStorageDirectoryStorage,
    RLELossless,
    generate_uid,
)

from common.errors import VolumeError
from tests.dicom_series import AXIAL, CORONAL, OBLIQUE, SAGITTAL, compress_by_gdcm, noise, truth, write_stack
from volumes.assemble import assemble
from volumes.dicom_files import select_images
from volumes.limits import DecodeLimits
from volumes.load import load_path, load_series
from volumes.nicom import read_series
from volumes.volume import SeriesVolumes

DEFLATED = "1.2.840.10008.1.2.1.99"


def by_nicom(files: Sequence[Path]) -> SeriesVolumes:
    return assemble(read_series(select_images(files).instances, DecodeLimits()))


def by_door(files: Sequence[Path]) -> SeriesVolumes:
    loaded = load_series(files)
    assert loaded.reader == "dcm2niix"
    return loaded


BOTH = pytest.mark.parametrize("read", [by_door, by_nicom])
Reader = Callable[[Sequence[Path]], SeriesVolumes]


def codes(series: SeriesVolumes) -> set[str]:
    return {defect.code for defect in series.defects}


def names(series: SeriesVolumes) -> list[str]:
    return sorted(volume.stack for volume in series.volumes)


@BOTH
@pytest.mark.parametrize("orientation", [AXIAL, CORONAL, SAGITTAL, OBLIQUE])
def test_a_plain_stack_lies_where_dicom_says(tmp_path: Path, read: Reader, orientation: tuple[float, ...]) -> None:
    stored = noise(6)
    files = write_stack(tmp_path, stored, series=generate_uid(), orientation=orientation)
    series = read(files[::-1])  # the order of files must not matter
    voxels, affine = truth(stored, orientation)
    assert_array_equal(series.chosen.voxels, voxels)
    assert_allclose(series.chosen.affine, affine, atol=1e-3)
    assert (len(series.volumes), series.chosen.stack, series.defects) == (1, "", ())


@BOTH
@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_compressed_pixels_are_those_that_were_compressed(tmp_path: Path, read: Reader, syntax: str) -> None:
    stored = noise(3)
    series = read(write_stack(tmp_path, stored, series=generate_uid(), syntax=syntax))
    assert_array_equal(series.chosen.voxels, truth(stored)[0])


@BOTH
@pytest.mark.parametrize("name", ["JPEGLosslessProcess14_1", "JPEG2000Lossless"])
def test_pixels_compressed_by_gdcm_are_those_that_were_compressed(tmp_path: Path, read: Reader, name: str) -> None:
    stored = noise(3)
    files = [compress_by_gdcm(path, name) for path in write_stack(tmp_path, stored, series=generate_uid())]
    assert_array_equal(read(files).chosen.voxels, truth(stored)[0])


def test_deflated_files_fall_back_to_nicom(tmp_path: Path) -> None:
    stored = noise(3)
    series = load_series(write_stack(tmp_path, stored, series=generate_uid(), syntax=DEFLATED))
    assert (series.reader, codes(series)) == ("nicom", {"reader-fallback"})
    assert_array_equal(series.chosen.voxels, truth(stored)[0])
    assert series.sidecar["EchoTime"] == pytest.approx(0.01)


@BOTH
def test_a_localizer_becomes_a_volume_a_plane_and_the_fullest_stands_for_it(tmp_path: Path, read: Reader) -> None:
    uid = generate_uid()
    stacks = {
        "sagittal": (SAGITTAL, noise(3, seed=1)),
        "coronal": (CORONAL, noise(5, seed=2)),
        "axial": (AXIAL, noise(5)),
    }
    files: list[Path] = []
    for orientation, stored in stacks.values():
        files += write_stack(tmp_path, stored, series=uid, orientation=orientation, first_number=len(files) + 1)
    series = read(files)
    assert names(series) == ["axial", "coronal", "sagittal"]
    assert (series.chosen.stack, series.policy) == ("axial", "most-slices+axial-first")
    for volume in series.volumes:
        orientation, stored = stacks[volume.stack]
        voxels, affine = truth(stored, orientation)
        assert_array_equal(volume.voxels, voxels)
        assert_allclose(volume.affine, affine, atol=1e-3)


@BOTH
def test_echoes_and_phase_are_told_apart(tmp_path: Path, read: Reader) -> None:
    uid = generate_uid()
    files: list[Path] = []
    stored = {}
    for echo in (1, 2):
        for part, word in (("", "M"), ("_phase", "P")):
            stored[f"echo-{echo}{part}"] = noise(4, seed=len(files))
            files += write_stack(
                tmp_path,
                stored[f"echo-{echo}{part}"],
                series=uid,
                first_number=len(files) + 1,
                EchoNumbers=echo,
                EchoTime=5.0 * echo,
                ImageType=["ORIGINAL", "PRIMARY", word, "ND"],
                Manufacturer="SIEMENS",
            )
    series = read(files)
    assert names(series) == sorted(stored)
    assert (series.chosen.stack, series.policy) == ("echo-1", "magnitude-first+first-echo")
    for volume in series.volumes:
        assert_array_equal(volume.voxels, truth(stored[volume.stack])[0])


@BOTH
def test_b_values_become_shells_and_the_highest_clear_one_stands(tmp_path: Path, read: Reader) -> None:
    uid = generate_uid()
    files: list[Path] = []
    b_values = (0.0, 800.0, 800.0, 2500.0)
    stored = [noise(3, seed=k) for k in range(len(b_values))]
    for k, (voxels, b_value) in enumerate(zip(stored, b_values, strict=True)):
        files += write_stack(
            tmp_path,
            voxels,
            series=uid,
            first_number=len(files) + 1,
            Manufacturer="Canon",
            ManufacturerModelName="x",
            DiffusionBValue=b_value,
            DiffusionGradientOrientation=[float(k % 2), float((k + 1) % 2), 0.0],
            AcquisitionNumber=k + 1,
            SeriesDescription="ep2d diff",
        )
    series = read(files)
    assert names(series) == ["b-0", "b-2500", "b-800"]
    assert (series.chosen.stack, series.policy) == ("b-800", "b-value-to-1500")
    mean = (truth(stored[1])[0].astype(np.float64) + truth(stored[2])[0]) / 2
    assert_array_equal(series.chosen.voxels, mean.astype(np.float32))


@BOTH
def test_repetitions_become_mean_and_first_frame(tmp_path: Path, read: Reader) -> None:
    uid = generate_uid()
    files: list[Path] = []
    stored = [noise(4, seed=k) for k in range(3)]
    for k, voxels in enumerate(stored):
        files += write_stack(
            tmp_path, voxels, series=uid, first_number=len(files) + 1, AcquisitionNumber=k + 1, SeriesDescription="bold"
        )
    series = read(files)
    assert names(series) == ["frame-1", "mean"]
    assert series.chosen.stack == "mean"
    frames = [truth(voxels)[0] for voxels in stored]
    by_name = {volume.stack: volume.voxels for volume in series.volumes}
    assert_array_equal(by_name["frame-1"], frames[0])
    assert_array_equal(by_name["mean"], np.mean(frames, axis=0, dtype=np.float64).astype(np.float32))


@BOTH
def test_a_missing_slice_is_interpolated_and_said(tmp_path: Path, read: Reader) -> None:
    stored = noise(7)
    present = [0, 1, 2, 4, 5, 6]
    files = write_stack(tmp_path, stored[present], series=generate_uid(), offsets=[4.0 * k for k in present])
    series = read(files)
    voxels, affine = truth(stored)
    assert series.chosen.voxels.shape == voxels.shape
    assert_allclose(series.chosen.affine, affine, atol=1e-3)
    assert_allclose(series.chosen.voxels[..., present], voxels[..., present], atol=1.0)
    between = (voxels[..., 2] + voxels[..., 4]) / 2
    assert_allclose(series.chosen.voxels[..., 3], between, atol=1.0)
    assert "slices-interpolated" in codes(series)
    assert "missing-slices" in {defect.code for defect in select_images(files).defects}


def test_a_gap_in_unsigned_voxels_falls_back_since_dcm2niix_cannot_fill_it(tmp_path: Path) -> None:
    stored = noise(4)
    files = write_stack(
        tmp_path, stored[[0, 1, 3]], series=generate_uid(), offsets=[0.0, 4.0, 12.0], PixelRepresentation=0
    )
    series = load_series(files)
    assert (series.reader, codes(series)) == ("nicom", {"reader-fallback", "missing-slices", "slices-interpolated"})
    assert_array_equal(series.chosen.voxels[..., [0, 1, 3]], truth(stored)[0][..., [0, 1, 3]])


def test_a_copied_slice_is_skipped_and_said(tmp_path: Path) -> None:
    stored = noise(4)
    files = write_stack(tmp_path, stored, series=generate_uid())
    copy = tmp_path / "copy"
    copy.write_bytes(files[2].read_bytes())
    series = load_series([*files, copy])
    assert codes(series) == {"duplicate-slices"}
    assert_array_equal(series.chosen.voxels, truth(stored)[0])


def test_unevenly_repeated_slices_leave_even_stacks(tmp_path: Path) -> None:
    uid = generate_uid()
    first, second = noise(5), noise(3, seed=1)
    files = write_stack(tmp_path, first, series=uid, TriggerTime=100.0)
    files += write_stack(
        tmp_path, second, series=uid, offsets=[4.0, 8.0, 12.0], first_number=6, TriggerTime=300.0, InstanceNumber=None
    )
    series = load_series(files)
    assert codes(series) == {"incomplete-repeats"}
    assert_array_equal(series.chosen.voxels, truth(first)[0])


def test_a_torn_slice_costs_only_itself(tmp_path: Path) -> None:
    stored = noise(6)
    files = write_stack(tmp_path, stored, series=generate_uid())
    files[5].write_bytes(files[5].read_bytes()[:-100])
    series = load_series(files)
    assert codes(series) == {"truncated-slices"}
    assert_array_equal(series.chosen.voxels, truth(stored[:5])[0])


def test_a_torn_compressed_slice_costs_only_itself(tmp_path: Path) -> None:
    stored = noise(6)
    files = [
        compress_by_gdcm(path, "JPEG2000Lossless") for path in write_stack(tmp_path, stored, series=generate_uid())
    ]
    files[5].write_bytes(files[5].read_bytes()[:900])
    series = load_series(files)
    assert_array_equal(series.chosen.voxels[..., :5], truth(stored[:5])[0])
    assert codes(series) == {"truncated-slices"}


@BOTH
def test_a_single_slice_is_a_volume(tmp_path: Path, read: Reader) -> None:
    stored = noise(1)
    series = read(write_stack(tmp_path, stored, series=generate_uid()))
    voxels, affine = truth(stored)
    assert_array_equal(series.chosen.voxels, voxels)
    assert_allclose(series.chosen.affine, affine, atol=1e-3)
    assert codes(series) == {"single-slice"}


def test_rescaled_values_are_used(tmp_path: Path) -> None:
    stored = noise(3)
    files = write_stack(tmp_path, stored, series=generate_uid(), RescaleSlope=2.0, RescaleIntercept=-50.0)
    for series in (by_door(files), by_nicom(files)):
        assert_array_equal(series.chosen.voxels, truth(stored)[0] * 2 - 50)


def test_missing_spacing_and_place_are_defects(tmp_path: Path) -> None:
    files = write_stack(
        tmp_path,
        noise(3),
        series=generate_uid(),
        PixelSpacing=None,
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
    )
    assert {"no-spacing", "no-orientation"} <= codes(load_series(files))
    assert by_nicom(files).chosen.voxels.shape == (10, 12, 3)


def test_other_objects_of_a_series_are_skipped(tmp_path: Path) -> None:
    uid = generate_uid()
    stored = noise(3)
    files = write_stack(tmp_path, stored, series=uid)
    other = write_stack(
        tmp_path / "raw", noise(1), series=uid, SOPClassUID="1.2.840.10008.5.1.4.1.1.66", PixelData=None, Rows=None
    )
    (tmp_path / "notes.txt").write_text("not DICOM")
    series = load_series([*files, *other, tmp_path / "notes.txt"])
    assert codes(series) == {"not-an-image", "not-dicom"}
    assert_array_equal(series.chosen.voxels, truth(stored)[0])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"PixelData": None}, "lack pixels"),
        ({"PixelData": None, "Rows": None, "Columns": None}, "without pixels"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4"}, "a segmentation"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.11"}, "a structured report"),
        ({"SOPClassUID": MediaStorageDirectoryStorage}, "a media directory"),
    ],
)
def test_dicom_without_an_image_says_so(tmp_path: Path, values: dict[str, object], message: str) -> None:
    files = write_stack(tmp_path, noise(2), series=generate_uid(), **values)
    with pytest.raises(VolumeError, match=message) as caught:
        load_series(files)
    assert caught.value.remedy


def test_files_of_two_series_are_refused(tmp_path: Path) -> None:
    write_stack(tmp_path, noise(2), series=generate_uid())
    write_stack(tmp_path, noise(2), series=generate_uid(), first_number=3)
    with pytest.raises(VolumeError, match="belong to 2 series"):
        load_path(tmp_path)


def test_nothing_identifying_leaves_the_door(tmp_path: Path) -> None:
    files = write_stack(tmp_path, noise(3), series=generate_uid())
    for series in (by_door(files), by_nicom(files)):
        said = repr(dict(series.sidecar)) + repr(series.defects)
        assert "Secret" not in said and "SECRET" not in said and "1950" not in said
        assert series.sidecar["EchoTime"] == pytest.approx(0.01)
    for place in (Path("/dev/shm"), Path(tempfile.gettempdir())):
        assert not list(place.glob(f"mrseek-{os.getpid()}-*"))


def test_a_file_without_preamble_is_still_dicom(tmp_path: Path) -> None:
    stored = noise(1)
    (path,) = write_stack(tmp_path, stored, series=generate_uid())
    path.write_bytes(path.read_bytes()[132:])
    assert_array_equal(load_path(path).chosen.voxels, truth(stored)[0])


@BOTH
@pytest.mark.parametrize("orientation", [AXIAL, OBLIQUE])
def test_a_multi_frame_file_is_the_stack_that_it_was_made_from(
    tmp_path: Path, read: Reader, orientation: tuple[float, ...]
) -> None:
    from highdicom.legacy import LegacyConvertedEnhancedMRImage

    stored = noise(5)
    slices = [dcmread(path) for path in write_stack(tmp_path, stored, series=generate_uid(), orientation=orientation)]
    for one in slices:
        one.update(dict.fromkeys(("AccessionNumber", "StudyID", "PatientSex", "ReferringPhysicianName"), ""))
    path = tmp_path / "enhanced.dcm"
    LegacyConvertedEnhancedMRImage(slices, generate_uid(), 5, generate_uid(), 1).save_as(path)
    series = read([path])
    voxels, affine = truth(stored, orientation)
    assert_array_equal(series.chosen.voxels, voxels)
    assert_allclose(series.chosen.affine, affine, atol=1e-3)
