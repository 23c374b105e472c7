"""DICOM series: dcm2niix takes every one without a warning, to the voxels and affine that went in."""

import subprocess
from pathlib import Path

import dcm2niix
import nibabel as nib
import numpy as np
import pydicom
import pytest

from phantoms.dicom_writer import write_dicom_series
from phantoms.plan import plan_patients
from phantoms.scan import scan_series
from phantoms.scanners import Vendor
from phantoms.scene import ScanPlane, SequenceKind
from phantoms.slice_timing import interleaved_times_ms
from phantoms.study import Patient, Series, Study
from volumes.load import load_path
from volumes.volume import Severity

SEED = 7


def planned_series() -> list[tuple[Patient, Study, Series]]:
    """One series for each combination of vendor and sequence that two hundred patients have, and for each plane."""
    found = {
        (study.scanner.vendor, series.sequence.name): (patient, study, series)
        for patient in plan_patients(200, SEED, matrix=40)
        for study in patient.studies
        for series in study.series
    }
    return list(found.values())


PLANNED = planned_series()


def convert(folder: Path, out: Path) -> str:
    """What dcm2niix says about a folder of DICOM."""
    out.mkdir()
    command = [dcm2niix.bin, "-z", "n", "-b", "y", "-w", "1", "-f", "scan", "-o", str(out), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_two_hundred_patients_have_every_vendor_plane_and_kind_of_sequence() -> None:
    assert {study.scanner.vendor for _, study, _ in PLANNED} == set(Vendor)
    assert {series.acquisition.plane for _, _, series in PLANNED} == set(ScanPlane)
    assert {series.acquisition.sequence for _, _, series in PLANNED} == set(SequenceKind)


@pytest.mark.parametrize(
    ("patient", "study", "series"), PLANNED, ids=[f"{study.scanner.station} {s.description}" for _, study, s in PLANNED]
)
def test_dcm2niix_gives_back_what_was_scanned(tmp_path: Path, patient: Patient, study: Study, series: Series) -> None:
    scan = scan_series(study, series, SEED)
    write_dicom_series(tmp_path / "dicom", patient, study, series, scan)
    said = convert(tmp_path / "dicom", tmp_path / "nifti")
    assert "arning" not in said, said
    assert [path.name for path in sorted((tmp_path / "nifti").iterdir())] == ["scan.json", "scan.nii"]
    image = nib.as_closest_canonical(nib.load(tmp_path / "nifti" / "scan.nii"))
    np.testing.assert_array_equal(np.asarray(image.dataobj, dtype=np.float32), scan.volume.voxels)
    np.testing.assert_allclose(image.affine, scan.affine, atol=1e-3)


@pytest.mark.parametrize("vendor", Vendor)
def test_our_own_door_reads_it_without_defects(tmp_path: Path, vendor: Vendor) -> None:
    patient, study, series = next(entry for entry in PLANNED if entry[1].scanner.vendor is vendor)
    scan = scan_series(study, series, SEED)
    write_dicom_series(tmp_path / "dicom", patient, study, series, scan)
    read = load_path(tmp_path / "dicom")
    assert len(read.volumes) == 1
    assert not [defect for defect in read.defects if defect.severity is not Severity.INFO]
    np.testing.assert_array_equal(read.chosen.voxels, scan.volume.voxels)
    np.testing.assert_allclose(read.chosen.affine, scan.affine, atol=1e-3)


def test_headers_say_what_was_planned(tmp_path: Path) -> None:
    patient, study, series = next(entry for entry in PLANNED if entry[2].contrast_agent)
    write_dicom_series(tmp_path / "dicom", patient, study, series, scan_series(study, series, SEED))
    files = [pydicom.dcmread(path) for path in sorted((tmp_path / "dicom").iterdir())]
    first = files[0]
    assert len({file.AcquisitionTime for file in files}) == (1 if series.sequence.volumetric else len(files))
    assert len({file.SOPInstanceUID for file in files}) == len(files) == series.acquisition.slices
    assert {file.SeriesInstanceUID for file in files} == {series.uid}
    assert first.PatientID == patient.patient_id
    assert first.PatientName == f"PHANTOM^{patient.number:04d}"
    assert first.PatientAge == f"{study.subject.age_years:03d}Y"
    assert first.ContrastBolusAgent == "Gadobutrol"
    assert float(first.EchoTime) == series.acquisition.te_ms
    assert float(first.SliceThickness) == series.acquisition.thickness_mm
    assert float(first.SpacingBetweenSlices) == pytest.approx(series.pitch_mm, abs=1e-4)


def test_slice_times_of_five_slices_by_hand() -> None:
    assert interleaved_times_ms(5, 1000) == [0.0, 600.0, 200.0, 800.0, 400.0]
