"""What a published script would have said: kept to show what it is worth, never as a result.

CT-CLIP's volume-to-volume evaluation (`run_retrieval_volume_to_volume`) leaves the query and its own patient in the
gallery, and never empties its list of scores between one k and the next, so that k = 50 is an average over the numbers
at 1, 5, 10 and 50. Its score of a hit is the overlap of the labels, |both| / |either|. Volumes without any label leave
the gallery, but still ask, and score 0. Random vectors get 0.886 at k = 1 by it on CT-RATE's labels, since every volume
that has a label finds itself.

Source: https://github.com/ibrahimethemhamamci/CT-CLIP, scripts/volume_to_volume.py, written anew.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.evaluation.ranking_task import RankingTask
from retrieval.evaluation.relevance import SharedLabels
from retrieval.evaluation.results import NaivePoint
from retrieval.evaluation.score_sources import random_scores
from retrieval.evaluation.tasks import BuiltTask, without_exclusions
from retrieval.evaluation.top_hits import top_hits

NAIVE_KS = (1, 5, 10, 50)
_QUERIES = 5000


def naive_points(
    built: BuiltTask, labels: SharedLabels, generator: np.random.Generator, *, block_bytes: int
) -> tuple[NaivePoint, ...]:
    """What the script would have said of a task within a modality, and what is true; nothing where nobody has a label.

    Args:
        built: the task; those who ask are those who are ranked.
        labels: whose overlap is scored.
        generator: of the random vectors, and of the queries where there are many.
        block_bytes: memory for one block of scores.
    """
    asking = np.arange(len(built.ranking))
    if len(asking) > _QUERIES:
        asking = np.sort(generator.choice(asking, _QUERIES, replace=False))
    random = random_scores(len(built.ranking), built.ranking.scores.gallery, generator, same=True)
    everybody = without_exclusions(built).ranking
    depth = min(max(NAIVE_KS), int(np.count_nonzero(labels.labels)))
    columns = []
    for task, carried in ((everybody, True), (built.ranking, False)) if depth else ():
        for scores in (random, task.scores):
            overlap = _overlaps(task.scored_by(scores).only(asking), labels.only(asking), depth, block_bytes)
            columns.append(_carried_over(overlap) if carried else _each_alone(overlap))
    return tuple(
        NaivePoint(k, *(column[place] for column in columns)) for place, k in enumerate(NAIVE_KS) if k <= depth
    )


def _overlaps(task: RankingTask, labels: SharedLabels, depth: int, block_bytes: int) -> NDArray[np.float64]:
    """The label overlap of the first hits, float64, shape (queries, depth); 0 where nothing came back."""
    unlabelled = np.flatnonzero(labels.labels == 0)
    blocks = []
    for chosen, scores in task.scores.blocks(block_bytes=block_bytes):
        asking = range(chosen.start, chosen.stop)
        scores[:, unlabelled] = -np.inf
        hits = top_hits(scores, [task.excluded.of(query) for query in asking], depth)
        blocks.append([_overlap(labels, query, row) for query, row in zip(asking, hits.positions, strict=True)])
    return np.concatenate([np.array(block).reshape(-1, depth) for block in blocks])


def _overlap(labels: SharedLabels, query: int, positions: NDArray[np.int64]) -> NDArray[np.float64]:
    judged = labels.judged(query)
    places = np.searchsorted(judged.positions, positions)
    inside = places < len(judged.positions)
    found = np.zeros(len(positions))
    match = inside & (np.append(judged.positions, -2)[places] == positions)
    found[match] = judged.gains[places[match]]
    return found


def _each_alone(overlap: NDArray[np.float64]) -> list[float]:
    return [float(overlap[:, :k].mean()) for k in NAIVE_KS]


def _carried_over(overlap: NDArray[np.float64]) -> list[float]:
    """As the script has it: one list of scores for all k, averaged anew at each."""
    alone: Sequence[float] = _each_alone(overlap)
    return [float(np.mean(alone[: place + 1])) for place in range(len(alone))]
