"""The real NIfTI series of ../shared/data with what the manifest says they are."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from volumes.volume import Volume


def load_kinds(data: Path, prepare: Callable[[Volume], np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Prepared arrays, "anatomy/sequence" and subject of every series that is one NIfTI file."""
    from volumes.load import load_path

    prepared, kinds, subjects = [], [], []
    with (data / "manifest.csv").open() as stream:
        for row in csv.DictReader(stream):
            if not row["path"].endswith((".nii", ".nii.gz")):
                continue
            prepared.append(prepare(load_path(data / row["path"]).chosen))
            kinds.append(f"{row['anatomy']}/{row['sequence']}")
            subjects.append(row["subject_id"] or row["series_id"])
    return np.stack(prepared), np.array(kinds), np.array(subjects)
