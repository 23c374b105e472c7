"""`mrseek phantoms`: the options reach the archive, and what is printed is where it lies."""

from pathlib import Path

import typer
from typer.testing import CliRunner

from cli import phantoms


def test_an_archive_is_made_and_its_folder_is_printed(tmp_path: Path) -> None:
    app = typer.Typer()
    phantoms.register(app)
    out = tmp_path / "sample"
    options = ["--patients", "1", "--seed", "3", "--format", "bids", "--matrix", "32", "--workers", "1"]
    done = CliRunner().invoke(app, ["--out", str(out), *options])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip().endswith(str(out))
    assert (out / "dataset_description.json").exists()
    assert (out / "truth.csv").read_text().count("\n") > 1
