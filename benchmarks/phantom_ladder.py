"""From the whole report down to its parts: anatomy, pathology, side. Each asks for less than the one before hides.

A report that finds its scan may have found nothing but the region and the planes of its technique section; so the same
gallery is asked for each part alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.measured import Measured, measured_mean
from benchmarks.phantom_gallery_vectors import Gallery
from benchmarks.ranked import ranked
from encoders.contract import Vectors
from phantoms.findings import Finding, FindingKind
from retrieval.evaluation.item_vectors import ItemVectors
from retrieval.evaluation.relevance import Keys, key


@dataclass(frozen=True, slots=True)
class Rung:
    """One number of the ladder.

    Attributes:
        pool: items that a query ranks, or pairs of a forced choice.
    """

    question: str
    measure: str
    found: Measured
    pool: int


def reports(queries: ItemVectors, gallery: Gallery, report_hashes: Sequence[str], what: str) -> Iterator[Rung]:
    """A report -> its scan, among studies (each as good as its best series) and among series.

    Args:
        queries: passages of the report of each study.
        gallery: of these studies.
        report_hashes: of each study: a report that was copied is that study's report too.
        what: is asked, for the table.
    """
    keys = [
        key("report", text) | key("study", study.study)
        for text, study in zip(report_hashes, gallery.studies, strict=True)
    ]
    measures = ("hit@1", "hit@10", "mrr")
    of_studies = ranked(queries, gallery.by_study, keys, keys, gallery.patients, measures)
    of_series = ranked(
        queries, gallery.by_series, keys, [keys[one] for one in gallery.owner], gallery.patients, measures
    )
    for name, found in (("studies", of_studies), ("series", of_series)):
        yield from (Rung(f"{what} -> its scan among {name}", one, it, found.pool) for one, it in found.found.items())


def anatomy(queries: ItemVectors, gallery: Gallery) -> Iterator[Rung]:
    """How many of a report's first ten series are of its region."""
    asking = [key("region", study.region) for study in gallery.studies]
    there = [asking[one] for one in gallery.owner]
    found = ranked(queries, gallery.by_series, asking, there, gallery.patients, ("precision@1", "precision@10"))
    yield from (Rung("report -> series of its region", one, it, found.pool) for one, it in found.found.items())


def pathology(queries: dict[FindingKind, NDArray[np.float32]], gallery: Gallery) -> Iterator[Rung]:
    """A finding by its name -> series of patients who have it; among all, and among their region alone.

    Args:
        queries: the vector of each kind.
        gallery: of all studies.
    """
    there = _finding_keys(gallery)
    kinds = [kind for kind in queries if any(f"finding:{kind}" in keys for keys in there)]
    if not kinds:
        return
    vectors = np.stack([queries[kind] for kind in kinds])
    asking = [key("finding", kind) for kind in kinds]
    among_all = ranked(_single(vectors), gallery.by_series, asking, there, np.arange(len(kinds)), ("precision@10",))
    for measure, it in among_all.found.items():
        yield Rung("finding -> series with it, kinds equal", measure, it, among_all.pool)
    pairs = sorted({(kind, study.region) for study in gallery.studies for kind in _kinds(study.findings)})
    regions = sorted({study.region for study in gallery.studies})
    within = ranked(
        _single(np.stack([queries[kind] for kind, _ in pairs])),
        gallery.by_series,
        [key("finding", kind) for kind, _ in pairs],
        there,
        np.arange(len(pairs)),
        ("precision@10",),
        [frozenset().union(*(key("region", one) for one in regions if one != region)) for _, region in pairs],
    )
    for measure, it in within.found.items():
        yield Rung("finding -> series with it, within its region", measure, it, within.pool)
    yield Rung("finding: with it above without, within its region", "AUC", *finding_auc(queries, gallery))


def finding_auc(queries: dict[FindingKind, NDArray[np.float32]], gallery: Gallery) -> tuple[Measured, int]:
    """How often a series with a finding scores above one of its region without: each series with one counts once.

    Returns:
        The mean over series with a finding, drawn by patient, and the number of pairs.
    """
    values, clusters, pairs = [], [], 0
    patients = gallery.patients
    region = np.array([study.region for study in gallery.studies])[gallery.owner]
    for kind, vector in queries.items():
        has = np.array([kind in _kinds(study.findings) for study in gallery.studies], bool)[gallery.owner]
        scores = gallery.vectors.astype(np.float64) @ vector.astype(np.float64)
        for one in np.unique(region[has]):
            with_it, without = scores[has & (region == one)], scores[~has & (region == one)]
            if len(without):
                values.append(share_below(with_it, without))
                clusters.append(patients[gallery.owner[has & (region == one)]])
                pairs += len(with_it) * len(without)
    return measured_mean(np.concatenate(values), np.concatenate(clusters), 0.5), pairs


def share_below(scores: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each score the share of others below it, a tie as half: float64 (n,).

    >>> share_below(np.array([2.0, 5.0]), np.array([1.0, 2.0, 3.0, 4.0])).tolist()
    [0.375, 1.0]
    """
    others = np.sort(others)
    both = np.searchsorted(others, scores, "left") + np.searchsorted(others, scores, "right")
    shares: NDArray[np.float64] = both / (2.0 * len(others))
    return shares


def sides(gains: NDArray[np.float64], studies: NDArray[np.int64], gallery: Gallery, what: str) -> Iterator[Rung]:
    """A forced choice: is the sentence as written nearer to the scan than with its sides exchanged?

    Args:
        gains: cosine with the sentence less that with the exchanged one, (pairs,): one pair a sentence and series.
        studies: of each pair, (pairs,).
        gallery: of all studies.
        what: is asked, for the table.
    """
    by_study = np.unique(studies)
    means = np.array([gains[studies == one].mean() for one in by_study])
    patients = gallery.patients
    if len(gains):
        yield Rung(what, "accuracy by study", measured_mean(_right(means), patients[by_study], 0.5), len(means))
        yield Rung(what, "accuracy by series", measured_mean(_right(gains), patients[studies], 0.5), len(gains))


def _right(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    right: NDArray[np.float64] = (gains > 0) + 0.5 * (gains == 0)
    return right


def _single(vectors: Vectors) -> ItemVectors:
    return ItemVectors(np.ascontiguousarray(vectors, np.float32), np.arange(len(vectors) + 1))


def _kinds(findings: Sequence[Finding]) -> set[FindingKind]:
    return {finding.kind for finding in findings}


def _finding_keys(gallery: Gallery) -> list[Keys]:
    """Of each series: what its patient has, and its region."""
    of_study = [
        frozenset().union(key("region", study.region), *(key("finding", kind) for kind in _kinds(study.findings)))
        for study in gallery.studies
    ]
    return [of_study[one] for one in gallery.owner]
