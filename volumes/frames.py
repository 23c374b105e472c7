"""The 4D policy: which volumes are made from the frames of a 4D image.

    diffusion, b-values known     the mean of each shell: "b-0", "b-1000", ...
    diffusion, b-values unknown   "mean", "frame-1" (mostly without weighting) and the last frame (mostly weighted)
    echoes                        one volume an echo: "echo-1", "echo-2", ...
    phase, of any kind            "frame-1" only: a mean of wrapped phases shows nothing
    functional, perfusion         "mean" and "frame-1"
    unknown                       "mean" and "frame-1"

Which of them stands for the series is decided elsewhere, in `volumes/policy.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from volumes.stored import FrameAxis, Part, StackLabel, StoredImage

# b-values of one shell jitter by a few s/mm2 (995, 1000, 1005); the closest shells in clinical use are 0 and 50.
_SHELL_GAP = 25.0


@dataclass(frozen=True, slots=True)
class FrameGroup:
    """Frames (0-based) whose mean becomes one volume."""

    label: StackLabel
    members: tuple[int, ...]


def plan_frames(image: StoredImage) -> tuple[FrameGroup, ...]:
    """Which frames of `image` become which volumes; decides only, reads nothing."""
    label, count = image.label, image.frames
    if count == 1:
        return (FrameGroup(label, (0,)),)
    if len(image.b_values) == count and max(image.b_values) > 0:
        return _by_shell(replace(label, axis=FrameAxis.DIFFUSION), image.b_values)
    first = FrameGroup(replace(label, frame=1), (0,))
    if label.part in (Part.PHASE, Part.REAL, Part.IMAGINARY):
        return (first,)
    mean = FrameGroup(replace(label, mean=True), tuple(range(count)))
    match label.axis:
        case FrameAxis.ECHO:
            return tuple(FrameGroup(replace(label, echo=k + 1), (k,)) for k in range(count))
        case FrameAxis.DIFFUSION:
            return mean, first, FrameGroup(replace(label, frame=count), (count - 1,))
        case FrameAxis.FUNCTIONAL | FrameAxis.PERFUSION | FrameAxis.UNKNOWN | FrameAxis.NONE:
            return mean, first


def _by_shell(label: StackLabel, b_values: Sequence[float]) -> tuple[FrameGroup, ...]:
    return tuple(
        FrameGroup(replace(label, b_value=shell_value([b_values[k] for k in members])), members)
        for members in shells(b_values)
    )


def shells(b_values: Sequence[float]) -> tuple[tuple[int, ...], ...]:
    """Frames (0-based) of each diffusion shell, lowest b first: neighbours in b that lie less than 25 s/mm2 apart are
    one shell.

    >>> shells([0, 995, 5, 1000, 1005])
    ((0, 2), (1, 3, 4))
    """
    order = sorted(range(len(b_values)), key=lambda k: (b_values[k], k))
    groups: list[list[int]] = []
    for k in order:
        if groups and b_values[k] - b_values[groups[-1][-1]] < _SHELL_GAP:
            groups[-1].append(k)
        else:
            groups.append([k])
    return tuple(tuple(sorted(group)) for group in groups)


def shell_value(b_values: Sequence[float]) -> float:
    """The nominal b-value of a shell: its mean, to the nearest 10 s/mm2.

    >>> shell_value([995, 1000, 1006])
    1000.0
    """
    return float(round(float(np.mean(b_values)) / 10) * 10)


def reduce_frames(
    frames: Iterable[NDArray[np.float32]], groups: Sequence[FrameGroup]
) -> tuple[NDArray[np.float32], ...]:
    """The mean of each group's frames, float32 (I, J, K), in one pass over the frames.

    Sums are float64, since a thousand float32 frames lose digits otherwise; a group of one frame keeps its very voxels.
    """
    sums: list[NDArray[np.float32] | NDArray[np.float64] | None] = [None] * len(groups)
    wanted = {k for group in groups for k in group.members}
    for k, frame in enumerate(frames):
        if k not in wanted:
            continue
        for index, group in enumerate(groups):
            if k in group.members:
                sums[index] = _add(sums[index], frame, single=len(group.members) == 1)
    return tuple(
        np.asarray(total if len(group.members) == 1 else total / len(group.members), dtype=np.float32)
        for total, group in zip(sums, groups, strict=True)
        if total is not None
    )


def _add(
    total: NDArray[np.float32] | NDArray[np.float64] | None, frame: NDArray[np.float32], *, single: bool
) -> NDArray[np.float32] | NDArray[np.float64]:
    if single:
        return frame
    if total is None:
        return frame.astype(np.float64)
    total += frame
    return total
