"""A prepared pool on disk: volumes laid onto one grid, ready to train on, with what is said about them.

    pool.json                  format, version, shape, spacing, framing recipe, source with its seed, number of shards
    shard-00000.grids.npy      uint8 (n, X, Y, Z): the grid of `encoders/framing.py` from 0 to 255
    shard-00000.scales.npy     float32 (n, 9): its scale features
    shard-00000.tissues.npy    of simulated planes only: uint8 (n, 7, 12, 12), see `plane_truth.py`
    shard-00000.signal.npy     of simulated planes only: float32 (n, 10), see `plane_truth.py`
    shard-00000.parquet        one row a series: who it is, what it is, what is said about it
    anatomy/                   finished label maps, where it was made of them: may be removed when the pool is complete
    text-vectors/              what a frozen text tower makes of the texts, added by training (`frozen_text.py`)

A shard is complete when its Parquet table is there: that one is written last. A pool is made shard by shard, each from
its number alone, so that a run that was stopped goes on with the missing ones and several processes share them out.
A pool of a hospital's series holds report text: it is as sensitive as the archive.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from encoders.framing import Framing, FramingKind
from training.texts import SeriesTexts

POOL_FILE = "pool.json"
ANATOMY_FOLDER = "anatomy"
FORMAT, VERSION = "mrseek-training-pool", 1


@dataclass(frozen=True, slots=True)
class PoolInfo:
    """What pool.json says.

    Attributes:
        shape: voxels of every grid along X, Y, Z.
        spacing_mm: of the grid; None where each volume's field of view is made to fit.
        framing: name of its recipe (`encoders/framing.py`); pools of different recipes are not mixed.
        texts: name of the recipe of `texts.py`.
        source: what it was made from: kind, seed and whatever else decides its content.
        shards: how many there are when it is complete.
        kind: of the framing: a grid or planes.
    """

    shape: tuple[int, int, int]
    spacing_mm: float | None
    framing: str
    texts: str
    source: dict[str, Any]
    shards: int
    kind: FramingKind = FramingKind.GRID

    @property
    def laid_out(self) -> Framing:
        """How volumes were laid onto the grids."""
        return Framing(self.shape, self.spacing_mm, self.kind)


@dataclass(frozen=True, slots=True)
class SampleLabels:
    """What one row says beside texts; "" for what is not known.

    Attributes:
        sample: unique in the pool.
        patient, study: whose; patients of different pools never share a name by accident.
        region, sequence, plane: as `indexer.header` names them.
        contrast: whether an agent was given.
    """

    sample: str
    patient: str
    study: str
    region: str
    sequence: str
    plane: str
    contrast: bool


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row of a shard's table."""

    labels: SampleLabels
    texts: SeriesTexts


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """Where the parts of a shard lie."""

    grids: Path
    scales: Path
    tissues: Path
    signal: Path
    rows: Path


def shard_files(folder: Path, number: int) -> ShardFiles:
    """The files of a shard.

    >>> shard_files(Path("pool"), 3).rows.as_posix()
    'pool/shard-00003.parquet'
    """
    stem = f"shard-{number:05d}"
    grids, scales, tissues, signal = (
        folder / f"{stem}.{name}.npy" for name in ("grids", "scales", "tissues", "signal")
    )
    return ShardFiles(grids, scales, tissues, signal, folder / f"{stem}.parquet")
