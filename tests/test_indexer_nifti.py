"""Plain NIfTI: one file, one series; sidecars found, seconds made milliseconds, nobody identified."""

from pathlib import Path

import pytest

from indexer.records import FoundSeries, SourceKind
from indexer.sources.found import Found
from indexer.sources.nifti import find_nifti_series, is_nifti
from indexer.sources.reasons import SkipReason
from indexer.sources.sidecar import b_values, read_sidecar, sidecar_tags
from indexer.sources.walk import walk
from tests.archive_files import put


def find(root: Path) -> Found:
    files = walk(root).files
    return find_nifti_series(root, [stat for stat in files if is_nifti(stat.path)], files)


def by_path(root: Path) -> dict[str, FoundSeries]:
    return {one.path: one for one in find(root).series}


def test_every_file_is_a_series_under_its_path(tmp_path: Path) -> None:
    put(tmp_path / "b/t1.nii.gz", "xx")
    put(tmp_path / "a.nii", "x")
    found = by_path(tmp_path)
    assert list(found) == ["a.nii", "b/t1.nii.gz"]
    one = found["b/t1.nii.gz"]
    assert (one.kind, one.key, one.patient_key, one.study_key) == (SourceKind.NIFTI, "b/t1.nii.gz", "", "")
    assert [(stat.path, stat.size_bytes) for stat in one.files] == [("b/t1.nii.gz", 2)]


def test_patient_and_session_come_from_paths_that_spell_them(tmp_path: Path) -> None:
    put(tmp_path / "site/sub-07/ses-b/t1.nii.gz")
    put(tmp_path / "sub-08_T1w.nii.gz")
    found = by_path(tmp_path)
    assert [(one.patient_key, one.study_key) for one in found.values()] == [
        ("sub-07", "sub-07/ses-b"),
        ("sub-08", ""),
    ]


def test_the_sidecar_beside_a_file_describes_it(tmp_path: Path) -> None:
    put(tmp_path / "a/t1.nii.gz")
    put(tmp_path / "a/t1.json", {"EchoTime": 0.003, "PatientName": "Anna Secret", "PatientBirthDate": "1980-01-01"})
    put(tmp_path / "b/t1.nii.gz")
    put(tmp_path / "b/t1.json", {"EchoTime": 0.09})
    found = by_path(tmp_path)
    assert dict(found["a/t1.nii.gz"].tags) == {"EchoTime": "3"}
    assert dict(found["b/t1.nii.gz"].tags) == {"EchoTime": "90"}


def test_a_sidecar_elsewhere_counts_only_when_its_stem_is_unique(tmp_path: Path) -> None:
    put(tmp_path / "scans/one.nii.gz")
    put(tmp_path / "texts/one.json", {"FlipAngle": 9})
    put(tmp_path / "scans/two.nii.gz")
    put(tmp_path / "texts/two.json", {"FlipAngle": 9})
    put(tmp_path / "other/two.json", {"FlipAngle": 10})
    put(tmp_path / "p1/T1.nii.gz")
    put(tmp_path / "p2/T1.nii.gz")
    put(tmp_path / "texts/T1.json", {"FlipAngle": 11})
    tags = {path: dict(one.tags) for path, one in by_path(tmp_path).items()}
    assert tags["scans/one.nii.gz"] == {"FlipAngle": "9"}
    assert tags["scans/two.nii.gz"] == tags["p1/T1.nii.gz"] == tags["p2/T1.nii.gz"] == {}


@pytest.mark.parametrize("broken", ["", "{", "[1, 2]", '"text"', "\x00\x01"])
def test_a_broken_sidecar_costs_nothing(tmp_path: Path, broken: str) -> None:
    put(tmp_path / "a.nii.gz")
    put(tmp_path / "a.json", broken)
    assert dict(by_path(tmp_path)["a.nii.gz"].tags) == {}
    assert read_sidecar(tmp_path / "a.json") == {}


@pytest.mark.parametrize("name", ["a_mask", "a_seg", "a_dseg", "brain_mask", "label", "sub-1_lesion", "T1.labels"])
def test_masks_are_left_out(tmp_path: Path, name: str) -> None:
    put(tmp_path / "masked_t1.nii.gz")
    put(tmp_path / f"{name}.nii.gz")
    found = find(tmp_path)
    assert [one.path for one in found.series] == ["masked_t1.nii.gz"]
    assert [(skip.path, skip.reason) for skip in found.skipped] == [(f"{name}.nii.gz", SkipReason.MASK)]


def test_sidecar_names_units_and_lists() -> None:
    tags = sidecar_tags(
        {
            "RepetitionTime": 2,
            "InversionTime": 0.9,
            "ManufacturersModelName": "Prisma",
            "ImageType": ["ORIGINAL", "PRIMARY"],
            "BodyPart": "BRAIN",
            "MagneticFieldStrength": 2.89,
            "InstitutionAddress": "1 Secret Street",
            "PatientID": "7",
            "Rows": None,
        }
    )
    assert tags == {
        "RepetitionTime": "2000",
        "InversionTime": "900",
        "ManufacturerModelName": "Prisma",
        "ImageType": "ORIGINAL\\PRIMARY",
        "BodyPartExamined": "BRAIN",
        "MagneticFieldStrength": "2.89",
    }


def test_the_repetition_time_itself_wins_over_its_variants() -> None:
    assert sidecar_tags({"RepetitionTime": 2, "RepetitionTimePreparation": 5})["RepetitionTime"] == "2000"
    assert sidecar_tags({"RepetitionTimePreparation": 5, "RepetitionTime": 2})["RepetitionTime"] == "2000"
    assert sidecar_tags({"RepetitionTimePreparation": 5})["RepetitionTime"] == "5000"


def test_b_values_beside_a_file(tmp_path: Path) -> None:
    put(tmp_path / "dwi.nii.gz")
    put(tmp_path / "dwi.bval", "0 1000 1000.4 50 0\n")
    assert by_path(tmp_path)["dwi.nii.gz"].tags["DiffusionBValue"] == "0\\50\\1000"
    put(tmp_path / "many.bval", " ".join(str(value) for value in range(0, 2000, 100)))
    assert b_values(tmp_path / "many.bval") == "0\\1900"
    put(tmp_path / "odd.bval", "b values")
    assert b_values(tmp_path / "odd.bval") == ""
