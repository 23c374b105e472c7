"""The configuration file: what it says is taken, what it cannot say is named."""

from pathlib import Path

import pytest

from common.errors import UsageError
from indexer.config import IndexConfig, read_config
from indexer.records import SourceKind
from indexer.reports.columns import ColumnMap

PROJECT = Path(__file__).resolve().parent.parent


def write(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text)
    return path


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[index]\nencoder = "tiny"\nkind = "bids"\ntable = "t.csv"\ncatalog_url = "postgresql:///x"\n'
        "[run]\nworkers = 3\nbatch = 8\ntask_seconds = 60\n"
        '[reports]\npath = "r.csv"\n[reports.columns]\ntext = "befund"\npatient = ""\n',
    )
    assert read_config(path) == IndexConfig(
        encoder="tiny",
        kind=SourceKind.BIDS,
        table=tmp_path / "t.csv",
        catalog_url="postgresql:///x",
        reports=tmp_path / "r.csv",
        report_columns=ColumnMap(text="befund", patient=""),
        workers=3,
        batch=8,
        task_seconds=60.0,
    )


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_config(write(tmp_path, "")) == IndexConfig()


def test_the_command_line_goes_before_the_file() -> None:
    config = IndexConfig(encoder="tiny", workers=2, batch=8)
    assert config.overridden(encoder="baseline", workers=None, catalog_url="") == IndexConfig(
        encoder="baseline", workers=2, batch=8
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[indx]\n", '"index"'),
        ('[index]\nencodr = "tiny"\n', '"encoder"'),
        ('[index]\nkind = "dicm"\n', '"dicom"'),
        ("[run]\nworkers = 1.5\n", "expected int"),
        ("[run]\nworkers = true\n", "expected int"),
        ('[reports.columns]\ntxt = "a"\n', '"text"'),
        ("index = 3\n", "expected a table"),
        ("[index\n", "no TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=r"site\.toml") as caught:
        read_config(write(tmp_path, text))
    assert says in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_config(tmp_path / "none.toml")


def test_the_example_in_configs_reads() -> None:
    assert read_config(PROJECT / "configs" / "site.toml").encoder == "baseline"
