"""Who is who."""

from common.pseudonym import Pseudonymizer
from indexer.identity import identify
from indexer.records import FoundSeries, SourceKind

KEY = Pseudonymizer(b"0" * 32)


def series(kind: SourceKind, key: str, path: str, patient: str = "", study: str = "") -> FoundSeries:
    return FoundSeries(kind, key, path, (), patient_key=patient, study_key=study)


def test_a_dicom_series_is_itself_in_every_source() -> None:
    one = series(SourceKind.DICOM, "1.2.3", "a", "P1", "1.2")
    assert identify(one, "x", KEY) == identify(one, "y", KEY)


def test_sub_01_of_two_data_sets_are_two_people() -> None:
    one = series(SourceKind.BIDS, "sub-01/anat/sub-01_T1w.nii.gz", "sub-01/anat/sub-01_T1w.nii.gz", "sub-01", "sub-01")
    first, second = identify(one, "x", KEY), identify(one, "y", KEY)
    assert first.patient_id != second.patient_id
    assert first.study_id != second.study_id
    assert first.series_id != second.series_id


def test_a_folder_stands_for_an_unknown_study_and_patient() -> None:
    first = identify(series(SourceKind.NIFTI, "case1/a.nii", "case1/a.nii"), "x", KEY)
    second = identify(series(SourceKind.NIFTI, "case1/b.nii", "case1/b.nii"), "x", KEY)
    other = identify(series(SourceKind.NIFTI, "case2/a.nii", "case2/a.nii"), "x", KEY)
    assert first.study_id == second.study_id != other.study_id
    assert first.patient_id == second.patient_id != other.patient_id


def test_files_at_the_root_are_patients_of_their_own() -> None:
    first = identify(series(SourceKind.NIFTI, "a.nii", "a.nii"), "x", KEY)
    second = identify(series(SourceKind.NIFTI, "b.nii", "b.nii"), "x", KEY)
    assert first.patient_id != second.patient_id


def test_a_known_patient_has_his_files_at_the_root_in_one_study() -> None:
    first = identify(series(SourceKind.NIFTI, "a.nii", "a.nii", "P1"), "x", KEY)
    second = identify(series(SourceKind.NIFTI, "b.nii", "b.nii", "P1"), "x", KEY)
    assert (first.patient_id, first.study_id) == (second.patient_id, second.study_id)
