"""Runs and judgments for other tools (trec_eval, ir_measures, ranx), so that nobody has to believe our measures.

Run: `query Q0 item rank score tag`, as many hits a query as the settings keep (`depth`, 10 unless told otherwise), so
only measures up to that k can be computed from it. Qrels: `query 0 item grade`. Both after exclusion: an item of the
query's own patient stands in neither. A query without relevant items has no judgments, and other tools leave it out as
we do; one that could not be asked has no hits, and counts as 0.

- *Grades* are whole numbers there. Gains that are whole stay; shares (graded overlap) become hundredths, at least 1.
  nDCG with linear gains does not mind the scale, only the rounding.
- *Ties*: other tools order equal scores by id, one way or the other; ours are worth their expectation. Numbers agree
  where no scores tie.
- *Ids* are percent-encoded where they hold blanks or anything but plain letters.
"""

from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.relevance import Relevant
from retrieval.evaluation.results import Detail

TAG = "mrseek"
_PLAIN = ":+@,"


def run_text(detail: Detail) -> str:
    """The first hits of every query, best first; "" where none were kept."""
    return "".join(_run_lines(detail))


def qrels_text(detail: Detail) -> str:
    """The relevant items of every query that has any."""
    return "".join(_qrels_lines(detail))


def trec_id(name: str) -> str:
    """An id without blanks.

    >>> trec_id("ser-0a1f"), trec_id("knee 1")
    ('ser-0a1f', 'knee%201')
    """
    return quote(name, safe=_PLAIN)


def _run_lines(detail: Detail) -> Iterator[str]:
    hits, gallery = detail.scores.hits, [trec_id(name) for name in detail.built.gallery.ids]
    if hits is None:
        return
    for query, name in enumerate(map(trec_id, detail.built.queries.ids)):
        for rank, place in enumerate(hits.of(query).tolist(), start=1):
            score = float(hits.scores[query, rank - 1])
            yield f"{name} Q0 {gallery[place]} {rank} {score:.9g} {TAG}\n"


def _qrels_lines(detail: Detail) -> Iterator[str]:
    gallery = [trec_id(name) for name in detail.built.gallery.ids]
    judged = [_left(detail, query) for query in range(len(detail.built.queries))]
    whole = all(np.equal(np.mod(one.gains, 1.0), 0.0).all() for one in judged)
    for name, one in zip(map(trec_id, detail.built.queries.ids), judged, strict=True):
        for place, grade in zip(one.positions.tolist(), grades(one.gains, whole=whole).tolist(), strict=True):
            yield f"{name} 0 {gallery[place]} {grade}\n"


def grades(gains: NDArray[np.float64], *, whole: bool) -> NDArray[np.int64]:
    """Gains as whole numbers: as they are, or in hundredths.

    >>> grades(np.array([0.5, 1.0, 0.001]), whole=False).tolist()
    [50, 100, 1]
    """
    return gains.astype(np.int64) if whole else np.maximum(np.rint(100.0 * gains), 1.0).astype(np.int64)


def _left(detail: Detail, query: int) -> Relevant:
    """What is relevant to a query and may stand in its ranking."""
    ranking = detail.built.ranking
    judged = ranking.relevant.judged(query)
    kept = np.isin(judged.positions, ranking.excluded.of(query), invert=True)
    return Relevant(judged.positions[kept], judged.gains[kept])
