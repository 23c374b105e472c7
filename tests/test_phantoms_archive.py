"""Archives: the same seed gives the same bytes in any process, and the tables agree with the files."""

import csv
import hashlib
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from common.errors import UsageError
from phantoms.anatomy import Region
from phantoms.archive import iterate_phantoms, make_archive
from phantoms.findings import STAGES, FindingKind
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
    make_archive(here, patients=1, seed=11, layout=layout, matrix=32)
    program = (
        "from pathlib import Path; from phantoms.archive import *;"
        f"make_archive(Path({str(there)!r}), patients=1, seed=11, layout=ArchiveLayout({layout.value!r}), matrix=32)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT, env={"PYTHONHASHSEED": "5"})
    assert tree_hash(here) == tree_hash(there)


def test_the_number_of_processes_changes_no_byte(tmp_path: Path) -> None:
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    calls: list[tuple[int, int]] = []
    make_archive(alone, patients=7, seed=3, layout=ArchiveLayout.BIDS, matrix=40)
    made = make_archive(
        shared,
        patients=7,
        seed=3,
        layout=ArchiveLayout.BIDS,
        matrix=40,
        processes=2,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert tree_hash(alone) == tree_hash(shared)
    assert calls == [(done, made.series) for done in range(1, made.series + 1)]


def test_another_seed_gives_other_patients() -> None:
    assert plan_patients(6, seed=1) != plan_patients(6, seed=2)


def test_asking_for_more_patients_does_not_change_the_first_ones() -> None:
    assert plan_patients(30, seed=3)[:7] == plan_patients(7, seed=3)


def test_every_two_dozen_patients_hold_every_region() -> None:
    patients = plan_patients(48, seed=7)
    for dozens in (patients[:24], patients[24:]):
        assert {study.region for patient in dozens for study in patient.studies} == set(Region)


def test_every_kind_and_stage_of_finding_comes_up() -> None:
    findings = [f for patient in plan_patients(1200, seed=7) for study in patient.studies for f in study.findings]
    assert {finding.kind for finding in findings} == set(FindingKind)
    for kind, stages in STAGES.items():
        assert {finding.stage for finding in findings if finding.kind is kind} == set(stages)


def test_findings_stay_where_they_are_from_visit_to_visit() -> None:
    """A finding that is there at both visits has its side and place; some grow, some shrink."""
    factors = [
        after.size_mm / before.size_mm
        for patient in plan_patients(300, seed=7)
        for earlier, later in pairwise(patient.studies)
        for before in earlier.findings
        for after in later.findings
        if (before.kind, before.side, before.place) == (after.kind, after.side, after.place)
    ]
    assert min(factors) < 0.9
    assert max(factors) > 1.1
    assert factors.count(1.0) > len(factors) / 5


def test_visits_of_a_patient_show_one_anatomy_at_growing_age() -> None:
    for patient in plan_patients(200, seed=7):
        assert len({study.subject.seed for study in patient.studies}) == 1
        dates = [study.date for study in patient.studies]
        assert dates == sorted(set(dates))
        for study in patient.studies:
            assert abs((study.date - patient.birth_date).days / 365.25 - study.subject.age_years - 0.5) < 0.51


def test_field_strengths_run_from_half_a_tesla_to_seven() -> None:
    fields = {study.scanner.field_strength_t for p in plan_patients(600, seed=7) for study in p.studies}
    assert {0.5, 0.55, 1.5, 3.0, 7.0} <= fields


@pytest.mark.parametrize("layout", ArchiveLayout)
def test_the_tables_count_what_is_there(tmp_path: Path, layout: ArchiveLayout) -> None:
    calls: list[tuple[int, int]] = []
    summary = make_archive(
        tmp_path / "a",
        patients=4,
        seed=5,
        layout=layout,
        matrix=48,
        progress=lambda done, total: calls.append((done, total)),
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
    summary = make_archive(tmp_path / "a", patients=2, seed=5, layout=ArchiveLayout.BIDS, matrix=48)
    for phantom, row in zip(iterate_phantoms(patients=2, seed=5, matrix=48), rows_of(summary.truth), strict=True):
        image = nib.as_closest_canonical(nib.load(summary.root / row["path"]))
        np.testing.assert_array_equal(phantom.volume.voxels, np.asarray(image.dataobj, dtype=np.float32))
        np.testing.assert_allclose(phantom.volume.affine, image.affine, atol=1e-4)
        assert phantom.truth["series_uid"] == row["series_uid"]
        assert phantom.sentences


def test_processes_give_the_same_volumes_in_the_same_order() -> None:
    alone = iterate_phantoms(patients=3, seed=5, matrix=32)
    beside = iterate_phantoms(patients=3, seed=5, matrix=32, processes=2)
    for one, other in zip(alone, beside, strict=True):
        assert one.truth == other.truth and one.sentences == other.sentences
        np.testing.assert_array_equal(one.volume.voxels, other.volume.voxels)


def test_who_stops_early_does_not_wait_for_the_rest() -> None:
    stream = iterate_phantoms(patients=1000, seed=5, matrix=32, processes=2)
    assert next(stream).truth["series_uid"]
    stream.close()  # would take minutes if the other patients were rendered


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        make_archive(tmp_path, patients=1, seed=0, layout=ArchiveLayout.DICOM)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_no_patients_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        make_archive(tmp_path / "a", patients=0, seed=0, layout=ArchiveLayout.DICOM)


def test_the_truth_table_holds_the_settings_and_the_findings_that_were_planned(tmp_path: Path) -> None:
    summary = make_archive(tmp_path / "a", patients=8, seed=5, layout=ArchiveLayout.BIDS, matrix=40)
    studies = [study for patient in plan_patients(8, seed=5, matrix=40) for study in patient.studies]
    planned = {series.uid: series for study in studies for series in study.series}
    for row in rows_of(summary.truth):
        series, used = planned[row["series_uid"]], planned[row["series_uid"]].acquisition
        assert row["sequence"] == series.sequence.weighting.value
        assert float(row["te_ms"]) == used.te_ms
        assert float(row["in_plane_mm"]) * max(used.matrix) == pytest.approx(float(row["fov_mm"]), abs=0.01)
        shape = nib.load(summary.root / row["path"]).shape
        assert sorted(shape) == sorted((*used.matrix, used.slices))
    expected = [
        (study.uid, finding.kind.value, finding.side.value, finding.place, finding.size_mm, finding.stage)
        for study in studies
        for finding in study.findings
    ]
    rows = rows_of(summary.findings)
    assert expected == [
        (row["study_uid"], row["finding"], row["side"], row["place"], float(row["size_mm"]), row["stage"])
        for row in rows
    ]
    assert rows
    assert all(int(row["measured_count"]) >= 1 for row in rows)


def test_the_iterator_starts_where_it_is_told(tmp_path: Path) -> None:
    both = [phantom.truth["series_uid"] for phantom in iterate_phantoms(patients=2, seed=5, matrix=32)]
    second = [phantom.truth["series_uid"] for phantom in iterate_phantoms(patients=1, seed=5, matrix=32, first=2)]
    assert both[-len(second) :] == second
