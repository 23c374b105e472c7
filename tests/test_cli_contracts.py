"""The command line as a user has it: the help's examples run, the JSON keeps its schemas, exit codes are true."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import nibabel as nib
import numpy as np
import pytest

from cli.main import app, run

PROJECT = Path(__file__).resolve().parent.parent
SCHEMAS = PROJECT / "cli" / "schemas"
MRSEEK = Path(sys.executable).parent / "mrseek"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the examples expect it: archive/, scan.nii.gz and an indexed mrseek-collection/."""
    place = tmp_path_factory.mktemp("workplace")
    assert run(["phantoms", "--patients", "4", "--seed", "7", "--out", str(place / "archive")]) == 0
    noise = np.random.default_rng(0).normal(100, 20, (24, 28, 20)).astype(np.float32)
    nib.save(nib.Nifti1Image(noise, np.diag([2.0, 2.0, 3.0, 1.0])), place / "scan.nii.gz")
    arguments = ["index", str(place / "archive"), "--reports", str(place / "archive" / "reports.csv")]
    assert run([*arguments, "-c", str(place / "mrseek-collection")]) == 0
    return place


@pytest.fixture
def here(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(workplace)
    monkeypatch.delenv("MRSEEK_COLLECTION", raising=False)
    return workplace


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(arguments) == code
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(answer(capsys, *arguments))


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def check_schema(found: Any, name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(found)


def commands() -> list[str]:
    return [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


def help_of(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", command, "--help"], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    return done.stdout


def examples_of(command: str) -> list[str]:
    return [line.strip() for line in help_of(command).splitlines() if line.startswith("  ") and "  mrseek " in line]


def test_the_commands_are_those_of_the_readme() -> None:
    expected = {"index", "search", "eval", "compare", "bundle", "page", "audit", "status", "failures", "retry"}
    expected |= {"verify", "show", "export", "phantoms"}
    assert set(commands()) == expected


@pytest.mark.parametrize("command", commands())
def test_every_example_in_the_help_runs(command: str, here: Path, tmp_path: Path) -> None:
    shutil.copytree(here, tmp_path, dirs_exist_ok=True)
    examples = examples_of(command)
    assert examples, f"`mrseek {command} --help` has no example"
    path = f"{MRSEEK.parent}{os.pathsep}{os.environ['PATH']}"
    for example in examples:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", example],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            check=False,
        )
        assert done.returncode == 0, f"{example}\n{done.stderr}"


@pytest.mark.parametrize("command", commands())
def test_every_option_has_help(command: str) -> None:
    group = next(c for c in app.registered_commands if (c.name or c.callback.__name__) == command)  # type: ignore[union-attr]
    for name, annotation in group.callback.__annotations__.items():  # type: ignore[union-attr]
        if name != "return":
            metadata = getattr(annotation, "__metadata__", ())
            assert metadata and metadata[0].help, f"{command}: {name} has no help"


def test_search_keeps_its_json_contract(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "search", "T2", "-k", "3", "--json")
    check_schema(found, "search")
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert found["plan"]["returned"] == 3
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert all((here / "archive" / hit["metadata"]["path"]).exists() for hit in found["hits"])


def test_status_and_eval_keep_their_json_contracts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = document(capsys, "status", "--json")
    check_schema(status, "status")
    truth = rows_of(here / "archive" / "truth.csv")
    assert status["series"] == {"indexed": len(truth), "failed": 0, "skipped": 0, "pending": 0}
    evaluation = document(capsys, "eval", "-k", "1", "--relevance", "plane", "--json")
    check_schema(evaluation, "eval")
    assert {task["task"] for task in evaluation["tasks"]} == {"text-to-image", "image-to-text", "image-to-image"}
    for task in evaluation["tasks"]:
        assert task["metrics"].keys() == task["chance"].keys()
        assert 0 < task["chance"]["hit@1"] < 1


def test_the_schemas_refuse_what_they_should() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check_schema({"version": 1, "hits": []}, "search")
    with pytest.raises(jsonschema.ValidationError):
        check_schema({"version": 1, "tasks": []}, "eval")


def test_the_forms_of_an_answer_say_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ("search", "FLAIR brain", "--channel", "card", "-k", "4")
    ids = [hit["series"] for hit in document(capsys, *question, "--json")["hits"]]
    assert answer(capsys, *question, "-f", "ids").split() == ids
    assert [json.loads(line)["series"] for line in answer(capsys, *question, "-f", "jsonl").splitlines()] == ids
    assert [row["series"] for row in csv.DictReader(io.StringIO(answer(capsys, *question, "-f", "csv")))] == ids
    table = answer(capsys, *question).splitlines()
    assert table[0].split()[:3] == ["rank", "score", "series"]
    assert [line.split()[2] for line in table[1:]] == ids


def test_report_tables_hold_what_was_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = ("search", "lesion", "--target", "report", "-k", "2", "-f", "csv")
    plain, with_text = (
        list(csv.DictReader(io.StringIO(answer(capsys, *question, *more)))) for more in ((), ("--with-text",))
    )
    assert "text" not in plain[0] and all(row["text"] for row in with_text)
    assert all(int(row["series"]) > 0 for row in plain)


def test_a_piped_table_is_never_cut_and_an_empty_one_is_nothing(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    paths = [hit["metadata"]["path"] for hit in document(capsys, "search", "T2", "-k", "2", "--json")["hits"]]
    lines = answer(capsys, "search", "T2", "-k", "2").splitlines()[1:]
    assert [line.split()[-1] for line in lines] == paths
    assert run(["search", "T2", "--where", "slices > 10000"]) == 0
    out, err = capsys.readouterr()
    assert out == "" and "No series passes" in err


def test_a_closed_pipe_is_no_error_and_a_full_disk_is(here: Path) -> None:
    def search(to: str) -> subprocess.CompletedProcess[str]:
        line = f"{MRSEEK} search T2 -k 20 --json {to}"
        return subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=here, check=False)

    assert search("| true").stderr == ""
    full = search("> /dev/full")
    assert full.returncode == 1
    assert full.stderr.startswith("mrseek: The answer cannot be written to stdout: No space left")


def test_talk_is_on_stderr(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "T1", "-k", "1", "--explain", "-f", "ids"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert "exact" in err and "ms" in err


def test_the_three_searches(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = document(capsys, "search", "T2", "-k", "1", "--json")["hits"][0]
    alike = document(capsys, "search", first["series"], "--channel", "image", "-k", "3", "--json")["hits"]
    assert first["series"] not in {hit["series"] for hit in alike}
    reports = document(capsys, "search", first["series"], "--target", "report", "-k", "2", "--json")["hits"]
    assert all(hit["report"].startswith("rep-") and "text" not in hit["metadata"] for hit in reports)
    shown = document(capsys, "search", first["series"], "--target", "report", "--with-text", "-k", "1", "--json")
    assert shown["hits"][0]["metadata"]["text"]
    by_file = document(capsys, "search", "scan.nii.gz", "-k", "2", "--json")["hits"]
    assert {hit["channel"] for hit in by_file} == {"image"}


def test_a_filter_holds_for_every_hit(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "search", "MRI", "--where", "field_strength_t >= 3 and plane = 'axial'", "--json")
    assert found["hits"]
    assert all(
        hit["metadata"]["field_strength_t"] >= 3 and hit["metadata"]["plane"] == "axial" for hit in found["hits"]
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["search", "T1", "-c", "nowhere"], 2, "mrseek index"),
        (["search", "T1", "--where", "sequnce = 'T1'"], 2, '"sequence"'),
        (["search", "T1", "--where", "true; DROP TABLE series"], 2, "second statement"),
        (["search", "archive/PHANTOM-0001/missing"], 2, "no file or folder"),
        (["search", "archive"], 2, "text:archive"),
        (["search", "T1", "--exclude-patient", "PHANTOM-0001"], 2, "pat-"),
        (["search", "T1", "--target", "report", "--channel", "card"], 2, "report channel alone"),
        (["eval", "--seed", "-1"], 2, "--seed"),
        (["export", "--out", "archive", "--format", "csv"], 1, "a folder of that name"),
        (["export", "--out", "scan.nii.gz/table.csv"], 1, "a part of the path is a file"),
        (["search", "T1", "--where", "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0"], 2, ""),
        (["search", "T1", "-k", "0"], 2, ""),
        (["search", "ser-0000000000000000"], 2, "ser-0000000000000000"),
        (["index", "missing-folder"], 2, "missing-folder"),
        (["show", "ser-0000000000000000"], 2, "ser-0000000000000000"),
        (["show"], 2, "--columns"),
        (["export", "--out", "table.xyz"], 2, ".csv"),
        (["eval", "--measure", "recal@5"], 2, "recall"),
        (["eval", "--relevance", "regoin"], 2, "region"),
        (["search", "T1", "--no-such-option"], 2, ""),
    ],
)
def test_bad_input_ends_with_a_code_and_a_way_out(
    arguments: list[str], code: int, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(arguments) == code
    out, err = capsys.readouterr()
    assert out == "" and says in err and "Traceback" not in err


def test_debug_shows_the_traceback(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--debug", "search", "T1", "-c", "nowhere"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_an_unexpected_error_keeps_its_words_for_debug(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise KeyError("Mustermann")

    monkeypatch.setattr("indexer.status.collection_status", fail)
    assert run(["status"]) == 1
    said = capsys.readouterr().err
    assert "KeyError" in said
    assert "Mustermann" not in said
    assert "--debug" in said


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_in_good_order(here: Path, tmp_path: Path, number: int, code: int) -> None:
    """The handlers are `main`'s, so in a process of its own: it stops itself at the first word about progress."""
    script = (
        # A shell that runs the suite in the background has SIGINT ignored, and children inherit that.
        "import os, signal, cli.main, cli.progress\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"cli.progress.ProgressLines.__call__ = lambda self, progress: os.kill(os.getpid(), {int(number)})\n"
        "cli.main.main()"
    )
    arguments = ["index", str(here / "archive"), "-c", str(tmp_path / "made"), "--encoder", "tiny"]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, cwd=here
    )
    assert done.returncode == code, done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr


def test_reports_without_a_study_are_named_in_the_ledger(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "reports.csv").write_text("report_id,study_uid,text\nR1,1.2.3,FINDINGS: A secret.\n")
    made = str(tmp_path / "made")
    arguments = ("index", str(here / "archive"), "--reports", str(tmp_path / "reports.csv"), "--encoder", "tiny")
    answer(capsys, *arguments, "-c", made)
    (name,) = answer(capsys, "failures", "-c", made, "--format", "ids").split()
    assert name.startswith("rep-")
    assert "secret" not in answer(capsys, "failures", "-c", made, "--json")


def test_a_bad_series_makes_the_run_partial_and_retry_takes_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    image = nib.Nifti1Image(np.random.default_rng(1).normal(0, 1, (12, 12, 12)).astype(np.float32), np.eye(4))
    (tmp_path / "scans").mkdir()
    nib.save(image, tmp_path / "scans" / "good_T1w.nii.gz")
    nib.save(image, tmp_path / "scans" / "bad_T2w.nii.gz")
    whole = (tmp_path / "scans" / "bad_T2w.nii.gz").read_bytes()
    (tmp_path / "scans" / "bad_T2w.nii.gz").write_bytes(whole[: len(whole) // 2])
    assert run(["index", "scans", "--encoder", "tiny"]) == 3
    failures = document(capsys, "failures", "--json")["failures"]
    assert [row["path"] for row in failures] == ["bad_T2w.nii.gz"]
    assert failures[0]["remedy"] and failures[0]["stage"] in {"decode", "inventory"}
    assert document(capsys, "status", "--json")["series"]["indexed"] == 1
    (tmp_path / "scans" / "bad_T2w.nii.gz").write_bytes(whole)
    assert run(["retry"]) == 0
    assert document(capsys, "status", "--json")["series"] == {"indexed": 2, "failed": 0, "skipped": 0, "pending": 0}


def test_a_damaged_collection_is_refused_and_verified(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(here / "mrseek-collection", damaged)
    assert run(["verify", "-c", str(damaged)]) == 0
    index = next(damaged.glob("snapshots/*/card.faiss"))
    content = bytearray(index.read_bytes())
    content[len(content) // 2] ^= 1
    index.write_bytes(content)
    assert run(["search", "T1", "-c", str(damaged)]) == 4
    assert "card.faiss" in capsys.readouterr().err
    assert run(["verify", "-c", str(damaged)]) == 4


def test_another_encoder_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", "archive", "--encoder", "tiny"]) == 4
    assert "encoder" in capsys.readouterr().err


def test_show_says_where_the_archive_is_gone(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (series,) = answer(capsys, "search", "T2", "-k", "1", "-f", "ids").split()
    assert run(["show", series]) == 0
    assert capsys.readouterr().err == ""
    (here / "archive").rename(tmp_path / "away")
    try:
        assert run(["show", series]) == 0
        assert "not where they were indexed" in capsys.readouterr().err
    finally:
        (tmp_path / "away").rename(here / "archive")


def test_exports_are_pseudonymous_unless_all_is_asked(here: Path, tmp_path: Path) -> None:
    assert run(["export", "--table", "reports", "--out", str(tmp_path / "reports.csv")]) == 0
    columns = rows_of(tmp_path / "reports.csv")[0].keys()
    assert "text" not in columns and "report_id" in columns
    assert run(["export", "--table", "reports", "--all", "--out", str(tmp_path / "all.csv")]) == 0
    assert rows_of(tmp_path / "all.csv")[0]["text"]


def test_a_text_search_starts_without_torch(here: Path) -> None:
    code = (
        "import sys; from cli.main import run; code = run(['search', 'T2 spine', '-f', 'ids']);"
        "heavy = {'torch', 'transformers', 'sqlalchemy', 'pandas'} & set(sys.modules);"
        "sys.exit(code or bool(heavy) * 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
