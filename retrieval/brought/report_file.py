"""A report.json read back, and whether it is one that can be made again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.errors import UsageError
from retrieval.brought.read_table import check_file
from retrieval.report.document import KIND, VERSION

_HOW = "Give the report.json that `mrseek eval --out` wrote, or what `mrseek eval --json` printed."


def read_report(file: Path) -> dict[str, Any]:
    """The document.

    Raises:
        NotFoundError: no such file.
        UsageError: it is no report of an evaluation, or another version's.
    """
    check_file(file)
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file.name} cannot be read as JSON ({type(error).__name__}).", remedy=_HOW) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise UsageError(f"{file.name} is no report of an evaluation.", remedy=_HOW)
    if document.get("version") != VERSION:
        raise UsageError(
            f"{file.name} is a report in version {document.get('version')}; this mrseek writes version {VERSION}.",
            remedy="Run it again with the mrseek that made it; its `environment` says which.",
        )
    if not _is_whole(document):
        raise UsageError(f"{file.name} lacks its subject, configuration or environment.", remedy=_HOW)
    return document


def _is_whole(document: Mapping[str, Any]) -> bool:
    subject, asked = document.get("subject"), document.get("asked")
    told = isinstance(subject, dict) and {"content", "snapshot", "encoder"} <= set(subject)
    encoder = isinstance(subject, dict) and isinstance(subject.get("encoder"), dict)
    parts = all(isinstance(document.get(name), dict) for name in ("configuration", "environment"))
    return told and encoder and parts and (asked is None or isinstance(asked, dict))
