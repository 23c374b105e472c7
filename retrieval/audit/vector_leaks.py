"""Leaks that vectors tell: equal pixels, and scans and reports on two sides that are nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from retrieval.audit.leak_limits import LeakLimits
from retrieval.audit.leak_results import Leak, LeakKind, LeakStatus
from retrieval.audit.near_pairs import NearPairs, equal_rows, near_pairs
from retrieval.audit.neighbours import nearest_rows, sample_rows
from retrieval.audit.progress import Listener
from retrieval.audit.shared_keys import Example, Member, shared_keys
from retrieval.audit.sides import Side, SideVectors

_USUAL_SAMPLE = 1000
# Judgement: where one in a hundred unrelated series is as near, nearness is no sign of a copy. At 0.995 it was none of
# 110 real series under `tiny`, of 56 under `default` and of 1,057 phantoms under `baseline`, but 33 % of these phantoms
# under `default` (2026-11).
_TELLING = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """The vectors of a side, with the pseudonym that each stands for."""

    side: str
    ids: NDArray[np.str_]
    vectors: NDArray[np.float32]


def image_leaks(sides: Sequence[Side], limits: LeakLimits, seed: int, listener: Listener) -> tuple[Leak, Leak]:
    """Equal image vectors, and near ones."""
    present = [side.images for side in sides if side.images is not None and len(side.images.items)]
    refused = _refused(LeakKind.PIXELS, sides, present)
    if refused is not None:
        return refused, replace(refused, kind=LeakKind.NEAR_IMAGE)
    named = [
        _Named(side.name, side.series.ids[one.items], one.vectors) for side, one in zip(sides, present, strict=True)
    ]
    near = _near(LeakKind.NEAR_IMAGE, named, limits.image, limits.examples, listener)
    near = _judged(replace(near, usual=_usual(sides, present, limits.image, seed)))
    return _equal_pixels(named, limits.examples), near


def report_vector_leak(sides: Sequence[Side], limits: LeakLimits, listener: Listener) -> Leak:
    """Reports whose mean vectors are near."""
    present = [
        side.report_vectors for side in sides if side.report_vectors is not None and len(side.report_vectors.items)
    ]
    refused = _refused(LeakKind.REPORT_VECTOR, sides, present)
    if refused is not None:
        return refused
    named = [
        _Named(side.name, side.reports.ids[one.items], one.vectors) for side, one in zip(sides, present, strict=True)
    ]
    return _near(LeakKind.REPORT_VECTOR, named, limits.report_vector, limits.examples, listener)


def _refused(kind: LeakKind, sides: Sequence[Side], present: Sequence[SideVectors]) -> Leak | None:
    """The leak that says why vectors cannot be compared; None where they can."""
    if len(present) < len(sides):
        return Leak(kind, LeakStatus.ABSENT, notes=("A side has no vectors of this kind.",))
    towers = sorted({one.fingerprint[:16] for one in present})
    if len(towers) > 1:
        note = f"The sides' vectors are of different towers ({', '.join(towers)}): index both with one encoder."
        return Leak(kind, LeakStatus.UNCHECKED, notes=(note,))
    return None


def _equal_pixels(named: Sequence[_Named], examples: int) -> Leak:
    keys = equal_rows([one.vectors for one in named])
    shared = shared_keys([one.side for one in named], keys, [one.ids for one in named], examples)
    return Leak(
        LeakKind.PIXELS,
        LeakStatus.FOUND if shared.keys else LeakStatus.NONE,
        shared.keys,
        shared.affected,
        tuple(len(one.ids) for one in named),
        examples=shared.examples,
        notes=("Equal image vectors, so equal pixels after preparation.",),
    )


def _near(kind: LeakKind, named: Sequence[_Named], threshold: float, examples: int, listener: Listener) -> Leak:
    best = [np.full(len(one.ids), -1, np.float32) for one in named]
    pairs, shown = 0, list[Example]()
    for first, second in combinations(range(len(named)), 2):
        one, other = named[first], named[second]
        step = f"{kind.value}, {one.side} and {other.side}"
        found = near_pairs(one.vectors, other.vectors, threshold, step=step, listener=listener)
        np.maximum(best[first], found.best[0], out=best[first])
        np.maximum(best[second], found.best[1], out=best[second])
        pairs += found.pairs
        shown += _nearest(found, one, other, threshold, examples)
    shown.sort(key=lambda example: (-(example.score or 0), example.one.item))
    return Leak(
        kind,
        LeakStatus.FOUND if pairs else LeakStatus.NONE,
        pairs,
        tuple(int((side >= threshold).sum()) for side in best),
        tuple(len(one.ids) for one in named),
        threshold,
        examples=tuple(shown[:examples]),
    )


def _nearest(found: NearPairs, one: _Named, other: _Named, threshold: float, examples: int) -> list[Example]:
    """The most alike pairs, best first."""
    scores = found.best[0]
    return [
        Example(
            Member(one.side, str(one.ids[row])),
            Member(other.side, str(other.ids[found.partner[row]])),
            min(1.0, float(scores[row])),  # a float32 product of equal unit vectors may be 1.0000001
        )
        for row in np.argsort(-scores, kind="stable")[:examples]
        if scores[row] >= threshold
    ]


def _judged(leak: Leak) -> Leak:
    """The leak, no longer called found where unrelated series are as near."""
    if leak.status is not LeakStatus.FOUND or leak.usual is None or leak.usual < _TELLING:
        return leak
    note = (
        f"{leak.usual:.1%} of the series are as near to another patient of their own side: at this threshold the "
        "encoder cannot tell a copy from a look-alike. Raise it (--near-image)."
    )
    return replace(leak, status=LeakStatus.USUAL, notes=(note,))


def _usual(sides: Sequence[Side], vectors: Sequence[SideVectors], threshold: float, seed: int) -> float | None:
    """The share of series that are as near to a series of another patient on their own side."""
    generator, hits, asked = np.random.default_rng(seed), 0, 0
    for side, one in zip(sides, vectors, strict=True):
        patients = np.unique(side.series.patients[one.items], return_inverse=True)[1]
        queries = sample_rows(len(one.items), _USUAL_SAMPLE, generator)
        hits += int((nearest_rows(one.vectors, queries, 1, patients).scores[:, 0] >= threshold).sum())
        asked += len(queries)
    return hits / asked if asked else None
