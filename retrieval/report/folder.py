"""A report as a folder: the same evaluation in every form that people and programs read.

| file | for |
|---|---|
| report.html | reading: one file, no network |
| report.md | a repository |
| report.json | programs; all the others but queries/ and trec/ are made from it |
| figures.csv | plots and sheets |
| tables.tex | papers |
| queries/<task>.<channel>.parquet | comparing two runs query by query |
| trec/<task>.<channel>.run, .qrels | other evaluation tools; judgments up to 5 million, their number is quadratic |
"""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from common.atomic import storage_errors, write_json, write_text
from indexer.records import Channel
from retrieval.evaluation.results import Evaluation
from retrieval.evaluation.task_names import Task
from retrieval.report.document import as_document
from retrieval.report.figures_csv import as_csv
from retrieval.report.latex import as_latex
from retrieval.report.page import as_page
from retrieval.report.query_table import query_file, query_table, write_query_table
from retrieval.report.tables import as_markdown
from retrieval.report.trec import qrels_text, run_text

MOST_JUDGMENTS = 5_000_000
"""About 250 MB of text a task. 200,000 series that seek their region and sequence would be hundreds of millions."""


def write_report(folder: Path, evaluation: Evaluation, *, slices: Mapping[str, bytes] | None = None) -> tuple[str, ...]:
    """Writes the report in every form; the names of what was written, within the folder.

    Each file is written whole or not at all, and nothing else in the folder is touched, but for queries and runs of an
    earlier report whose task this one does not have: they would be taken for its own.

    Args:
        folder: made where it is not there.
        evaluation: what was found.
        slices: a PNG by item, for the page's examples.

    Raises:
        StorageError: the folder cannot be written to, or a file of that name is in its place.
    """
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    document = as_document(evaluation)
    texts = {
        "report.md": as_markdown(document),
        "report.html": as_page([document], slices=slices or {}),
        "figures.csv": as_csv([document]),
        "tables.tex": as_latex([document]),
    }
    write_json(folder / "report.json", document)
    for name, text in texts.items():
        write_text(folder / name, text)
    detailed = tuple(_write_details(folder, evaluation))
    _remove_others(folder, detailed)
    return ("report.json", *texts, *detailed)


def _write_details(folder: Path, evaluation: Evaluation) -> Iterator[str]:
    """Queries, runs and judgments of the tasks that were scored here."""
    for result in evaluation.tasks:
        if result.detail is None:
            continue
        queries, run, qrels = _names(result.spec.task, result.spec.channel)
        write_query_table(folder / queries, query_table(result, result.detail))
        write_text(folder / run, run_text(result.detail))
        yield from (queries, run)
        if int(result.detail.scores.relevant.sum()) <= MOST_JUDGMENTS:
            write_text(folder / qrels, qrels_text(result.detail))
            yield qrels


def _names(task: Task, channel: Channel) -> tuple[str, str, str]:
    name = f"{task}.{channel}"
    return query_file(task, channel), f"trec/{name}.run", f"trec/{name}.qrels"


def _remove_others(folder: Path, written: tuple[str, ...]) -> None:
    for task, channel in product(Task, Channel):
        for name in _names(task, channel):
            if name not in written:
                (folder / name).unlink(missing_ok=True)
