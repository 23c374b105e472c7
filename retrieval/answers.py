"""From ranked rows to hits: their metadata is read now, and for them alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.records import Channel
from indexer.schema import REPORT_COLUMNS
from retrieval.fusion import FusedScores
from retrieval.query import Hit, Target
from retrieval.ranking import Ranking
from retrieval.scores import Scores
from retrieval.tables import Table, Tables

_REPORT_SHOWN = tuple(column.name for column in REPORT_COLUMNS if column.shown)


@dataclass(frozen=True, slots=True)
class ScoredChannels:
    """The scores of every channel that was asked, and their fusion."""

    channels: Mapping[Channel, Scores]
    fused: Scores


@dataclass(frozen=True, slots=True)
class Match:
    """How a row was found: the channel that matched best, and the cosine in every channel that has it."""

    channel: Channel
    cosines: Mapping[str, float]


def series_hits(tables: Tables, scored: ScoredChannels, ranking: Ranking) -> tuple[Hit, ...]:
    """Hits that are series."""
    rows = tables.fetch(Table.SERIES, ranking.units, tables.shown_columns(Table.SERIES))
    return _hits(rows, ranking, _matches(scored, ranking.units), Target.SERIES)


def report_hits(tables: Tables, scored: ScoredChannels, ranking: Ranking, *, with_text: bool) -> tuple[Hit, ...]:
    """Hits that are reports, each with its best passage; its text only `with_text`."""
    columns = (*_REPORT_SHOWN, "text") if with_text else _REPORT_SHOWN
    rows = tables.fetch(Table.REPORTS, ranking.units, columns)
    return _hits(rows, ranking, _matches(scored, ranking.units), Target.REPORT)


def _hits(rows: list[dict[str, Any]], ranking: Ranking, matches: list[Match], target: Target) -> tuple[Hit, ...]:
    scored_rows = zip(rows, ranking.scores.tolist(), matches, strict=True)
    return tuple(
        Hit(
            rank=place,
            score=score,
            series=row["series_id"] if target is Target.SERIES else "",
            study=row["study_id"] or "",
            patient=row["patient_id"] or "",
            channel=match.channel,
            report=row["report_id"] if target is Target.REPORT else "",
            channel_scores=match.cosines,
            metadata=MappingProxyType(row),
        )
        for place, (row, score, match) in enumerate(scored_rows, start=1)
    )


def _matches(scored: ScoredChannels, units: NDArray[np.int64]) -> list[Match]:
    """One match a unit; the best channel is that of the highest standard score."""
    channels = tuple(scored.channels)
    cosines = np.stack([scores.exact(units) for scores in scored.channels.values()])
    standard = scored.fused.standard(units) if isinstance(scored.fused, FusedScores) else cosines
    best = np.argmax(np.where(np.isfinite(cosines), standard, -np.inf), axis=0)
    return [
        Match(channels[place], MappingProxyType(_present(channels, column)))
        for place, column in zip(best.tolist(), cosines.T.tolist(), strict=True)
    ]


def _present(channels: tuple[Channel, ...], cosines: list[float]) -> dict[str, float]:
    found = zip(channels, cosines, strict=True)
    return {channel.value: cosine for channel, cosine in found if np.isfinite(cosine)}
