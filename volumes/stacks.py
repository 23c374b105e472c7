"""Names for the volumes of a series: each says what sets it apart from the others, and no more.

A name is made of these parts, where they differ between the volumes, joined by "_": "echo-2", "phase" (or "magnitude",
"real", "imaginary", "fieldmap", "overlay"), "axial" (or "coronal", "sagittal"), "b-1000", "mean" or "frame-7". An only
volume has the name "".
Volumes that are still alike are numbered: "axial", "axial-2".
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from volumes.geometry import slice_plane
from volumes.stored import Part, StackLabel


def stack_names(labels: Sequence[StackLabel], affines: Sequence[NDArray[np.float64]]) -> tuple[str, ...]:
    """A distinct name for every volume of a series.

    Args:
        labels: what each volume is.
        affines: float64 (4, 4) of each *in stored axes*, whose third axis is the slice axis.
    """
    if len(labels) == 1:
        return ("",)
    planes = [slice_plane(affine[:3, 2]) for affine in affines]
    echoes_differ = len({label.echo for label in labels}) > 1
    planes_differ = len(set(planes)) > 1
    names = [
        "_".join(_parts(label, plane if planes_differ else "", echo=echoes_differ))
        for label, plane in zip(labels, planes, strict=True)
    ]
    return _distinct([name or Part.MAGNITUDE.value for name in names])


def _parts(label: StackLabel, plane: str, *, echo: bool) -> list[str]:
    parts = [
        f"echo-{label.echo or 1}" if echo else "",
        label.part.value if label.part is not Part.MAGNITUDE else "",
        label.variant,
        plane,
        f"b-{label.b_value:g}" if label.b_value is not None else "",
        "mean" if label.mean else "",
        f"frame-{label.frame}" if label.frame is not None else "",
    ]
    return [part for part in parts if part]


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, with "-2", "-3" after the second and third of a kind."""
    seen: Counter[str] = Counter()
    taken = set(names)
    result = []
    for name in names:
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name}-{seen[name]}"
        while seen[name] > 1 and unique in taken:
            seen[name] += 1
            unique = f"{name}-{seen[name]}"
        taken.add(unique)
        result.append(unique)
    return tuple(result)
