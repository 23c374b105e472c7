"""The split of the real series: whole, once each, and no patient on both sides."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.class_names import REGION_NAMES, SEQUENCE_NAMES_T1C, region_of_real, sequence_of_real
from benchmarks.real_split import Side, real_series, split_rows


def test_no_patient_is_on_both_sides() -> None:
    sides = defaultdict(set)
    for row in split_rows():
        sides[row["patient"]].add(row["side"])
    assert {one for found in sides.values() for one in found} == {"train", "test"}
    assert [patient for patient, found in sides.items() if len(found) > 1] == []


@pytest.mark.shared
def test_every_series_of_the_manifest_is_in_the_split_once(shared_data: Path) -> None:
    with (shared_data / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        manifest = list(csv.DictReader(lines))
    assert sorted(row["series_id"] for row in split_rows()) == sorted(row["series_id"] for row in manifest)


@pytest.mark.shared
def test_a_subject_of_the_manifest_is_one_patient_and_a_site_is_on_one_side_but_for_one(shared_data: Path) -> None:
    patients, sides = defaultdict(set), defaultdict(set)
    for one in real_series(shared_data):
        patients[one.manifest["subject_id"]].add(one.patient)
        sides[one.manifest["source_repo"]].add(one.side)
    del patients[""]
    assert {subject for subject, found in patients.items() if len(found) > 1} == set()
    assert {repository for repository, found in sides.items() if len(found) > 1} == {"DIAGNijmegen/picai_prep"}


@pytest.mark.shared
def test_a_crop_of_a_trained_series_does_not_judge(shared_data: Path) -> None:
    by_name = {one.series_id: one for one in real_series(shared_data)}
    assert by_name["clearswi_mag"].patient == by_name["mrt_mag"].patient
    assert by_name["clearswi_mag"].side is Side.TRAIN


@pytest.mark.shared
def test_every_stated_anatomy_has_a_name_and_both_tasks_have_their_classes(shared_data: Path) -> None:
    rows = [one.manifest for one in real_series(shared_data)]
    assert {row["anatomy"] for row in rows if not region_of_real(row)} == {""}
    assert {region_of_real(row) for row in rows} == {*REGION_NAMES, ""}
    assert {sequence_of_real(row, agent_apart=True) for row in rows} == {*SEQUENCE_NAMES_T1C, ""}
