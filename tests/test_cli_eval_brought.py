"""`mrseek eval` of what users bring, and reruns, as a user has them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.brought_files import clustered, write_clustered, write_parquet, write_qrels, write_run
from tests.cli_answers import answer, document
from tests.made_collection import make_collection


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table, a run and judgments in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MRSEEK_COLLECTION", raising=False)
    write_clustered(tmp_path / "x.parquet", 40)
    write_run(tmp_path / "r.trec", {f"s{i}": {f"s{(i + j) % 40}": 1.0 / j for j in range(1, 9)} for i in range(40)})
    write_qrels(tmp_path / "q.trec", {f"s{i}": {f"s{(i + 3) % 40}": 2, f"s{(i + 20) % 40}": 1} for i in range(40)})
    return tmp_path


def test_a_table_of_vectors(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "eval", "--queries", "x.parquet", "-k", "5")
    (task,) = found["tasks"]
    assert (task["task"], task["queries"], task["pool"]) == ("image-to-image", 40, 40)
    assert task["excluded"] == {"by": ["patient"], "min": 2, "median": 2.0, "max": 2}
    assert task["metrics"]["hit@5"] > task["chance"]["hit@5"]
    assert found["subject"]["name"] == "x.parquet"
    assert found["subject"]["encoder"] == {"name": "", "fingerprint": ""}


def test_a_run_and_judgments_by_hand(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Item i + 3 stands third; where it is of the patient of i + 1 too, nobody leaves, since patients are pairs."""
    arguments = ("eval", "--run", "r.trec", "--qrels", "q.trec", "--task", "text-to-image")
    (task,) = document(capsys, *arguments, "--measure", "hit@2", "--measure", "mrr", "--measure", "recall@8")["tasks"]
    assert task["metrics"] == {"hit@2": 0.0, "mrr": pytest.approx(1 / 3), "recall@8": 0.5}
    assert any("pool is what was judged or returned" in note for note in task["notes"])


