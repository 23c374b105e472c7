"""CT-CLIP's two retrieval scripts, written anew as they count, mistakes included; independent of `naive_protocol.py`.

`scripts/volume_to_volume.py`: volumes without any label leave the gallery but still ask; the query and its own patient
stay; a hit is worth |both| / |either| of the labels; the list of the queries' values is not emptied between one k and
the next. `scripts/report_to_volume.py`: the i-th report counts as found where the i-th volume is among the first k.

Source: https://github.com/ibrahimethemhamamci/CT-CLIP (read 2026-11); not a line is copied.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from benchmarks.ct_rate_labels import CtRate

K_LIST = (1, 5, 10, 50)


class LeftOut(StrEnum):
    """Whom the script would leave out of a query's gallery, if it left out anybody."""

    NOBODY = "nobody"
    QUERY = "the query"
    PATIENT = "the patient"


def volume_to_volume(
    vectors: NDArray[np.float32], volumes: CtRate, left_out: LeftOut = LeftOut.NOBODY
) -> list[list[float]]:
    """What each query is worth at each k of `K_LIST`, before any mean is taken.

    Args:
        vectors: shape (volumes, dimension).
        volumes: their labels and patients.
        left_out: nobody in the script; the query or its patient to see what that changes.
    """
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    values: list[list[float]] = [[] for _ in K_LIST]
    for query in range(len(volumes)):
        best = _best_first(unit, volumes, query, left_out)
        ratios = [label_ratio(volumes.labels[query], volumes.labels[one]) for one in best]
        for ratios_external, k in zip(values, K_LIST, strict=True):
            ratios_external.append(float(np.mean(ratios[:k])))
    return values


def as_printed(values: list[list[float]]) -> list[float]:
    """The means as the script takes them: its list still holds the values of every smaller k.

    >>> as_printed([[1.0, 1.0], [0.0, 0.0]])
    [1.0, 0.5]
    """
    ratios_external: list[float] = []
    printed = []
    for at_k in values:
        ratios_external += at_k
        printed.append(float(np.mean(ratios_external)))
    return printed


def emptied(values: list[list[float]]) -> list[float]:
    """The means as they should be taken, each k for itself.

    >>> emptied([[1.0, 1.0], [0.0, 0.0]])
    [1.0, 0.0]
    """
    return [float(np.mean(at_k)) for at_k in values]


def label_ratio(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """How many findings both have, of those that either has.

    >>> label_ratio(np.array([True, True, False]), np.array([True, False, True]))
    0.3333333333333333
    """
    return int(np.count_nonzero(first & second)) / int(np.count_nonzero(first | second))


def report_to_volume(texts: NDArray[np.float32], volumes: NDArray[np.float32], k: int) -> float:
    """The share of reports whose own row is among the first k; both of shape (volumes, dimension), row by row."""
    found = 0
    held = volumes.astype(np.float64)
    for row, text in enumerate(texts):
        crosses = (held @ text.astype(np.float64)).astype(np.float32)
        found += row in np.argsort(-crosses, kind="stable")[:k].tolist()
    return found / len(texts)


def _best_first(unit: NDArray[np.float64], volumes: CtRate, query: int, left_out: LeftOut) -> list[int]:
    """The first of the gallery, as many as the largest k; equal cosines by position, as `sorted` leaves them."""
    crosses = unit @ unit[query]
    stays = volumes.labels.any(axis=1)
    match left_out:
        case LeftOut.NOBODY:
            pass
        case LeftOut.QUERY:
            stays[query] = False
        case LeftOut.PATIENT:
            stays &= volumes.patients != volumes.patients[query]
    gallery = np.flatnonzero(stays)
    order = np.argsort(-crosses[gallery].astype(np.float32), kind="stable")
    best: list[int] = gallery[order[: max(K_LIST)]].tolist()
    return best
