"""`mrseek bundle`, and `mrseek eval --bundle`, as a user has them."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cli.main import run
from tests.brought_files import write_run
from tests.cli_answers import answer, document
from tests.made_collection import make_collection


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    make_collection(folder / "c", series=60, aligned=True)
    assert (
        run(
            ["bundle", str(folder / "b"), "-c", str(folder / "c"), "--with-vectors", "--title", "Made", "--note", "CC0"]
        )
        == 0
    )
    return folder


def test_the_folder_says_what_it_is(place: Path) -> None:
    manifest = json.loads((place / "b" / "bundle.json").read_text())
    assert (manifest["kind"], manifest["version"], manifest["title"]) == ("mrseek-bundle", 1, "Made")
    assert manifest["subject"]["snapshot"] == 1
    names = {path.relative_to(place / "b").as_posix() for path in (place / "b").rglob("*") if path.is_file()}
    assert names == {*manifest["files"], "bundle.json"}
    readme = (place / "b" / "README.md").read_text()
    assert readme.startswith("# Made\n\nCC0\n")
    for task in manifest["tasks"]:
        assert f"## {task['task']} on {task['channel']}" in readme
        assert task["queries"]["file"] in names


def test_it_scores_as_the_collection(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = document(capsys, "eval", "-c", str(place / "c"))
    theirs = document(capsys, "eval", "--bundle", str(place / "b"))
    assert theirs["tasks"] == ours["tasks"]
    assert theirs["configuration"] == ours["configuration"]
    assert theirs["subject"]["name"] == "Made"


def test_a_run_is_scored_and_made_again(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = pq.read_table(place / "b/tasks/image-to-image-card/gallery.parquet")["id"].to_pylist()
    file = write_run(tmp_path / "r", {one: {other: -float(place) for place, other in enumerate(ids)} for one in ids})
    given = ("--bundle", str(place / "b"), "--run", str(file))
    chosen = ("--task", "image-to-image", "--channel", "card")
    _, err = answer(capsys, "eval", *given, code=2)
    assert "image-to-image on card" in err
    answer(capsys, "eval", *given, *chosen, "--out", str(tmp_path / "o"))
    out, _ = answer(capsys, "eval", *given, "--rerun", str(tmp_path / "o" / "report.json"))
    assert out.startswith("identical: ")
    _, err = answer(
        capsys, "eval", "--bundle", str(place / "b"), "--rerun", str(tmp_path / "o" / "report.json"), code=2
    )
    assert "encoder" in err


def test_a_touched_bundle_is_refused(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(place / "b", tmp_path / "b")
    file = tmp_path / "b" / "tasks" / "text-to-image-card" / "gallery.parquet"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    out, err = answer(capsys, "eval", "--bundle", str(tmp_path / "b"), code=4)
    assert out == ""
    assert "gallery.parquet" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bundle", "b"], "already"),
        (["bundle", "n", "--strata", "path"], "never goes into a bundle"),
        (["bundle", "n", "--strata", "study_date"], "never goes into a bundle"),
        (["bundle", "n", "--relevance", "qrels"], "qrels"),
        (["bundle", "n", "--relevance", "regoin"], '"region"'),
        (["bundle", "n", "--task", "text-to-text"], "no patient to exclude"),
        (["bundle", "n", "-c", "none"], "mrseek index"),
        (["eval", "--bundle", "b", "--level", "study"], "level is fixed"),
        (["eval", "--bundle", "b", "--relevance", "plane"], "relevance is fixed"),
        (["eval", "--bundle", "b", "--task", "text-to-text"], "does not hold that task"),
        (["eval", "--bundle", "b", "--qrels", "q"], "itself what is relevant"),
        (["eval", "--bundle", "c"], "no bundle"),
    ],
)
def test_what_cannot_be_done_says_why(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(place)
    named = [] if "eval" in arguments or "-c" in arguments else ["-c", "c"]
    out, err = answer(capsys, *arguments, *named, code=2)
    assert out == ""
    assert says in err
    assert sorted(path.name for path in place.iterdir()) == ["b", "c"], "nothing is left behind"
