"""Validation of stage 1a: are the nearest neighbours of a series, among other patients, of the same kind?"""

from collections.abc import Sequence

import numpy as np

from training.curves import CHANCE
from training.held_out import Vectors, VectorsOf, chosen_rows, vectors_in_batches
from training.pool import Pool


class Neighbours:
    """Scores one model after the other on the same series."""

    def __init__(self, held_out: Pool, series: int) -> None:
        """Takes at most `series` of the held-out series, whole patients."""
        self._pool = held_out.only(chosen_rows([label.patient for label in held_out.labels], series))

    def __call__(self, vectors_of: VectorsOf) -> dict[str, float]:
        """Measures by name; empty where fewer than two patients are held out."""
        labels = self._pool.labels
        patients = [label.patient for label in labels]
        if len(set(patients)) < 2:
            return {}
        vectors = vectors_in_batches(self._pool, vectors_of)
        return {
            **neighbour_match("region", vectors, [label.region for label in labels], patients),
            **neighbour_match("sequence", vectors, [label.sequence for label in labels], patients),
        }


def neighbour_match(what: str, vectors: Vectors, labels: Sequence[str], patients: Sequence[str]) -> dict[str, float]:
    """How often the nearest series of another patient has the same label, and how often a random one has.

    Args:
        what: is compared.
        vectors: unit rows (n, d).
        labels: of each; "" is like nothing.
        patients: whose each is.

    >>> v = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8], [0, 1]], np.float32)
    >>> found = neighbour_match("region", v, ["a", "b", "a", "b"], ["p", "p", "q", "q"])
    >>> found["region_neighbour"], found["region_neighbour_chance"]
    (0.5, 0.5)
    """
    names, owners = np.array(labels), np.array(patients)
    other = owners[:, None] != owners[None]
    same = (names[:, None] == names[None]) & (names != "")[:, None]
    asking = other.any(axis=1) & (names != "")
    if not asking.any():
        return {}
    closeness = np.where(other, vectors.astype(np.float64) @ vectors.astype(np.float64).T, -np.inf)
    found = same[np.arange(len(names)), closeness.argmax(axis=1)]
    chance = (same & other).sum(axis=1) / np.maximum(other.sum(axis=1), 1)
    return {
        f"{what}_neighbour": float(found[asking].mean()),
        f"{what}_neighbour{CHANCE}": float(chance[asking].mean()),
    }
