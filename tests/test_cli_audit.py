"""`mrseek audit` as a user has it: its forms, its contract, its exit codes, and nothing that should not be shown."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.main import run
from tests.made_collection import make_collection

SCHEMA = Path(__file__).resolve().parent.parent / "cli" / "schemas" / "audit.schema.json"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of 60 series; "fold" shares one patient, "clean" none."""
    folder = tmp_path_factory.mktemp("audit")
    folds = {"fold": ["a"] * 20 + ["b"] * 40, "clean": ["a"] * 24 + ["b"] * 36, "coil": ["one", "two", "three"] * 20}
    make_collection(folder / "c", extra=folds)
    make_collection(folder / "other", series=16, seed=4)
    return folder


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run(["audit", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(found)
    return found


def test_everything_that_applies_is_checked_and_keeps_its_contract(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = document(capsys, "-c", str(place / "c"), "--split", "fold", "--confounder", "coil", "-k", "5")
    kinds = {leak["kind"]: leak for leak in found["leaks"]["kinds"]}
    assert kinds["same-patient"]["shared"] == 1
    assert kinds["same-patient"]["affected"][0] == {"side": "a", "items": 4, "of": 20, "share": 0.2}
    names = [one["name"] for one in found["confounding"]["confounders"]]
    assert {"coil", "field strength", "study year"} <= set(names)
    assert "scanner" not in names  # known of no series
    assert [channel["channel"] for channel in found["health"]["channels"]] == ["image", "card", "report"]
    assert found["health"]["channels"][0]["vectors"] == 59
    assert found["skipped"] == []
    assert found["configuration"]["k"] == 5


def test_without_another_side_leaks_are_skipped_with_a_reason(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "-c", str(place / "c"))
    assert found["leaks"] is None
    assert found["skipped"] == [{"check": "leaks", "reason": "no other side was named (--against, --split)"}]


def test_a_single_check_makes_no_other(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "-c", str(place / "c"), "--check", "health")
    assert (found["leaks"], found["confounding"]) == (None, None)
    few = document(capsys, "-c", str(place / "c"), "--check", "health", "-k", "100")
    assert [channel["figures"] for channel in few["health"]["channels"]] == [None, None, None]


def test_the_forms_say_the_same_and_files_hold_them(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["-c", str(place / "c"), "--against", str(place / "other"), "--check", "leaks"]
    found = document(capsys, *arguments, "--out", str(tmp_path / "found"))
    assert json.loads((tmp_path / "found.json").read_text()) == found
    capsys.readouterr()
    assert run(["audit", *arguments, "--format", "markdown"]) == 0
    markdown = capsys.readouterr().out
    assert (tmp_path / "found.md").read_text() == markdown
    assert run(["audit", *arguments]) == 0
    table = capsys.readouterr().out
    for text in (markdown, table):
        assert found["leaks"]["verdict"] in text
        assert all(kind["kind"] in text for kind in found["leaks"]["kinds"])
        assert "16 of 60 (26.7%)" in text


def test_strict_ends_with_3_where_there_is_a_leak_or_may_be(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["audit", "-c", str(place / "c"), "--check", "leaks", "--near-report", "1"]
    assert run([*where, "--split", "fold"]) == 0
    assert run([*where, "--split", "fold", "--strict"]) == 3
    assert "Leaks were found" in capsys.readouterr().err


def test_a_clean_split_passes_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two patients, one a side, with one report each; nothing of either is on the other."""
    make_collection(tmp_path / "c", series=16, channels=(), extra={"clean": ["a"] * 8 + ["b"] * 8})
    arguments = ["-c", str(tmp_path / "c"), "--split", "clean", "--check", "leaks", "--near-report", "1"]
    found = document(capsys, *arguments)["leaks"]
    assert found["verdict"] == "No leak was found."
    assert [one["status"] for one in found["kinds"] if one["kind"].endswith("report")] == ["none", "none"]
    assert run(["audit", *arguments, "--strict"]) == 0


def test_no_report_text_is_shown(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("table", "json", "markdown"):
        assert run(["audit", "-c", str(place / "c"), "--split", "fold", "--format", form]) == 0
    shown = capsys.readouterr()
    assert "herniation" not in shown.out + shown.err
    assert "near-report" in shown.out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-c", "nowhere"], 2, "mrseek index"),
        (["--against", "nowhere"], 2, "mrseek index"),
        (["--against", "c"], 2, "shares everything with itself"),
        (["--split", "flod"], 2, '"fold"'),
        (["--split", "modality"], 2, "a split has 2 to 20"),
        (["--split", "fold", "--against", "other"], 2, "Name one of them"),
        (["--check", "leaks"], 2, "--against"),
        (["--check", "leeks"], 2, "leaks"),
        (["--relevance", "regoin"], 2, "region"),
        (["--confounder", "coli"], 2, '"coil"'),
        (["--near-image", "1.5"], 2, "above 0 and at most 1"),
        (["-k", "0"], 2, ""),
    ],
)
def test_bad_input_ends_with_a_code_and_a_way_out(
    arguments: list[str],
    code: int,
    says: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place)
    given = arguments if "-c" in arguments else ["-c", "c", *arguments]
    assert run(["audit", *given]) == code
    out, err = capsys.readouterr()
    assert out == "" and says in err and "Traceback" not in err
