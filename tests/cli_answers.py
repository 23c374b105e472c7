"""What a command says, run in this process."""

import json
from typing import Any

import pytest

from cli.main import run


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """What it prints on stdout and on stderr; it must exit with `code`."""
    capsys.readouterr()
    assert run(arguments) == code, capsys.readouterr().err
    found = capsys.readouterr()
    return found.out, found.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What it prints with --json."""
    return json.loads(answer(capsys, *arguments, "--json")[0])
