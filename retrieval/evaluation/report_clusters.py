"""Reports that say (nearly) the same, counted and named: what relevance by `report` rests on."""

from collections import defaultdict

from retrieval.evaluation.items import REPORT, Items
from retrieval.evaluation.results import ReportClusters

_SHOWN = 5
_SHOWN_MEMBERS = 10


def report_clusters(reports: Items, similarity: float) -> ReportClusters:
    """The clusters of two and more; the largest by the pseudonyms of their first reports."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name, values in zip(reports.ids, reports.of(REPORT), strict=True):
        for cluster in values:
            members[cluster].append(name)
    several = sorted((ids for ids in members.values() if len(ids) > 1), key=lambda ids: (-len(ids), ids))
    return ReportClusters(
        similarity=similarity,
        reports=len(reports),
        clusters=len(several),
        members=sum(map(len, several)),
        largest=tuple(tuple(ids[:_SHOWN_MEMBERS]) for ids in several[:_SHOWN]),
    )
