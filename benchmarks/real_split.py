"""Which real series may be trained on, and which only judge: `real_split.csv`, decided before any training.

By repository, so that a site is on one side; where a repository is on both, by patient. A patient is the manifest's
subject, in whatever repository it appears (`crlab` is in two); where no subject is said, series that plainly belong to
one acquisition or folder count as one patient, any other as its own: too few patients widen an interval, too many
flatter it. Known exceptions to parted sites, all parted by patient:

- DIAGNijmegen/picai_prep: ProstateX-0218 (another scanner, TrioTim) is tested on, -0000 and -0001 (Skyra) are not;
- same publishers on both sides, whose scanners may or may not be the same: spinalcordtoolbox (testing data, tutorial
  data) and neurolabusc (dcm_qa*, VolumeRenderingData).

`clearswi_mag` is trained on although its repository is its own: it is a crop of `mrt_mag`, voxel for voxel.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SPLIT_FILE = Path(__file__).with_name("real_split.csv")


class Side(StrEnum):
    """What a series may be used for."""

    TRAIN = "train"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class RealSeries:
    """One real series: the manifest's row, whose it is, and its side."""

    series_id: str
    patient: str
    side: Side
    manifest: dict[str, str]


def split_rows(path: Path = SPLIT_FILE) -> list[dict[str, str]]:
    """The rows of the split: series_id, patient, side."""
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def real_series(data: Path, split: Path = SPLIT_FILE) -> tuple[RealSeries, ...]:
    """Every series of the manifest in `data`, in its order, with its side.

    Raises:
        KeyError: a series of the manifest is in no side.
    """
    sides = {row["series_id"]: row for row in split_rows(split)}
    with (data / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(
        RealSeries(row["series_id"], sides[row["series_id"]]["patient"], Side(sides[row["series_id"]]["side"]), row)
        for row in rows
    )
