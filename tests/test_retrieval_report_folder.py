"""The folder of a report: every form, each of the same evaluation, and nothing of the user's is lost."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from common.errors import NotFoundError, StorageError, UsageError
from retrieval.evaluation.results import Evaluation
from retrieval.report.document import as_document
from retrieval.report.folder import write_report
from retrieval.report.page import as_page
from retrieval.report.read_document import read_document
from tests.report_cases import plain, skilled


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return skilled()


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_form_is_written_and_named(evaluation: Evaluation, tmp_path: Path) -> None:
    written = write_report(tmp_path / "recall", evaluation)
    assert files(tmp_path / "recall") == set(written)
    tasks = [f"{one.spec.task}.{one.spec.channel}" for one in evaluation.tasks]
    details = {f"queries/{name}.parquet" for name in tasks}
    details |= {f"trec/{name}.{end}" for name in tasks for end in ("run", "qrels")}
    assert set(written) == {"report.json", "report.md", "report.html", "figures.csv", "tables.tex"} | details
    assert json.loads((tmp_path / "recall" / "report.json").read_text()) == plain(evaluation)
    assert (tmp_path / "recall" / "report.html").read_text() == as_page([as_document(evaluation)])
    first = evaluation.tasks[0]
    assert pq.read_table(tmp_path / "recall" / "queries" / f"{tasks[0]}.parquet").num_rows == first.queries


def test_other_files_stay_and_those_of_an_earlier_report_go(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    for name in ("notes.txt", "queries/mine.parquet", "queries/text-to-text.report.parquet"):
        (tmp_path / name).write_text("before")
    write_report(tmp_path, replace(evaluation, tasks=evaluation.tasks[:1]))
    assert (tmp_path / "notes.txt").read_text() == (tmp_path / "queries" / "mine.parquet").read_text() == "before"
    assert "queries/text-to-text.report.parquet" not in files(tmp_path)
    write_report(tmp_path, replace(evaluation, tasks=()))
    assert {name for name in files(tmp_path) if "/" in name} == {"queries/mine.parquet"}


def test_a_file_in_the_way_is_a_clear_error(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "recall").write_text("a file")
    with pytest.raises(StorageError, match="recall: a part of the path is a file"):
        write_report(tmp_path / "recall", evaluation)
    assert (tmp_path / "recall").read_text() == "a file"
    (tmp_path / "queries").write_text("a file")
    with pytest.raises(StorageError, match="a part of the path is a file"):
        write_report(tmp_path, evaluation)
    (tmp_path / "other" / "report.html").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"report\.html: a folder of that name is there"):
        write_report(tmp_path / "other", evaluation)


def test_a_report_is_read_back_from_file_or_folder(evaluation: Evaluation, tmp_path: Path) -> None:
    write_report(tmp_path, evaluation)
    assert read_document(tmp_path) == read_document(tmp_path / "report.json") == plain(evaluation)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "no JSON document"),
        ("[1]", "no report of an evaluation"),
        ('{"version": 2, "hits": []}', "no report of an evaluation"),
        ('{"kind": "mrseek-evaluation", "version": 1}', "version 1; this mrseek reads version 2"),
        ('{"kind": "mrseek-evaluation", "version": 2, "tasks": []}', "lacks asked, configuration"),
    ],
)
def test_what_is_no_report_is_refused(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(UsageError, match=says) as caught:
        read_document(tmp_path / "report.json")
    assert "mrseek eval" in caught.value.remedy
    with pytest.raises(NotFoundError):
        read_document(tmp_path / "nowhere.json")
