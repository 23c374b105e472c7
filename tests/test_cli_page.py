"""`mrseek page` and `mrseek eval --out`: several reports on one page, slices only where they are asked for."""

import json
from pathlib import Path

import jsonschema
import nibabel as nib
import numpy as np
import pytest

from cli.main import run
from retrieval.report.folder import write_report
from tests.report_cases import ReadPage, plain, skilled

SCHEMA = json.loads((Path(__file__).resolve().parent.parent / "cli" / "schemas" / "eval.schema.json").read_text())


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reports")
    write_report(place / "one", skilled())
    write_report(place / "two", skilled())
    return place


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scans")
    for patient in range(4):
        for sequence in ("T1w", "T2w"):
            name = f"sub-{patient}/anat/sub-{patient}_{sequence}.nii.gz"
            noise = np.random.default_rng(patient).normal(100, 20, (16, 16, 12)).astype(np.float32)
            (place / "archive" / name).parent.mkdir(parents=True, exist_ok=True)
            nib.save(nib.Nifti1Image(noise, np.diag([2.0, 2.0, 3.0, 1.0])), place / "archive" / name)
    assert run(["index", str(place / "archive"), "--encoder", "baseline", "-c", str(place / "made")]) == 0
    return place


def test_several_reports_become_one_page(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    assert run(["page", str(reports / "one" / "report.json"), str(reports / "two"), "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    read = ReadPage(out.read_text())
    value = plain(skilled())["tasks"][0]["metrics"]["hit@10"]
    assert read.texts.count(f"{value:.3f}") >= 4
    assert "archive, towers (2)" in read.text


def test_what_is_no_report_ends_with_a_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.json").write_text('{"kind": "mrseek-evaluation", "version": 1}')
    assert run(["page", str(tmp_path / "old.json"), "--out", str(tmp_path / "page.html")]) == 2
    said = capsys.readouterr().err
    assert "version 1" in said and "mrseek eval" in said
    assert run(["page", str(tmp_path / "nowhere.json")]) == 2
    assert not (tmp_path / "page.html").exists()


def test_the_schema_misses_no_field() -> None:
    document = plain(skilled())
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.validate(document)
    for key in document:
        assert not validator.is_valid({name: value for name, value in document.items() if name != key}), key
    task = document["tasks"][0]
    for key in task:
        less = {name: value for name, value in task.items() if name != key}
        assert not validator.is_valid(document | {"tasks": [less]}), key
    assert not validator.is_valid(document | {"forgotten": 1})
    assert not validator.is_valid(document | {"tasks": [task | {"forgotten": 1}]})


def test_pixels_leave_only_where_they_are_asked_for(scans: Path, tmp_path: Path) -> None:
    call = ["eval", "-c", str(scans / "made"), "--task", "image-to-image", "--relevance", "sequence"]
    assert run([*call, "--out", str(tmp_path / "plain")]) == 0
    assert not ReadPage((tmp_path / "plain" / "report.html").read_text()).of("img")
    assert run([*call, "--out", str(tmp_path / "seen"), "--slices"]) == 0
    pictures = ReadPage((tmp_path / "seen" / "report.html").read_text()).of("img")
    assert pictures and all(str(one["src"]).startswith("data:image/png;base64,iVBOR") for one in pictures)
    assert run([*call, "--slices"]) == 2
