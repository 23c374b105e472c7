"""Small archives for the tests of indexing, and comparing what came out of them."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import nibabel as nib
import numpy as np
import pyarrow.parquet as pq

from indexer.layout import REPORTS_FILE, SERIES_FILE
from indexer.open import open_snapshot
from indexer.records import Channel

NAMES = ("T1w", "FLAIR", "dwi")


def write_scan(path: Path, seed: int) -> None:
    """A little NIfTI file that is the same for the same seed, byte for byte, with a time of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    voxels = rng.normal(100, 20, (12, 12, 6)).astype(np.float32)
    path.write_bytes(nib.Nifti1Image(voxels, np.diag([2.0, 2.0, 4.0, 1.0])).to_bytes())
    os.utime(path, (1_700_000_000 + seed, 1_700_000_000 + seed))


def write_archive(root: Path, cases: int = 4) -> Path:
    """`cases` folders of three scans each."""
    for case in range(cases):
        for number, name in enumerate(NAMES):
            write_scan(root / f"case{case}" / f"{name}.nii", 10 * case + number)
    return root


def write_reports(path: Path, cases: int = 4, *, extra: str = "") -> Path:
    """A report for each case, and one for a case that is not there."""
    lines = ["report_id,path,report"]
    lines += [
        f'r{case},case{case},"FINDINGS: Finding number {case}. IMPRESSION: Normal.{extra}"' for case in range(cases)
    ]
    lines.append('stray,case99,"FINDINGS: A secret that belongs nowhere."')
    path.write_text("\n".join(lines) + "\n")
    return path


def copy_of(made: Path, place: Path) -> tuple[Path, Path]:
    """The folders "archive" and "collection" of `made`, copied for a test to change, and the catalog told of it."""
    shutil.copytree(made, place, dirs_exist_ok=True)
    with closing(sqlite3.connect(place / "collection" / "catalog.db")) as connection, connection:
        connection.execute("UPDATE sources SET root = ?", (str(place / "archive"),))
        connection.execute("UPDATE report_files SET path = ?", (str(place / "reports.csv"),))
    return place / "archive", place / "collection"


@dataclass(frozen=True)
class Content:
    """All that a snapshot says: rows of both tables, and vectors by channel and row id."""

    series: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    vectors: dict[str, dict[int, bytes]]
    counts: Any


def content_of(collection: Path) -> Content:
    """Everything in the snapshot in force, after checking it."""
    folder, manifest = open_snapshot(collection)
    return Content(
        series=pq.read_table(folder / SERIES_FILE).to_pylist(),
        reports=pq.read_table(folder / REPORTS_FILE).to_pylist(),
        vectors={name: vectors_of(folder / entry.file) for name, entry in manifest.channels.items()},
        counts=manifest.counts,
    )


def vectors_of(path: Path) -> dict[int, bytes]:
    """Row id to the bytes of its vector, through FAISS itself."""
    index = faiss.read_index(str(path))
    ids = faiss.vector_to_array(index.id_map)
    flat = faiss.downcast_index(index.index)
    return {int(row): flat.reconstruct(place).tobytes() for place, row in enumerate(ids)}


def paths_of(content: Content) -> dict[str, str]:
    """Path to series id."""
    return {row["path"]: row["series_id"] for row in content.series}


def image_vectors(content: Content) -> dict[str, bytes]:
    """Path to the image vector."""
    vectors = content.vectors[Channel.IMAGE.value]
    return {row["path"]: vectors[row["row_id"]] for row in content.series}
