"""`mrseek train` as a user has it: every example of its help runs, in order; errors have a way out."""

import json
import shlex
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import app, run
from cli.train import train

PROJECT = Path(__file__).resolve().parent.parent
COMMANDS = [command.name or command.callback.__name__ for command in train.registered_commands if command.callback]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the examples expect it: configs/, pools/smoke, mrseek-collection/ and a finished runs/smoke."""
    place = tmp_path_factory.mktemp("workplace")
    shutil.copytree(PROJECT / "configs", place / "configs")
    before = Path.cwd()
    import os

    os.chdir(place)
    try:
        assert run(shlex.split("phantoms --patients 1 --seed 3 --matrix 32 --format bids --out archive")) == 0
        assert run(shlex.split("index archive --reports archive/reports.csv --encoder tiny")) == 0
        assert run(shlex.split("train prepare pools/smoke --patients 5 --seed 7 --size 32 --matrix 32")) == 0
        assert run(shlex.split("train run configs/train-contrastive-smoke.toml --out runs/smoke --steps 3")) == 0
    finally:
        os.chdir(before)
    return place


@pytest.fixture
def here(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(workplace)
    monkeypatch.delenv("MRSEEK_COLLECTION", raising=False)
    return workplace


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["train", command, "--help"]) == 0
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], line: str) -> dict:
    capsys.readouterr()
    assert run(shlex.split(line)) == 0
    return json.loads(capsys.readouterr().out)


def test_the_group_and_its_commands_are_there() -> None:
    assert "train" in get_command(app).commands  # type: ignore[attr-defined]
    assert set(COMMANDS) == {"prepare", "run", "status", "export"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_runs_and_every_option_has_help(
    command: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = [
        line.strip() for line in help_of(command, capsys).splitlines() if line.startswith("  ") and "  mrseek " in line
    ]
    assert examples
    for example in examples:
        assert run(shlex.split(example)[1:]) == 0, example
    found = next(one for one in train.registered_commands if (one.name or one.callback.__name__) == command)  # type: ignore[union-attr]
    for name, annotation in found.callback.__annotations__.items():  # type: ignore[union-attr]
        assert name == "return" or annotation.__metadata__[0].help


def test_a_run_is_resumed_and_exported_and_its_summary_is_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = document(capsys, "train status runs/smoke --json")
    assert (status["version"], status["stage"], status["step"], status["steps"]) == (1, "contrastive", 3, 12)
    resumed = document(capsys, "train run configs/train-contrastive-smoke.toml --out runs/smoke --resume --json")
    assert resumed["step"] == 12 and resumed["loss"] > 0
    assert {"recall@10", "recall@10_chance", "mrr"} <= resumed["validation"].keys()
    made = document(capsys, "train export runs/smoke trained --json")
    assert len(made["fingerprint"]) == 64 and (here / "trained" / "model.safetensors").exists()
    prepared = document(capsys, "train prepare pools/smoke --patients 5 --seed 7 --size 32 --matrix 32 --json")
    assert (prepared["shards"], prepared["written"]) == (1, 0)


@pytest.mark.parametrize(
    ("stage", "made"),
    [
        ("contrastive-conv", "model.safetensors"),
        ("language", "bert.safetensors"),
        ("selfsup", "tower.safetensors"),
        ("distil", "text.onnx"),
    ],
)
def test_the_smoke_twin_of_every_stage_runs_and_is_exported(stage: str, made: str, here: Path) -> None:
    assert run(shlex.split(f"train run configs/train-{stage}-smoke.toml --steps 1")) == 0
    assert run(shlex.split(f"train export runs/train-{stage}-smoke exported-{stage}")) == 0
    assert (here / f"exported-{stage}" / made).exists()


def test_a_tower_over_planes_is_trained_and_searched_with(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shlex.split("train prepare pools/planes-smoke --glimpses 6 --planes --size 32 --seed 7")) == 0
    assert run(shlex.split("train run configs/train-contrastive-planes-smoke.toml --steps 3")) == 0
    assert run(shlex.split("train export runs/train-contrastive-planes-smoke planes")) == 0
    assert run(shlex.split("index archive --reports archive/reports.csv --encoder planes -c planes.mrseek")) == 0
    found = document(capsys, 'search "knee MRI" -c planes.mrseek --json')
    assert {hit["channel"] for hit in found["hits"]} & {"image"}  # words meet voxels


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("train prepare pools/new", "--patients 24"),
        ("train prepare pools/new --patients 2 --collection mrseek-collection", "one of them"),
        ("train prepare pools/smoke --patients 9", "something else"),
        ("train prepare pools/new --collection nowhere", "mrseek index"),
        ("train run configs/missing.toml", "cannot be read"),
        ("train run configs/train-contrastive-smoke.toml --out runs/smoke", "--resume"),
        ("train status nowhere", "mrseek train run"),
        ("train export nowhere out", "mrseek train run"),
    ],
)
def test_bad_input_ends_with_a_code_and_a_way_out(
    line: str, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(shlex.split(line)) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err and "Traceback" not in err
