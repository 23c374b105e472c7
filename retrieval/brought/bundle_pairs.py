"""Relevance and exclusion pair by pair, for programs that know no rules; no more of them than a limit."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from retrieval.evaluation.rules import RuleKind
from retrieval.evaluation.tasks import BuiltTask

GRADED = 1000
"""What a gain of 1 is written as where relevance is graded: qrels hold whole numbers, and trec_eval reads no others."""


def write_qrels(file: Path, built: BuiltTask, limit: int) -> tuple[int | None, int]:
    """Writes "QUERY 0 ITEM GAIN" with tabs between, relevant items alone, without those that are left out.

    Returns:
        How many lines, None where there would be more than `limit` and so no file; and the scale of the gains.
    """
    scale = _scale(built)
    return _write(file, _judged(built, scale), limit), scale


def write_exclusions(file: Path, built: BuiltTask, limit: int) -> int | None:
    """Writes "QUERY ITEM" with a tab between: who leaves which ranking.

    Returns:
        How many lines; None where there would be more than `limit`, and so no file.
    """
    return _write(file, _excluded(built), limit)


def _scale(built: BuiltTask) -> int:
    return GRADED if any(rule.kind is RuleKind.OVERLAP for rule in built.rules) else 1


def _judged(built: BuiltTask, scale: int) -> Iterator[str]:
    ranking, ids = built.ranking, built.gallery.ids
    for query, name in enumerate(built.queries.ids):
        judged = ranking.relevant.judged(query)
        left = np.isin(judged.positions, ranking.excluded.of(query), invert=True)
        for place, gain in zip(judged.positions[left].tolist(), judged.gains[left].tolist(), strict=True):
            yield f"{name}\t0\t{ids[place]}\t{max(1, round(gain * scale))}\n"


def _excluded(built: BuiltTask) -> Iterator[str]:
    for query, name in enumerate(built.queries.ids):
        for place in built.ranking.excluded.of(query).tolist():
            yield f"{name}\t{built.gallery.ids[place]}\n"


def _write(file: Path, lines: Iterator[str], limit: int) -> int | None:
    written = 0
    with file.open("w", encoding="utf-8") as stream:
        for line in lines:
            if written == limit:
                break
            stream.write(line)
            written += 1
        else:
            return written
    file.unlink()
    return None
