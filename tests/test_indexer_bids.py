"""BIDS data sets: names, inheritance, tables, and what is left out."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.records import FoundSeries, Inventory, SourceKind
from indexer.sources.bids_entities import BidsName, parse_name
from indexer.sources.inventory import take_inventory
from indexer.sources.reasons import SkipReason
from tests.archive_files import put

LABEL = st.text("abcXYZ019", min_size=1, max_size=6)


def dataset(root: Path, *scans: str) -> Path:
    put(root / "dataset_description.json", {"Name": "made up", "BIDSVersion": "1.10.0"})
    for scan in scans:
        put(root / scan)
    return root


def by_path(inventory: Inventory) -> dict[str, FoundSeries]:
    return {one.path: one for one in inventory.series}


def test_entities_study_and_patient(tmp_path: Path) -> None:
    dataset(tmp_path, "sub-01/ses-2/func/sub-01_ses-2_task-rest_run-03_bold.nii.gz", "sub-02/anat/sub-02_T1w.nii")
    inventory = take_inventory(tmp_path)
    bold, t1w = inventory.series
    assert inventory.kind is SourceKind.BIDS
    assert (bold.patient_key, bold.study_key) == ("sub-01", "sub-01/ses-2")
    assert dict(bold.entities) == {"ses": "2", "task": "rest", "run": "03", "datatype": "func", "suffix": "bold"}
    assert (t1w.patient_key, t1w.study_key) == ("sub-02", "sub-02")
    assert t1w.key == t1w.path == "sub-02/anat/sub-02_T1w.nii"


@given(st.dictionaries(LABEL.filter(str.isalpha), LABEL, max_size=4), LABEL)
def test_names_come_apart_as_they_were_put_together(entities: dict[str, str], suffix: str) -> None:
    name = "_".join([*(f"{key}-{label}" for key, label in entities.items()), suffix])
    assert parse_name(f"anat/{name}.nii.gz") == BidsName(entities, suffix)


def test_names_that_are_not_bids() -> None:
    assert parse_name("scan of a knee.nii.gz") is None
    assert parse_name("sub-01__T1w.nii.gz") is None
    assert parse_name("sub-01_T1w_.nii.gz") is None


def test_sidecars_are_inherited_and_the_nearer_wins(tmp_path: Path) -> None:
    scan = "sub-01/ses-1/anat/sub-01_ses-1_acq-hi_T1w"
    dataset(tmp_path, f"{scan}.nii.gz", "sub-01/ses-1/anat/sub-01_ses-1_acq-lo_T1w.nii.gz")
    put(tmp_path / "T1w.json", {"EchoTime": 0.001, "FlipAngle": 1, "Manufacturer": "GE"})
    put(tmp_path / "acq-hi_T1w.json", {"EchoTime": 0.002})
    put(tmp_path / "bold.json", {"EchoTime": 0.9})
    put(tmp_path / "sub-01/sub-01_T1w.json", {"FlipAngle": 2})
    put(tmp_path / f"{scan}.json", {"RepetitionTime": 2})
    found = by_path(take_inventory(tmp_path))
    assert dict(found[f"{scan}.nii.gz"].tags) == {
        "EchoTime": "2",
        "FlipAngle": "2",
        "Manufacturer": "GE",
        "RepetitionTime": "2000",
    }
    lo = found["sub-01/ses-1/anat/sub-01_ses-1_acq-lo_T1w.nii.gz"].tags
    assert (lo["EchoTime"], lo["FlipAngle"]) == ("1", "2")


def test_tables_give_age_sex_date_and_columns(tmp_path: Path) -> None:
    dataset(tmp_path, "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz", "sub-02/ses-1/anat/sub-02_ses-1_T1w.nii.gz")
    header = "participant_id\tage\tsex\tgroup\tscore\tname\n"
    put(tmp_path / "participants.tsv", header + "sub-01\t34\tF\tn/a\t1.5\tAnna\nsub-02\tn/a\tmale\tpatient\t2\tBob\n")
    put(tmp_path / "sub-01/sub-01_sessions.tsv", "session_id\tage\nses-1\t35.5\n")
    put(
        tmp_path / "sub-01/ses-1/sub-01_ses-1_scans.tsv",
        "filename\tacq_time\tquality\nanat/sub-01_ses-1_T1w.nii.gz\t2020-03-01T10:00:00\tgood\n",
    )
    one, two = take_inventory(tmp_path).series
    assert dict(one.tags) == {"PatientAge": "426M", "PatientSex": "F", "StudyDate": "20200301"}
    assert dict(one.extra) == {"group": None, "score": 1.5, "quality": "good"}
    assert dict(two.tags) == {"PatientSex": "M"}
    assert dict(two.extra) == {"group": "patient", "score": 2.0}


def test_a_byte_order_mark_and_bare_labels_are_read(tmp_path: Path) -> None:
    dataset(tmp_path, "sub-01/anat/sub-01_T1w.nii.gz")
    put(tmp_path / "participants.tsv", "\ufeffparticipant_id\tage\n01\t89+\n")
    assert take_inventory(tmp_path).series[0].tags["PatientAge"] == "089Y"


def test_masks_other_modalities_and_copies_are_left_out(tmp_path: Path) -> None:
    dataset(
        tmp_path,
        "sub-01/anat/sub-01_T1w.nii.gz",
        "sub-01/anat/sub-01_desc-brain_mask.nii.gz",
        "sub-01/anat/sub-01_label-lesion_roi.nii.gz",
        "sub-01/anat/sub-01_dseg.nii.gz",
        "sub-01/pet/sub-01_pet.nii.gz",
        "derivatives/fmriprep/sub-01/anat/sub-01_desc-preproc_T1w.nii.gz",
        "derivatives/fmriprep/sub-02/anat/sub-02_desc-preproc_T1w.nii.gz",
        "sourcedata/sub-01/t1.nii.gz",
    )
    inventory = take_inventory(tmp_path)
    assert [one.path for one in inventory.series] == ["sub-01/anat/sub-01_T1w.nii.gz"]
    assert {(skip.path, skip.reason) for skip in inventory.skipped} == {
        ("sub-01/anat/sub-01_desc-brain_mask.nii.gz", SkipReason.MASK),
        ("sub-01/anat/sub-01_label-lesion_roi.nii.gz", SkipReason.MASK),
        ("sub-01/anat/sub-01_dseg.nii.gz", SkipReason.MASK),
        ("sub-01/pet/sub-01_pet.nii.gz", SkipReason.OTHER_DATATYPE),
        ("derivatives/fmriprep", SkipReason.DERIVATIVES),
        ("sourcedata", SkipReason.SOURCEDATA),
    }


def test_derivatives_with_a_description_of_their_own_are_left_out_too(tmp_path: Path) -> None:
    dataset(tmp_path, "sub-01/anat/sub-01_T1w.nii.gz")
    dataset(tmp_path / "derivatives/prep", "sub-01/anat/sub-01_desc-preproc_T1w.nii.gz")
    inventory = take_inventory(tmp_path)
    assert [one.path for one in inventory.series] == ["sub-01/anat/sub-01_T1w.nii.gz"]
    assert [skip.path for skip in inventory.skipped] == ["derivatives/prep"]
    alone = take_inventory(tmp_path / "derivatives/prep")
    assert [one.entities["desc"] for one in alone.series] == ["preproc"]


def test_nested_data_sets_keep_their_patients_apart(tmp_path: Path) -> None:
    for name in ("ds1", "more/ds2"):
        dataset(tmp_path / name, "sub-01/anat/sub-01_T1w.nii.gz")
        put(tmp_path / name / "participants.tsv", f"participant_id\tage\nsub-01\t{len(name)}\n")
    first, second = take_inventory(tmp_path).series
    assert (first.patient_key, first.tags["PatientAge"]) == ("ds1/sub-01", "003Y")
    assert (second.patient_key, second.study_key) == ("more/ds2/sub-01", "more/ds2/sub-01")


def test_b_values_of_a_diffusion_scan(tmp_path: Path) -> None:
    dataset(tmp_path, "sub-01/dwi/sub-01_dwi.nii.gz")
    put(tmp_path / "sub-01/dwi/sub-01_dwi.bval", "0 700 700")
    assert take_inventory(tmp_path).series[0].tags["DiffusionBValue"] == "0\\700"


def test_strange_names_in_a_data_set_are_plain_scans(tmp_path: Path) -> None:
    dataset(tmp_path, "sub-01/anat/sub-01_T1w.nii.gz", "templates/average brain.nii.gz")
    found = by_path(take_inventory(tmp_path))
    assert found["templates/average brain.nii.gz"].kind is SourceKind.NIFTI
