"""The door on the 111 real series: all load; NIfTI bit-equal to nibabel; both DICOM readers and highdicom agree."""

import csv
import warnings
from functools import cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from volumes.assemble import assemble
from volumes.dicom_files import select_images
from volumes.geometry import geometry_of
from volumes.limits import DecodeLimits
from volumes.load import load_path
from volumes.nicom import read_series
from volumes.stored import Part
from volumes.volume import SeriesVolumes

pytestmark = pytest.mark.shared

# Without the private header that says how many slices a mosaic holds, only dcm2niix guesses.
NICOM_CANNOT = {"oro_bold_mosaic"}
# Its positions are rounded to 0.1 mm: dcm2niix takes the first distance for the pitch, nicom the mean of all.
ROUNDED_POSITIONS = {"papaya_fse_pd": 0.1}


@cache
def manifest(root: Path) -> tuple[dict[str, str], ...]:
    with (root / "manifest.csv").open(newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def loaded(root: Path) -> dict[str, SeriesVolumes]:
    return {row["series_id"]: load_path(root / row["path"]) for row in manifest(root)}


def dicom_paths(root: Path) -> dict[str, Path]:
    return {row["series_id"]: root / row["path"] for row in manifest(root) if row["path"].endswith("/")}


def test_every_series_loads(shared_data: Path) -> None:
    series = loaded(shared_data)
    assert len(series) == 111
    assert {one.reader for one in series.values()} == {"nibabel", "dcm2niix"}
    for one in series.values():
        assert len({volume.stack for volume in one.volumes}) == len(one.volumes)
        assert all(np.isfinite(volume.voxels).all() for volume in one.volumes)
        assert nib.aff2axcodes(one.chosen.affine) == ("R", "A", "S")


def test_nifti_is_bit_equal_to_nibabel(shared_data: Path) -> None:
    for row in manifest(shared_data):
        path = shared_data / row["path"]
        if not path.is_file():
            continue
        image = nib.as_closest_canonical(nib.load(path))
        expected = image.get_fdata(dtype=np.float32)
        if expected.ndim == 4:
            expected = expected[..., 0]
        first = next(v for v in loaded(shared_data)[row["series_id"]].volumes if v.stack in ("", "frame-1"))
        assert_array_equal(first.voxels, expected)
        assert_array_equal(first.affine, image.affine)


def test_dcm2niix_and_nicom_agree(shared_data: Path) -> None:
    for name, folder in dicom_paths(shared_data).items():
        if name in NICOM_CANNOT:
            continue
        selection = select_images(sorted(folder.iterdir()))
        other = assemble(read_series(selection.instances, DecodeLimits()))
        first = loaded(shared_data)[name]
        ours = {volume.stack: volume for volume in first.volumes if volume.stack != Part.OVERLAY}
        theirs = {volume.stack: volume for volume in other.volumes}
        if len(ours) == len(theirs) == 1:  # beside an overlay, the only image has a name
            ours, theirs = {"": next(iter(ours.values()))}, {"": next(iter(theirs.values()))}
        assert ours.keys() == theirs.keys(), name
        for stack, volume in ours.items():
            assert_allclose(volume.voxels, theirs[stack].voxels, rtol=1e-6, atol=1e-3, err_msg=name)
            assert_allclose(volume.affine, theirs[stack].affine, atol=ROUNDED_POSITIONS.get(name, 1e-3), err_msg=name)
        assert (first.policy == other.policy) or len(first.volumes) > len(other.volumes)


def test_highdicom_agrees(shared_data: Path) -> None:
    """highdicom opens plain stacks only; every one that it opens must be the same image in the same place."""
    highdicom = pytest.importorskip("highdicom")
    agreed = 0
    for name, folder in dicom_paths(shared_data).items():
        files = [one.path for one in select_images(sorted(folder.iterdir())).instances]
        if len(files) == 1 or len(loaded(shared_data)[name].volumes) > 1 or name in ROUNDED_POSITIONS:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pydicom import dcmread

                theirs = highdicom.get_volume_from_series([dcmread(path) for path in files])
        except (ValueError, RuntimeError, AttributeError, TypeError):
            continue
        lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ theirs.affine
        image = nib.as_closest_canonical(nib.Nifti1Image(theirs.array.astype(np.float32), lps))
        volume = loaded(shared_data)[name].chosen
        assert_allclose(volume.affine, image.affine, atol=1e-3, err_msg=name)
        assert_allclose(volume.voxels, image.get_fdata(dtype=np.float32), rtol=1e-6, atol=1e-3, err_msg=name)
        agreed += 1
    assert agreed >= 15


def test_planes_are_those_of_the_manifest(shared_data: Path) -> None:
    """Isotropic volumes that the manifest calls by how they were acquired may differ: no affine shows that."""
    differ = []
    for row in manifest(shared_data):
        stated = row["plane"].split()[0].lower()
        if stated not in (geometry_of(loaded(shared_data)[row["series_id"]].chosen).plane, "multi-plane"):
            differ.append(row["series_id"])
    assert len(differ) <= 6, differ
