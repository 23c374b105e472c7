"""One query from question to answer: choose channels, encode, filter, compare, fuse, rank, fetch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from common.errors import UsageError
from common.pseudonym import IdKind
from indexer.records import Channel
from retrieval.answers import ScoredChannels, report_hits, series_hits
from retrieval.channels import plan_channels, spaces_of
from retrieval.filter import Eligible, Exclusions, eligible_rows
from retrieval.fusion import fuse
from retrieval.grouping import group_column, groups_of, hits_are
from retrieval.query import Answer, Plan, Query, SeriesPart, Target, TextPart
from retrieval.query_vectors import QueryEncoder
from retrieval.ranking import Ranking, rank
from retrieval.scores import Scores, StudyCodes, score_by_study, score_own
from retrieval.stopwatch import Stopwatch
from retrieval.tables import Table

if TYPE_CHECKING:
    from retrieval.collection import Collection


def search(collection: "Collection", query: Query, *, with_text: bool = False) -> Answer:
    """The answer to a query; see `Collection.search`."""
    _check(query)
    watch = Stopwatch()
    channels = plan_channels(query, spaces_of(collection.manifest))
    table = Table.REPORTS if query.target is Target.REPORT else Table.SERIES
    with watch.step("open"):
        for channel in channels.sources:
            collection.owners(channel)
    with watch.step("encode"):
        encoder = QueryEncoder(collection.towers, collection.stored)
        vectors = {channel: encoder.combine(query.parts, how, channel) for channel, how in channels.sources.items()}
    with watch.step("filter"):
        eligible = eligible_rows(collection.tables, table, query.where, _exclusions(query))
        groups = groups_of(collection.tables, table, group_column(query.target, query.group_by))
    with watch.step("search"):
        scored = _score(collection, query.target, vectors, channels.weights, eligible.positions)
        ranking = rank(scored.fused, query.k, groups)
    with watch.step("fetch"):
        if query.target is Target.REPORT:
            hits = report_hits(collection.tables, scored, ranking, with_text=with_text)
        else:
            hits = series_hits(collection.tables, scored, ranking)
    plan = Plan(
        mode="exact",
        eligible=max(_answering(scores) for scores in scored.channels.values()),
        searched=sum(scores.compared for scores in scored.channels.values()),
        returned=len(hits),
        channels=MappingProxyType({channel.value: note for channel, note in channels.notes.items()}),
        fusion=channels.fusion,
        shortfall=_shortfall(query, eligible, ranking),
        timings_ms=watch.read(),
    )
    return Answer(hits, plan)


def _check(query: Query) -> None:
    if query.k < 1:
        raise UsageError(f"k is {query.k}; expected 1 or more.")
    if not query.parts:
        raise UsageError("The query is empty.", remedy="Give words, a scan, a series id or a vector.")
    for part in query.parts:
        if not np.isfinite(part.weight) or not part.weight:
            raise UsageError(f"A part has weight {part.weight}; expected a finite number other than 0.")
        if isinstance(part, TextPart) and not part.text.strip():
            raise UsageError("A part of the query is an empty text.", remedy="Leave it out, or say what to find.")
    for kind, ids in ((IdKind.PATIENT, query.exclude_patients), (IdKind.STUDY, query.exclude_studies)):
        for name in ids:
            if not name.startswith(f"{kind.value}-"):  # would exclude nobody, and nobody would notice
                raise UsageError(
                    f'"{name}" is no pseudonym of a {kind.name.lower()}; expected {kind.value}-...',
                    remedy="Every hit of `mrseek search --json` shows its own.",
                )


def _exclusions(query: Query) -> Exclusions:
    """What the query leaves out; a series that is asked with is never its own answer."""
    asked_with = tuple(part.series_id for part in query.parts if isinstance(part, SeriesPart))
    own = asked_with if query.target is Target.SERIES else ()
    return Exclusions(query.exclude_patients, query.exclude_studies, own)


def _score(
    collection: "Collection",
    target: Target,
    vectors: Mapping[Channel, NDArray[np.float32]],
    weights: tuple[float, ...],
    eligible: NDArray[np.int64] | None,
) -> ScoredChannels:
    """The scores of every row of the target's table, by channel and fused."""
    tables, scores = collection.tables, dict[Channel, Scores]()
    for channel, vector in vectors.items():
        opened, owners = collection.vectors(channel), collection.owners(channel)
        if channel is Channel.REPORT and target is Target.SERIES:
            studies = StudyCodes(tables.study_codes(Table.REPORTS), tables.study_codes(Table.SERIES))
            scores[channel] = score_by_study(opened, owners, vector, studies, eligible)
        else:
            units = tables.count(Table.REPORTS if target is Target.REPORT else Table.SERIES)
            scores[channel] = score_own(opened, owners, vector, units, eligible)
    return ScoredChannels(MappingProxyType(scores), fuse(tuple(scores.values()), weights))


def _answering(scores: Scores) -> int:
    return int((scores.fast > -np.inf).sum())


def _shortfall(query: Query, eligible: Eligible, ranking: Ranking) -> str:
    """Why fewer than k hits came back; "" where k did."""
    if len(ranking.units) >= query.k:
        return ""
    if eligible.explanation:
        return eligible.explanation
    found = hits_are(query.target, query.group_by, ranking.groups)
    if eligible.positions is not None:
        return f"The filter and the exclusions leave {found}."
    return f"The collection holds {found} that can be compared."
