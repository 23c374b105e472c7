"""What can be evaluated, and again: a collection, tables of the user's, a bundle. One contract for all."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from common.atomic import sha256_of_file
from common.errors import UsageError
from retrieval.collection import Collection
from retrieval.evaluation.evaluate import Progress, evaluate, evaluate_texts
from retrieval.evaluation.results import Evaluation, Subject
from retrieval.evaluation.settings import Settings
from retrieval.evaluation.subject import subject_of


class Source(Protocol):
    """Something with tasks in it."""

    @property
    def contents(self) -> tuple[str, str]:
        """The sha256 of what decides the numbers: of the subject of a report, and of who asks ("" where the same)."""
        ...

    @property
    def fingerprint(self) -> str:
        """Of the encoder whose vectors these are; "" where nobody said."""
        ...

    def evaluate(self, settings: Settings, progress: Progress | None = None) -> Evaluation:
        """All tasks by these settings."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class CollectionSource:
    """A collection, alone, or asking another one, or asked by a table of texts.

    Attributes:
        collection: whose queries; with `texts`, whose series.
        gallery: whose items are ranked instead.
        texts: a table of texts that ask instead.
    """

    collection: Collection
    gallery: Collection | None = None
    texts: Path | None = None

    def __post_init__(self) -> None:
        if self.gallery is not None and self.texts is not None:
            raise UsageError("Queries come from --texts or from a collection; --gallery names what the latter asks.")

    @property
    def contents(self) -> tuple[str, str]:
        """Of the snapshots' files, and of the table."""
        if self.texts is not None:
            return subject_of(self.collection).content, sha256_of_file(self.texts)
        if self.gallery is not None:
            return subject_of(self.gallery).content, subject_of(self.collection).content
        return subject_of(self.collection).content, ""

    @property
    def fingerprint(self) -> str:
        """Of the encoder that made what is ranked."""
        return (self.gallery or self.collection).manifest.encoder.fingerprint

    def evaluate(self, settings: Settings, progress: Progress | None = None) -> Evaluation:
        """As `mrseek eval` does.

        Raises:
            UsageError: an unknown column, patients that cannot be excluded.
            IntegrityError: random vectors do not score at chance.
        """
        if self.texts is not None:
            return evaluate_texts(self.collection, self.texts, settings, progress=progress)
        return evaluate(self.collection, settings, gallery=self.gallery, progress=progress)


def content_of(files: Mapping[str, Path]) -> str:
    """One sha256 over files by their role: the same files in the same roles give the same."""
    hashes = {role: sha256_of_file(file) for role, file in sorted(files.items())}
    return hashlib.sha256(json.dumps(hashes).encode()).hexdigest()


def brought_subject(name: str, content: str, *, series: int, reports: int) -> Subject:
    """Tables and runs: nobody says which encoder made them."""
    return Subject(
        name=name,
        snapshot=None,
        content=content,
        encoder="",
        fingerprint="",
        code_version="",
        series=series,
        reports=reports,
    )
