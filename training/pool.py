"""Reading prepared pools: grids stay on the disk and are mapped, labels are in memory, texts are read row by row."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.errors import IntegrityError, NotFoundError, UsageError
from encoders.framing import FramingKind
from training.draws import unit_interval
from training.plane_truth import nothing_known
from training.pool_format import FORMAT, POOL_FILE, VERSION, PoolInfo, SampleLabels, shard_files
from training.texts import SeriesTexts

_TEXT_COLUMNS = tuple(one.name for one in fields(SeriesTexts))


@dataclass(frozen=True, slots=True, eq=False)
class _Shard:
    """One shard, open."""

    pool: int  # number of the pool that it belongs to
    grids: NDArray[np.uint8]
    scales: NDArray[np.float32]
    tissues: NDArray[np.uint8] | None
    signal: NDArray[np.float32] | None
    texts: Any  # an Arrow table


class Pool:
    """One or several pools of the same framing, as one list of samples.

    Attributes:
        info: of the first pool.
        labels: of every sample.
        rows: int64 (samples,): which of the pools' rows are seen; a part of a pool shows some only.
        pools: int64 (samples,): which of the pools, by number, each comes from.
    """

    def __init__(
        self, info: PoolInfo, shards: Sequence[_Shard], labels: Sequence[SampleLabels], rows: NDArray[np.int64]
    ) -> None:
        """Use `open_pools`, which checks what it reads."""
        self.info = info
        self.rows = rows
        self.labels = [labels[row] for row in rows]
        self._shards = shards
        self._all_labels = labels
        self._starts = np.cumsum([0, *(len(shard.grids) for shard in shards)])
        of_shards = np.array([shard.pool for shard in shards], np.int64)
        self.pools = of_shards[np.searchsorted(self._starts, rows, "right") - 1]

    def __len__(self) -> int:
        return len(self.rows)

    def grids(self, samples: Sequence[int]) -> NDArray[np.uint8]:
        """The grids of some samples: uint8 (n, X, Y, Z)."""
        found = np.empty((len(samples), *self.info.shape), np.uint8)
        for place, sample in enumerate(samples):
            shard, row = self._place(sample)
            found[place] = shard.grids[row]
        return found

    def scales(self, samples: Sequence[int]) -> NDArray[np.float32]:
        """The scale features of some samples: float32 (n, 9)."""
        places = [self._place(sample) for sample in samples]
        return np.stack([shard.scales[row] for shard, row in places]) if places else np.empty((0, 9), np.float32)

    def truths(self, samples: Sequence[int]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """What simulators know of some samples: tissues, uint8 (n, 7, 12, 12), and signal, float32 (n, 10).

        Where nobody knows: `NOT_KNOWN` and NaN.
        """
        unknown = nothing_known()
        tissues = np.repeat(unknown.tissues[None], len(samples), axis=0)
        signal = np.repeat(unknown.signal[None], len(samples), axis=0)
        for place, sample in enumerate(samples):
            shard, row = self._place(sample)
            if shard.tissues is not None and shard.signal is not None:
                tissues[place], signal[place] = shard.tissues[row], shard.signal[row]
        return tissues, signal

    def texts(self, sample: int) -> SeriesTexts:
        """What is said about a sample."""
        shard, row = self._place(sample)
        values: dict[str, Any] = {}
        for name in _TEXT_COLUMNS:
            value = shard.texts.column(name)[row].as_py()
            values[name] = tuple(value) if isinstance(value, list) else value
        return SeriesTexts(**values)

    def only(self, samples: Sequence[int] | NDArray[np.int64]) -> "Pool":
        """Some of the samples, as a pool of their own."""
        return Pool(self.info, self._shards, self._all_labels, self.rows[np.asarray(samples, np.int64)])

    def _place(self, sample: int) -> tuple[_Shard, int]:
        row = int(self.rows[sample])
        number = int(np.searchsorted(self._starts, row, "right")) - 1
        return self._shards[number], row - int(self._starts[number])


def open_pools(folders: Sequence[Path]) -> Pool:
    """The samples of some pools, in order.

    Raises:
        NotFoundError: a folder is no pool.
        UsageError: none was named, one is not complete, or their framings differ.
        IntegrityError: a file is damaged.
    """
    if not folders:
        raise UsageError("No pool was named; expected at least one.", remedy="Make one with `mrseek train prepare`.")
    infos = [read_info(folder) for folder in folders]
    framings = {(info.shape, info.spacing_mm, info.framing) for info in infos}
    if len(framings) > 1:
        raise UsageError(f"Pools of different framings came: {sorted(map(str, framings))}; expected one framing.")
    opened = [
        _open_shard(folder, number, place)
        for place, (folder, info) in enumerate(zip(folders, infos, strict=True))
        for number in range(info.shards)
    ]
    labels = [label for _, rows in opened for label in rows]
    return Pool(infos[0], [shard for shard, _ in opened], labels, np.arange(len(labels)))


def read_info(folder: Path) -> PoolInfo:
    """What pool.json says.

    Raises:
        NotFoundError: there is none.
        IntegrityError: it cannot be read, or is of another version.
    """
    path = folder / POOL_FILE
    if not path.exists():
        raise NotFoundError(
            f"There is no pool in {folder}.", remedy=f"Make one: mrseek train prepare {folder} --patients 24"
        )
    try:
        raw = json.loads(path.read_text())
        if (raw.pop("format"), raw.pop("version")) != (FORMAT, VERSION):
            raise ValueError
        return PoolInfo(**{**raw, "shape": tuple(raw["shape"]), "kind": FramingKind(raw["kind"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IntegrityError(
            f"{path} cannot be read as a pool of version {VERSION}.", remedy="Make it again."
        ) from error


def split_by_patient(pool: Pool, share: float) -> tuple[Pool, Pool]:
    """A pool in two, no patient in both: the rest, and about `share` of the patients, by a hash of their names."""
    held = np.array([unit_interval("held-out", label.patient) < share for label in pool.labels], bool)
    return pool.only(np.flatnonzero(~held)), pool.only(np.flatnonzero(held))


def check_no_patient_in_both(train: Pool, held_out: Pool) -> None:
    """Refuses a validation on patients that are trained on.

    Raises:
        UsageError: a patient is in both.
    """
    both = {label.patient for label in train.labels} & {label.patient for label in held_out.labels}
    if both:
        raise UsageError(
            f"{len(both)} patients are in the training pools and in the validation pools.",
            remedy="Make the validation pool with another --seed, or name none and set held_out.",
        )


def _open_shard(folder: Path, number: int, pool: int) -> tuple[_Shard, list[SampleLabels]]:
    import pyarrow.parquet as pq

    files = shard_files(folder, number)
    if not files.rows.exists():
        raise UsageError(f"The pool {folder} is not complete.", remedy="Run `mrseek train prepare` on it again.")
    try:
        table = pq.read_table(files.rows)
        grids, scales = np.load(files.grids, mmap_mode="r"), np.load(files.scales)
        tissues, signal = (np.load(path) if path.exists() else None for path in (files.tissues, files.signal))
    except (OSError, ValueError) as error:
        raise IntegrityError(
            f"Shard {number} of {folder} cannot be read.", remedy="Remove it, and prepare again."
        ) from error
    if not len(grids) == len(scales) == table.num_rows:
        raise IntegrityError(f"The parts of shard {number} of {folder} differ in length.", remedy="Prepare it again.")
    names = [one.name for one in fields(SampleLabels)]
    labels = [SampleLabels(**row) for row in table.select(names).to_pylist()]
    return _Shard(pool, grids, scales, tissues, signal, table.select(list(_TEXT_COLUMNS)).combine_chunks()), labels
