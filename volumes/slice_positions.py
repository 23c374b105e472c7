"""Where the slices of a stack lie: even, with gaps, twice at one place; decided from headers alone."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from volumes.dicom_scan import Instance
from volumes.volume import Defect, Severity

_SAME_PLACE_MM = 0.01
_UNEVEN = 0.05  # of the pitch; rounding in headers stays below 1 %


@dataclass(frozen=True, slots=True)
class Repeats:
    """The slices to read, and what was left out."""

    kept: tuple[Instance, ...]
    defects: tuple[Defect, ...]


def slice_offset_mm(position: Sequence[float], orientation: Sequence[float]) -> float:
    """Distance of a slice from the origin along the normal of its plane.

    >>> slice_offset_mm([10.0, 20.0, 35.0], [1, 0, 0, 0, 1, 0])
    35.0
    """
    row, column = np.asarray(orientation[:3], dtype=np.float64), np.asarray(orientation[3:], dtype=np.float64)
    return float(np.cross(row, column) @ np.asarray(position, dtype=np.float64))


def even_repeats(instances: Sequence[Instance]) -> Repeats:
    """The largest part of the slices in which every place of a stack has equally many slices.

    A stack in which some places have more slices than others makes converters stretch it over wrong distances. Where a
    trigger time, temporal position or acquisition number tells repetitions apart, the fullest one is kept; otherwise as
    many slices at each place as the poorest place has.
    """
    stacks: defaultdict[Hashable, list[Instance]] = defaultdict(list)
    for instance in instances:
        stacks[_stack_key(instance)].append(instance)
    kept = {id(one) for stack in stacks.values() for one in _even_part(stack)}
    dropped = len(instances) - len(kept)
    if not dropped:
        return Repeats(tuple(instances), ())
    message = f"Slices were repeated unevenly: {dropped} of {len(instances)} were left out to make even stacks."
    defect = Defect("incomplete-repeats", Severity.WARNING, message)
    return Repeats(tuple(one for one in instances if id(one) in kept), (defect,))


def _stack_key(instance: Instance) -> Hashable:
    orientation = instance.orientation or ()
    return (instance.rows, instance.columns, tuple(round(x, 2) for x in orientation), instance.signature)


def _place(instance: Instance) -> int | None:
    if instance.position is None or instance.orientation is None:
        return None
    return round(slice_offset_mm(instance.position, instance.orientation) / _SAME_PLACE_MM)


def _even_part(stack: Sequence[Instance]) -> Sequence[Instance]:
    counts = Counter(_place(one) for one in stack)
    if None in counts or len(set(counts.values())) == 1:
        return stack
    for which in range(3):
        best = _fullest_pass(stack, which)
        if 2 * len(best) > len(counts):
            return best
    fewest = min(counts.values())
    taken: Counter[int | None] = Counter()
    kept = []
    for one in sorted(stack, key=lambda instance: instance.number):
        taken[_place(one)] += 1
        if taken[_place(one)] <= fewest:
            kept.append(one)
    return kept


def _fullest_pass(stack: Iterable[Instance], which: int) -> Sequence[Instance]:
    """The most slices of one timing value; empty where that value does not tell slices at one place apart."""
    passes: defaultdict[str, list[Instance]] = defaultdict(list)
    for one in stack:
        passes[one.timing[which]].append(one)
    if len(passes) < 2 or any(len({_place(one) for one in group}) < len(group) for group in passes.values()):
        return ()
    return max(passes.values(), key=len)  # of equal ones, the first stored


def position_defects(instances: Sequence[Instance]) -> tuple[Defect, ...]:
    """Gaps between slices, uneven spacing, and a pitch unlike the slice thickness, each stack for itself."""
    stacks: defaultdict[Hashable, list[Instance]] = defaultdict(list)
    for instance in instances:
        if _place(instance) is not None:
            stacks[_stack_key(instance)].append(instance)
    found: dict[Defect, None] = dict.fromkeys(_unplaced(instances))
    for stack in stacks.values():
        places = sorted({_place(one) or 0 for one in stack})
        thickness = max(one.thickness_mm for one in stack)
        found.update(dict.fromkeys(spacing_defects([place * _SAME_PLACE_MM for place in places], thickness)))
    return tuple(found)


def _unplaced(instances: Sequence[Instance]) -> Iterator[Defect]:
    """Single-slice files that do not say where they lie or how large pixels are; multi-frame ones say it elsewhere."""
    single = [one for one in instances if not one.is_enhanced]
    if any(_place(one) is None for one in single):
        yield Defect("no-orientation", Severity.WARNING, "Position or orientation is not stated; its place is a guess.")
    if any(one.spacing is None or min(one.spacing) <= 0 for one in single):
        yield Defect("no-spacing", Severity.WARNING, "Pixel spacing is not stated or zero; sizes are a guess.")


def spacing_defects(offsets_mm: Sequence[float], thickness_mm: float = 0.0) -> tuple[Defect, ...]:
    """What is wrong with slices at these distances along their normal.

    Args:
        offsets_mm: sorted and distinct.
        thickness_mm: slice thickness, 0 where unknown.
    """
    gaps = np.diff(np.asarray(offsets_mm, dtype=np.float64))
    if gaps.size == 0:
        return ()
    pitch = float(np.sort(gaps)[(gaps.size - 1) // 2])  # the lower median: of two gaps, the one without a hole
    steps = gaps / pitch
    missing = int((np.round(steps) - 1).clip(min=0).sum())
    found = []
    if missing:
        message = f"{missing} slices are missing between {gaps.size + 1} present ones (pitch {pitch:.2f} mm)."
        found.append(Defect("missing-slices", Severity.ERROR, message))
    if float(np.abs(steps - np.round(steps)).max()) > _UNEVEN or float(steps.min()) < 1 - _UNEVEN:
        message = f"Slice distances vary from {gaps.min():.2f} to {gaps.max():.2f} mm."
        found.append(Defect("uneven-spacing", Severity.WARNING, message))
    if thickness_mm > 0 and pitch > 2 * thickness_mm:
        message = f"Slices of {thickness_mm:.2f} mm lie {pitch:.2f} mm apart: more gap than tissue."
        found.append(Defect("slice-gap", Severity.INFO, message))
    return tuple(found)
