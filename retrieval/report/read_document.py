"""A report.json read back, checked before anything is made of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.errors import NotFoundError, UsageError
from retrieval.report.document import KIND, VERSION

_PARTS = frozenset(
    {"subject", "asked", "configuration", "environment", "report_clusters", "tasks", "skipped", "probes"}
)
_REMEDY = "Give the report.json that `mrseek eval --out FOLDER` wrote, or its folder."


def read_document(path: Path) -> Mapping[str, Any]:
    """The document in a file, or in the report.json of a folder.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it is no report of an evaluation, or of another version.
    """
    file = path / "report.json" if path.is_dir() else path
    if not file.is_file():
        raise NotFoundError(f"There is no report at {file}.", remedy=_REMEDY)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} is no JSON document.", remedy=_REMEDY) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise UsageError(f'{file} is no report of an evaluation; expected "kind": "{KIND}".', remedy=_REMEDY)
    if document.get("version") != VERSION:
        raise UsageError(
            f"{file} is a report of version {document.get('version')!r}; this mrseek reads version {VERSION}.",
            remedy="Run `mrseek eval --out` again with this version.",
        )
    if missing := sorted(_PARTS - document.keys()):
        raise UsageError(f"{file} is incomplete: it lacks {', '.join(missing)}.", remedy=_REMEDY)
    return document
