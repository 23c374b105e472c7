"""What the image baseline learns from: statistics of simulated volumes, with their labels.

A prepared pool holds what a network sees, not volumes; so these are rendered, a few hundred of them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from encoders.contract import ImageTower, Vectors
from training.acquisitions import Acquisitions
from training.pool_format import SampleLabels
from training.pool_phantoms import PhantomSource
from volumes.volume import Volume

SEED = 990_125  # of no training pool


@dataclass(frozen=True, slots=True, eq=False)
class LabelledVectors:
    """Vectors, float32 (n, dimension), and what they are of."""

    vectors: Vectors
    labels: tuple[SampleLabels, ...]


def rendered_vectors(tower: ImageTower, patients: int, atlases: Path | None) -> LabelledVectors:
    """The vectors of all series of so many widely scanned patients."""
    source = PhantomSource(patients, SEED, atlases, acquisitions=Acquisitions.WIDE)
    prepared, labels = [], []
    for shard in range(source.shards):
        for item in source.read(shard):
            if isinstance(item.seen, Volume):
                prepared.append(tower.prepare(item.seen))
                labels.append(item.row.labels)
    return LabelledVectors(tower.encode(np.stack(prepared)), tuple(labels))
