"""Tables, runs and judgments as users write them, for the tests of what is brought."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


def clustered(
    items: int, *, groups: int = 5, dimension: int = 16, seed: int = 0
) -> tuple[NDArray[np.float32], list[str]]:
    """Unit vectors that lean towards the direction of their group, and the groups' names."""
    generator = np.random.default_rng(seed)
    group = generator.integers(0, groups, items)
    centres = np.random.default_rng(99).standard_normal((groups, dimension))
    vectors = 0.6 * centres[group] + generator.standard_normal((items, dimension))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float32), [f"region {one}" for one in group]


def write_parquet(
    file: Path,
    ids: Sequence[str],
    vectors: NDArray[Any] | None = None,
    columns: Mapping[str, Sequence[Any]] | None = None,
) -> Path:
    arrays: dict[str, Any] = {"id": list(ids), **{name: list(cells) for name, cells in (columns or {}).items()}}
    if vectors is not None:
        arrays["vector"] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    pq.write_table(pa.table(arrays), file)
    return file


def write_clustered(file: Path, items: int = 60, *, seed: int = 0, prefix: str = "s", per_patient: int = 2) -> Path:
    """Items of several patients, alike by region and sequence."""
    vectors, regions = clustered(items, seed=seed)
    columns = {
        "patient_id": [f"{prefix}p{place // per_patient}" for place in range(items)],
        "region": regions,
        "sequence": ["T1"] * items,
    }
    return write_parquet(file, [f"{prefix}{place}" for place in range(items)], vectors, columns)


def write_run(file: Path, found: Mapping[str, Mapping[str, float]]) -> Path:
    lines = [
        f"{query} Q0 {item} {rank} {score!r} test"
        for query, items in found.items()
        for rank, (item, score) in enumerate(sorted(items.items(), key=lambda one: -one[1]), 1)
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def write_qrels(file: Path, judged: Mapping[str, Mapping[str, float]]) -> Path:
    lines = [f"{query} 0 {item} {gain}" for query, items in judged.items() for item, gain in items.items()]
    file.write_text("\n".join(lines) + "\n")
    return file
