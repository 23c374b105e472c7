"""Evaluations for the tests of reports, and a reader of pages that holds them to be well-formed."""

import json
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

from indexer.records import Channel
from retrieval.evaluation.evaluate import evaluate_data
from retrieval.evaluation.results import Evaluation, Subject
from retrieval.evaluation.settings import Settings
from retrieval.report.document import as_document
from tests.evaluation_cases import archive

SETTINGS = Settings(channels=(Channel.IMAGE,), draws=100)
SUBJECT = Subject("archive", 7, "cd" * 16, "towers", "ab" * 16, "0.1.0", 120, 90)
VOID = {"br", "hr", "img", "meta", "link", "input"}


@cache
def skilled(settings: Settings = SETTINGS) -> Evaluation:
    """Sixty patients, an encoder that knows a good deal, three tasks."""
    return replace(evaluate_data(archive(60, 0, skill=1.5), settings), subject=SUBJECT)


def plain(evaluation: Evaluation) -> Any:
    """The document as another program reads it."""
    return json.loads(json.dumps(as_document(evaluation), allow_nan=False, sort_keys=True))


class ReadPage(HTMLParser):
    """Every element must be closed in order; texts and attributes are kept."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> inside {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]