def test_patients_leave_a_run_before_it_is_cut(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Queries of even number lose their patient's other item, which stands first: the third becomes the second."""
    arguments = ("eval", "--queries", "x.parquet", "--run", "r.trec", "--qrels", "q.trec")
    (task,) = document(capsys, *arguments, "--measure", "hit@2")["tasks"]
    assert task["metrics"]["hit@2"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--queries", "none.parquet"], 2, "no file none.parquet"),
        (["--queries", "x.parquet", "--task", "text-to-image"], 2, "--items"),
        (["--run", "r.trec"], 2, "--run and --qrels together"),
        (["--run", "r.trec", "--qrels", "q.trec"], 2, "--task"),
        (["--run", "r.trec", "--qrels", "q.trec", "--task", "image-to-image"], 2, "no patient to exclude"),
        (["--items", "x.parquet"], 2, "--queries"),
        (["--queries", "x.parquet", "--gallery", "c"], 2, "--items"),
        (["--queries", "x.parquet", "--texts", "t.csv"], 2, "--items"),
        (["--queries", "r.trec"], 2, ".parquet"),
        (["--queries", "x.parquet", "--relevance", "regoin"], 2, '"region"'),
        (["--queries", "x.parquet", "--measure", "ann_recall@10"], 2, "no measure of a task"),
        (["--queries", "x.parquet", "--probes"], 2, "Probes"),
        (["--run", "q.trec", "--qrels", "r.trec", "--task", "text-to-image"], 2, "80 lines"),
        (["--bundle", "nowhere"], 2, "no bundle"),
        (["--rerun", "x.parquet"], 2, "no JSON document"),
        (["--rerun", "none.json"], 2, "no report at none.json"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    out, err = answer(capsys, "eval", *arguments, code=code)
    assert out == ""
    assert says in err
    assert "Traceback" not in err and "unexpected" not in err


def test_refusals_name_no_item(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids of a user's table may be anybody's."""
    write_parquet(here / "m.parquet", ["MUSTERMANN^MAX", "b"], np.zeros((2, 3), np.float32))
    write_run(here / "m.trec", {"MUSTERMANN^MAX": {"MUSTERMANN^MAX": 1.0}})
    for arguments in (
        ["--queries", "m.parquet"],
        ["--queries", "x.parquet", "--run", "m.trec"],
        ["--queries", "x.parquet", "--qrels", "m.trec"],
    ):
        assert "MUSTERMANN" not in answer(capsys, "eval", *arguments, code=2)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--queries", "x.parquet"],
        ["--queries", "x.parquet", "--run", "r.trec", "--qrels", "q.trec", "--measure", "map", "--seed", "4"],
        ["--run", "r.trec", "--qrels", "q.trec", "--task", "text-to-image"],
    ],
)
def test_a_report_of_brought_files_is_made_again(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    files = [
        one for one in zip(arguments[::2], arguments[1::2], strict=True) if one[0] in {"--queries", "--run", "--qrels"}
    ]
    same = [one for pair in files for one in pair]
    answer(capsys, "eval", *arguments, "--out", "report")
    out, _ = answer(capsys, "eval", "--rerun", "report/report.json", *same)
    assert out.startswith("identical: ") and int(out.split()[1]) > 50
    vectors, _ = clustered(40, seed=8)
    write_parquet(here / "x.parquet", [f"s{i}" for i in range(40)], vectors, {"patient": [str(i) for i in range(40)]})
    (here / "r.trec").write_text((here / "r.trec").read_text().replace("0.5", "0.75"))
    _, err = answer(capsys, "eval", "--rerun", "report/report.json", *same, code=2)
    assert "other data" in err


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collections")
    for seed in (1, 2):
        make_collection(folder / str(seed), series=40, seed=seed, aligned=True)
    return folder


def test_a_report_of_a_collection_is_made_again(
    here: Path, collections: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = (str(collections / name) for name in "12")
    answer(capsys, "eval", "-c", mine, "--out", "report", "--seed", "3", "--level", "study")
    out, _ = answer(capsys, "eval", "-c", mine, "--rerun", "report/report.json")
    assert out.startswith("identical: ")
    _, err = answer(capsys, "eval", "-c", other, "--rerun", "report/report.json", code=2)
    assert "other data" in err and "snapshot 1" in err
    _, err = answer(capsys, "eval", "-c", mine, "--gallery", other, "--rerun", "report/report.json", code=2)
    assert "other data" in err
    for option in (["--seed", "4"], ["-k", "3"], ["--level", "patient"], ["--out", "again"]):
        _, err = answer(capsys, "eval", "-c", mine, "--rerun", "report/report.json", *option, code=2)
        assert "report" in err


def test_a_report_of_two_collections_is_made_again(
    here: Path, collections: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = (str(collections / name) for name in "12")
    arguments = ("eval", "-c", mine, "--gallery", other)
    answer(capsys, *arguments, "--task", "image-to-image", "--allow-same-patient", "--out", "report")
    assert answer(capsys, *arguments, "--rerun", "report/report.json")[0].startswith("identical: ")
    _, err = answer(capsys, "eval", "-c", other, "--rerun", "report/report.json", code=2)
    assert "queries have content" in err


def test_a_report_of_texts_is_made_again(here: Path, collections: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "t.csv").write_text(
        "text,region,sequence\nT1 of the brain,brain,T1\nspine,spine,\nT2 prostate,prostate,T2\n"
    )
    arguments = ("eval", "-c", str(collections / "1"), "--texts", "t.csv")
    answer(capsys, *arguments, "--out", "report")
    assert answer(capsys, *arguments, "--rerun", "report/report.json")[0].startswith("identical: ")


def test_a_changed_number_is_found_and_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "eval", "--queries", "x.parquet", "--out", "report")
    file = here / "report" / "report.json"
    report = json.loads(file.read_text())
    before = report["tasks"][0]["metrics"]["mrr"]
    report["tasks"][0]["metrics"]["mrr"] = np.nextafter(before, 1.0)
    report["environment"]["versions"]["numpy"] = "1.0"
    file.write_text(json.dumps(report))
    out, err = answer(capsys, "eval", "--queries", "x.parquet", "--rerun", "report/report.json", code=1)
    lines = out.splitlines()
    assert lines[0] == f"tasks[0].metrics.mrr: was {float(np.nextafter(before, 1.0))!r}, is {before!r}"
    assert lines[1].startswith("different: 1 places")
    assert "numpy 1.0, now" in err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "other"}, "no report"),
        ({"version": 1}, "version 1"),
        ({"subject": None}, "does not say what it is of"),
        ({"environment": 3}, "does not say what it is of"),
        ({"configuration": {}}, "not the configuration"),
        ({"configuration": {"tasks": 3}}, "not the configuration"),
    ],
)
def test_what_is_no_report_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], says: str
) -> None:
    answer(capsys, "eval", "--queries", "x.parquet", "--out", "report")
    file = here / "report" / "report.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    _, err = answer(capsys, "eval", "--queries", "x.parquet", "--rerun", str(file), code=2)
    assert says in err
