"""BIDS datasets: names, sidecars in seconds, geometry, and the dataset's own files."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from phantoms.archive import make_archive
from phantoms.bids_writer import bids_name
from phantoms.layout import ArchiveLayout
from phantoms.plan import plan_patients
from phantoms.scan import scan_series

SEED = 7


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(
        tmp_path_factory.mktemp("bids") / "set", patients=9, seed=SEED, matrix=48, layout=ArchiveLayout.BIDS
    ).root


def test_names_are_distinct_whatever_is_scanned() -> None:
    names = [
        bids_name(patient, study, series)
        for patient in plan_patients(200, SEED)
        for study in patient.studies
        for series in study.series
    ]
    assert len(set(names)) == len(names)


def test_files_hold_what_was_scanned(dataset: Path) -> None:
    for patient in plan_patients(9, SEED, matrix=48)[:4]:
        for study in patient.studies:
            for series in study.series:
                name = bids_name(patient, study, series)
                image = nib.load(dataset / name.folder / f"{name.stem}.nii.gz")
                scan = scan_series(study, series, SEED)
                np.testing.assert_array_equal(np.asarray(image.dataobj, dtype=np.float32), scan.volume.voxels)
                np.testing.assert_allclose(image.affine, scan.affine, atol=1e-4)
                sidecar = json.loads((dataset / name.folder / f"{name.stem}.json").read_text())
                assert sidecar["EchoTime"] * 1000 == pytest.approx(series.acquisition.te_ms)
                assert sidecar["RepetitionTime"] * 1000 == pytest.approx(series.acquisition.tr_ms)
                assert ("ContrastBolusIngredient" in sidecar) == bool(series.contrast_agent)


def test_participants_are_those_with_folders(dataset: Path) -> None:
    with (dataset / "participants.tsv").open(newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert sorted(row["participant_id"] for row in rows) == sorted(path.name for path in dataset.glob("sub-*"))
    assert json.loads((dataset / "dataset_description.json").read_text())["DatasetType"] == "raw"
    assert {row["sex"] for row in rows} <= {"F", "M"}


def test_tables_that_bids_does_not_know_are_ignored(dataset: Path) -> None:
    ignored = (dataset / ".bidsignore").read_text().split()
    assert sorted(ignored) == sorted([*(path.name for path in dataset.glob("*.csv")), "**/perf/*_cbf.*"])


VALIDATOR = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(VALIDATOR is None, reason="bids-validator-deno is not installed (pip install bids-validator-deno)")
def test_the_official_validator_finds_no_error(dataset: Path) -> None:
    assert VALIDATOR is not None
    done = subprocess.run([VALIDATOR, "--format", "json", dataset], capture_output=True, text=True, check=False)
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []
    assert done.returncode == 0
