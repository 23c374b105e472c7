"""Files and folders of made archives, and a cache of headers in memory: for the tests of inventories."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.records import FileStat


def put(path: Path, content: object = "") -> None:
    """A file with a text, or with anything else as JSON; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def close_folder(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Makes every folder of that name one that may not be opened, for root too."""
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith(name):
            raise PermissionError(path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


class HeaderMemory(dict[FileStat, Mapping[str, str]]):
    """A header cache in memory."""

    def put(self, stat: FileStat, header: Mapping[str, str]) -> None:
        self[stat] = header
