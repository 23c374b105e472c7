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
from retrieval.evaluation.item_vectors import ItemVectors, mean_directions
from retrieval.evaluation.relevance import Keys, key


@dataclass(frozen=True, slots=True)
class Rung:
    """One number of the ladder.

    Attributes:
        pool: items that a query ranks, or pairs of a forced choice.
        detail: whether it is one of many, for those who look closely.
    """

    question: str
    measure: str
    found: Measured
    pool: int
    detail: bool = False


def reports(queries: ItemVectors, gallery: Gallery, report_hashes: Sequence[str], what: str) -> Iterator[Rung]:
    """A report -> its scan: among studies, each by its best series or by the mean of them, and among series.

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
    means = (mean_directions(queries), mean_directions(gallery.by_study))
    of_means = ranked(*means, keys, keys, gallery.patients, measures)
    of_series = ranked(
        queries, gallery.by_series, keys, [keys[one] for one in gallery.owner], gallery.patients, measures
    )
    others = {region: _other_regions(gallery, region) for region in {study.region for study in gallery.studies}}
    there = [keys[number] | key("region", study.region) for number, study in enumerate(gallery.studies)]
    left_out = [others[study.region] for study in gallery.studies]
    of_region = ranked(queries, gallery.by_study, keys, there, gallery.patients, measures, left_out)
    for name, found in (
        ("studies", of_studies),
        ("studies, means of passages and series", of_means),
        ("studies of its region", of_region),
        ("series", of_series),
    ):
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
    within = ranked(
        _single(np.stack([queries[kind] for kind, _ in pairs])),
        gallery.by_series,
        [key("finding", kind) for kind, _ in pairs],
        there,
        np.arange(len(pairs)),
        ("precision@10",),
        [_other_regions(gallery, region) for _, region in pairs],
    )
    for measure, it in within.found.items():
        yield Rung("finding -> series with it, within its region", measure, it, within.pool)
    yield from finding_auc({kind: queries[kind] for kind in kinds}, gallery)


def finding_auc(queries: dict[FindingKind, NDArray[np.float32]], gallery: Gallery) -> Iterator[Rung]:
    """How often a series with a finding scores above one of its region without: each series with one counts once."""
    question = "finding: with it above without, within its region"
    values, clusters, pairs = [], [], 0
    for kind, vector in queries.items():
        shares, patients, compared = _above(kind, vector, gallery)
        values.append(shares)
        clusters.append(patients)
        pairs += compared
        if compared:
            yield Rung(f"{question}: {kind}", "AUC", measured_mean(shares, patients, 0.5), compared, detail=True)
    if pairs:
        yield Rung(question, "AUC", measured_mean(np.concatenate(values), np.concatenate(clusters), 0.5), pairs)


def _above(
    kind: FindingKind, vector: NDArray[np.float32], gallery: Gallery
) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
    """Of each series with a finding: the share of those without below it, and its patient; and how many pairs."""
    region = np.array([study.region for study in gallery.studies])[gallery.owner]
    has = np.array([kind in _kinds(study.findings) for study in gallery.studies], bool)[gallery.owner]
    scores = gallery.vectors.astype(np.float64) @ vector.astype(np.float64)
    values, patients, pairs = [np.empty(0)], [np.empty(0, np.int64)], 0
    for one in np.unique(region[has]):
        with_it, without = has & (region == one), ~has & (region == one)
        if without.any():
            values.append(share_below(scores[with_it], scores[without]))
            patients.append(gallery.patients[gallery.owner[with_it]])
            pairs += int(with_it.sum() * without.sum())
    return np.concatenate(values), np.concatenate(patients), pairs


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


def _other_regions(gallery: Gallery, region: str) -> Keys:
    """The keys of every region but one."""
    return frozenset().union(*(key("region", study.region) for study in gallery.studies)) - key("region", region)


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
