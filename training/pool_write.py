"""Writing a pool: one shard after the other, each whole or absent, none twice."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from common.atomic import atomic_path, storage_errors, write_json
from common.errors import UsageError
from common.threads import use_one_thread
from encoders.framing import SCALE_FEATURES, Framing, preparer_of
from training.plane_truth import PlaneTruth
from training.pool_format import FORMAT, POOL_FILE, VERSION, PoolInfo, SampleLabels, SampleRow, ShardFiles, shard_files
from training.texts import TEXT_RECIPE, SeriesTexts
from volumes.volume import Volume


@dataclass(frozen=True, slots=True, eq=False)
class PoolItem:
    """One series on its way into a pool.

    Attributes:
        seen: the volume, or what its framing makes of it: float32 (9 + X Y Z,).
        truth: what a simulator knows of its planes; either all items of a source have it or none.
    """

    seen: Volume | NDArray[np.float32]
    row: SampleRow
    truth: PlaneTruth | None = None


class PoolSource(Protocol):
    """Where the series of a pool come from. Picklable; a shard depends on its number alone."""

    @property
    def shards(self) -> int:
        """How many shards there will be."""
        ...

    @property
    def recipe(self) -> dict[str, Any]:
        """All that decides the content, in JSON's types."""
        ...

    def read(self, shard: int) -> Iterator[PoolItem]:
        """The series of a shard, in a fixed order."""
        ...


def write_pool(
    folder: Path,
    source: PoolSource,
    framing: Framing,
    *,
    processes: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Writes what is missing of a pool into `folder`, and gives the number of shards that it wrote.

    Args:
        folder: made where it is not there; one that was begun with the same source and framing is gone on with.
        source: of the series.
        framing: how they are laid onto a grid.
        processes: how many share the work; the bytes do not depend on it.
        progress: called with the number of shards there and their total.

    Raises:
        UsageError: the folder holds another pool, or something else.
        StorageError: the disk is full or read-only.
    """
    info = PoolInfo(
        framing.shape, framing.spacing_mm, framing.recipe, TEXT_RECIPE, source.recipe, source.shards, framing.kind
    )
    _begin(folder, info)
    missing = [number for number in range(source.shards) if not shard_files(folder, number).rows.exists()]
    done = source.shards - len(missing)
    progress(done, source.shards)
    for _ in _written(folder, source, framing, missing, processes):
        done += 1
        progress(done, source.shards)
    return len(missing)


def write_shard(folder: Path, source: PoolSource, framing: Framing, number: int) -> None:
    """Prepares and writes one shard; its table comes last."""
    prepare, size = preparer_of(framing), int(np.prod(framing.shape))
    grids: list[np.ndarray[Any, np.dtype[np.uint8]]] = []
    scales, rows = [], []
    truths: list[PlaneTruth] = []
    for item in source.read(number):
        prepared = prepare(item.seen) if isinstance(item.seen, Volume) else item.seen
        scales.append(prepared[:SCALE_FEATURES])
        grids.append(np.rint(prepared[SCALE_FEATURES:] * 255).astype(np.uint8))
        rows.append(item.row)
        if item.truth is not None:
            truths.append(item.truth)
    files = shard_files(folder, number)
    _save(files.grids, np.concatenate([np.empty(0, np.uint8), *grids]).reshape(len(rows), size), framing.shape)
    _save(files.scales, np.concatenate([np.empty(0, np.float32), *scales]), (SCALE_FEATURES,))
    if truths:
        _save(files.tissues, np.stack([truth.tissues for truth in truths]), truths[0].tissues.shape)
        _save(files.signal, np.stack([truth.signal for truth in truths]), truths[0].signal.shape)
    _write_rows(files, rows)


def _begin(folder: Path, info: PoolInfo) -> None:
    """Makes the folder, or checks that it holds the beginning of this very pool."""
    described = {"format": FORMAT, "version": VERSION, **asdict(info)}
    described = json.loads(json.dumps(described))  # tuples become lists, as they come back
    path = folder / POOL_FILE
    if path.exists():
        if json.loads(path.read_text()) != described:
            raise UsageError(
                f"{folder} holds a pool that was made from something else.",
                remedy="Name a new folder, or ask for the same as before to go on with this one.",
            )
        return
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty, and no pool.", remedy="Name a new folder.")
    write_json(path, described)


def _written(
    folder: Path, source: PoolSource, framing: Framing, missing: Sequence[int], processes: int
) -> Iterator[int]:
    """Writes shards, in this process or in several, and gives their numbers as they are done."""
    if min(processes, len(missing)) <= 1:
        for number in missing:
            write_shard(folder, source, framing, number)
            yield number
        return
    # Spawned, not forked: torch's threads do not survive a fork.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=use_one_thread) as pool:
        running = {pool.submit(write_shard, folder, source, framing, number): number for number in missing}
        for future in as_completed(running):
            future.result()
            yield running[future]


def _save(path: Path, values: np.ndarray[Any, Any], item: tuple[int, ...]) -> None:
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, values.reshape(-1, *item))


def _write_rows(files: ShardFiles, rows: Sequence[SampleRow]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = pa.list_(pa.string())
    kinds = {"captions": texts, "sections": texts, "sentences": texts, "contrast": pa.bool_()}
    names = [one.name for kind in (SampleLabels, SeriesTexts) for one in fields(kind)]
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    plain = [asdict(row.labels) | asdict(row.texts) for row in rows]
    with atomic_path(files.rows) as temporary:
        pq.write_table(pa.Table.from_pylist(plain, schema=schema), temporary, compression="zstd")
