"""Which volume stands for its series: a table of rules, each narrowing the candidates that the ones before it left.

The question behind every rule: which volume would a reader recognise the series by?

    image-before-overlay   a drawn region is no image
    magnitude-first        magnitude, then real, field map, phase, imaginary
    first-echo             the least signal decay, and the one that single-echo series are like
    b-value-to-1500        the mean of the highest diffusion shell up to 1500 s/mm2: b-0 looks like any T2 image, and
                           above it noise outweighs signal; only shells above: the lowest of them
    frame-of-series        functional and perfusion: the mean; diffusion without b-values: the last frame; others: the
                           first frame, which is sharp where the heart or contrast agent moves
    most-slices            localizers: the plane with the most slices
    axial-first            then axial, coronal, sagittal
    first-stored           then the order in which they are stored
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from volumes.stored import FrameAxis, Part, StackLabel

ONLY_VOLUME = "only-volume"
_PARTS = tuple(Part)
_PLANES = ("axial", "coronal", "sagittal")
_HIGHEST_CLEAR_B = 1500.0
_WEIGHTED_FROM_B = 40.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules look at."""

    label: StackLabel
    plane: str
    slices: int
    order: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Keeps the candidates with the lowest key."""

    name: str
    key: Callable[[Candidate], float]


def _b_value_key(candidate: Candidate) -> float:
    b = candidate.label.b_value
    if b is None or b < _WEIGHTED_FROM_B:
        return 0.0
    # Any weighted shell comes before any unweighted one: shift both branches below zero.
    return -1e6 - b if b <= _HIGHEST_CLEAR_B else -1e6 + b


def _frame_key(candidate: Candidate) -> float:
    label = candidate.label
    match label.axis:
        case FrameAxis.FUNCTIONAL | FrameAxis.PERFUSION:
            return 0.0 if label.mean else 1.0
        case FrameAxis.DIFFUSION:
            return -float(label.frame or 0)
        case FrameAxis.UNKNOWN | FrameAxis.ECHO | FrameAxis.NONE:
            return float("inf") if label.mean else float(label.frame or 0)


RULES: tuple[Rule, ...] = (
    Rule("image-before-overlay", lambda c: float(c.label.part is Part.OVERLAY)),
    Rule("magnitude-first", lambda c: _PARTS.index(c.label.part)),
    Rule("first-echo", lambda c: c.label.echo or 0),
    Rule("b-value-to-1500", _b_value_key),
    Rule("frame-of-series", _frame_key),
    Rule("most-slices", lambda c: -c.slices),
    Rule("axial-first", lambda c: _PLANES.index(c.plane)),
    Rule("first-stored", lambda c: c.order),
)


def choose(candidates: Sequence[Candidate]) -> tuple[int, str]:
    """The index of the volume that stands for the series, and the rules that narrowed the choice, joined by "+"."""
    if len(candidates) == 1:
        return 0, ONLY_VOLUME
    left, decided = list(candidates), []
    for rule in RULES:
        best = min(rule.key(candidate) for candidate in left)
        kept = [candidate for candidate in left if rule.key(candidate) == best]
        if len(kept) < len(left):
            decided.append(rule.name)
        left = kept
    return list(candidates).index(left[0]), "+".join(decided)
