"""A report as a folder: the same evaluation in every form that people and programs read."""

from pathlib import Path

from common.atomic import write_json, write_text
from retrieval.evaluation.results import Evaluation
from retrieval.report.document import as_document
from retrieval.report.tables import as_markdown


def write_report(folder: Path, evaluation: Evaluation) -> tuple[str, ...]:
    """Writes report.json and report.md; the names of what was written.

    Raises:
        StorageError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document = as_document(evaluation)
    write_json(folder / "report.json", document)
    write_text(folder / "report.md", as_markdown(document))
    return ("report.json", "report.md")
