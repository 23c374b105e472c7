"""Leaks between the sides of a split: what a model could have seen before it was asked."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.comparable import compare_pseudonyms
from retrieval.audit.leak_limits import DEFAULT_LIMITS, LeakLimits
from retrieval.audit.leak_results import REPORT_KINDS, Leak, LeakAudit, LeakKind, LeakStatus, SideSize
from retrieval.audit.progress import Listener, silent
from retrieval.audit.shared_keys import shared_keys
from retrieval.audit.sides import Side
from retrieval.audit.vector_leaks import image_leaks, report_vector_leak
from retrieval.evaluation.near_duplicates import near_duplicate_clusters


def find_leaks(
    sides: Sequence[Side],
    *,
    left_out: int = 0,
    limits: LeakLimits = DEFAULT_LIMITS,
    seed: int = 0,
    listener: Listener = silent,
) -> LeakAudit:
    """Every kind of leak between two sides or more.

    Args:
        sides: of a split.
        left_out: series that are on none of them, for the record.
        limits: what counts as near.
        seed: of the series that are drawn to say how near is usual.
        listener: is told how far the comparisons are.
    """
    comparable = compare_pseudonyms(sides)
    leaks = (
        _pseudonyms(LeakKind.PATIENT, sides, [side.series.patients for side in sides], limits, comparable.patients),
        _pseudonyms(LeakKind.STUDY, sides, [side.series.studies for side in sides], limits, comparable.studies),
        _same(LeakKind.FILES, sides, [side.series.contents for side in sides], limits),
        *image_leaks(sides, limits, seed, listener),
        _same(LeakKind.REPORT, sides, [side.reports.contents for side in sides], limits),
        _near_reports(sides, limits, listener),
        report_vector_leak(sides, limits, listener),
    )
    sizes = tuple(
        SideSize(side.name, len(side.series), len(side.reports), len(np.unique(side.series.patients))) for side in sides
    )
    return LeakAudit(sizes, left_out, leaks, comparable.notes)


def _pseudonyms(
    kind: LeakKind,
    sides: Sequence[Side],
    keys: Sequence[NDArray[np.str_]],
    limits: LeakLimits,
    comparable: tuple[int, ...],
) -> Leak:
    """A leak by equal pseudonyms; `comparable` says for how many series of each side they could be equal."""
    leak = _same(kind, sides, keys, limits)
    if leak.status is LeakStatus.NONE and not any(comparable):
        return Leak(kind, LeakStatus.UNCHECKED, notes=("No pseudonym of one side could equal one of another.",))
    if leak.status is LeakStatus.NONE and comparable != leak.compared:
        seen = ", ".join(f"{side.name} {count}" for side, count in zip(sides, comparable, strict=True))
        return replace(
            leak,
            status=LeakStatus.PARTLY,
            notes=(f"True of those that could be recognised on another side ({seen} series).",),
        )
    return leak


def _same(kind: LeakKind, sides: Sequence[Side], keys: Sequence[NDArray[np.str_]], limits: LeakLimits) -> Leak:
    """A leak by equal keys of series, or of reports for kinds of reports."""
    ids = [side.reports.ids if kind in REPORT_KINDS else side.series.ids for side in sides]
    compared = tuple(int((side != "").sum()) for side in keys)
    if sum(count > 0 for count in compared) < 2:
        return Leak(kind, LeakStatus.ABSENT, notes=("Fewer than two sides have any.",))
    shared = shared_keys([side.name for side in sides], keys, ids, limits.examples)
    status = LeakStatus.FOUND if shared.keys else LeakStatus.NONE
    return Leak(kind, status, shared.keys, shared.affected, compared, examples=shared.examples)


def _near_reports(sides: Sequence[Side], limits: LeakLimits, listener: Listener) -> Leak:
    """Clusters of reports by their words that have reports of several sides; texts without words are in none."""
    texts = [text for side in sides for text in side.reports.texts]
    listener("near-duplicate reports", 0, len(texts))
    clusters = near_duplicate_clusters(texts, limits.report)
    listener("near-duplicate reports", len(texts), len(texts))
    names = np.array([str(one) if text.split() else "" for one, text in zip(clusters, texts, strict=True)], np.str_)
    ends = np.cumsum([0, *(len(side.reports) for side in sides)])
    leak = _same(LeakKind.NEAR_REPORT, sides, [names[start:stop] for start, stop in pairwise(ends)], limits)
    note = "Clusters of reports by their words; two of one cluster may be alike through others only."
    return replace(leak, threshold=limits.report, notes=leak.notes or (note,))
