"""Archives: the same seed gives the same bytes in any process, and the tables agree with the files."""

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from common.errors import UsageError
from phantoms.archive import iterate_phantoms, make_archive
from phantoms.layout import ArchiveLayout
from phantoms.plan import plan_patients

PROJECT = Path(__file__).resolve().parent.parent


def tree_hash(root: Path) -> str:
    """One hash over the names and bytes of every file below a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("layout", ArchiveLayout)
def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path, layout: ArchiveLayout) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    make_archive(here, patients=2, seed=11, layout=layout)
    program = (
        "from pathlib import Path; from phantoms.archive import *;"
        f"make_archive(Path({str(there)!r}), patients=2, seed=11, layout=ArchiveLayout({layout.value!r}))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT, env={"PYTHONHASHSEED": "5"})
    assert tree_hash(here) == tree_hash(there)


def test_another_seed_gives_other_patients() -> None:
    assert plan_patients(6, seed=1) != plan_patients(6, seed=2)


def test_asking_for_more_patients_does_not_change_the_first_ones() -> None:
    assert plan_patients(30, seed=3)[:7] == plan_patients(7, seed=3)


def test_every_dozen_patients_hold_every_region() -> None:
    patients = plan_patients(24, seed=7)
    for dozen in (patients[:12], patients[12:]):
        assert len({study.region for patient in dozen for study in patient.studies}) == 6


@pytest.mark.parametrize("layout", ArchiveLayout)
def test_the_tables_count_what_is_there(tmp_path: Path, layout: ArchiveLayout) -> None:
    calls: list[tuple[int, int]] = []
    summary = make_archive(
        tmp_path / "a", patients=4, seed=5, layout=layout, progress=lambda done, total: calls.append((done, total))
    )
    planned = plan_patients(4, seed=5)
    studies = [study for patient in planned for study in patient.studies]
    assert summary.studies == len(studies) == len(rows_of(summary.reports))
    assert summary.series == sum(len(study.series) for study in studies) == len(rows_of(summary.truth))
    assert len(rows_of(summary.findings)) == sum(len(study.findings) for study in studies)
    assert calls == [(done, summary.series) for done in range(1, summary.series + 1)]
    assert all((summary.root / row["path"]).exists() for row in [*rows_of(summary.truth), *rows_of(summary.reports)])
    assert len({row["series_uid"] for row in rows_of(summary.truth)}) == summary.series


def test_the_iterator_gives_the_volumes_of_the_archive(tmp_path: Path) -> None:
    summary = make_archive(tmp_path / "a", patients=2, seed=5, layout=ArchiveLayout.BIDS)
    for phantom, row in zip(iterate_phantoms(patients=2, seed=5), rows_of(summary.truth), strict=True):
        image = nib.as_closest_canonical(nib.load(summary.root / row["path"]))
        np.testing.assert_array_equal(phantom.volume.voxels, np.asarray(image.dataobj, dtype=np.float32))
        np.testing.assert_allclose(phantom.volume.affine, image.affine, atol=1e-4)
        assert phantom.truth["series_uid"] == row["series_uid"]
        assert phantom.sentences


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        make_archive(tmp_path, patients=1, seed=0, layout=ArchiveLayout.DICOM)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_no_patients_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        make_archive(tmp_path / "a", patients=0, seed=0, layout=ArchiveLayout.DICOM)
