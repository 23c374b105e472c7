"""Label maps of real anatomy, read from a folder into tissue maps and kept as small files of bytes."""

import csv
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from common.atomic import write_bytes
from common.errors import VolumeError
from phantoms.anatomy import Region
from phantoms.completion import complete
from phantoms.label_names import tissue_of
from phantoms.tissue_map import Labels, TissueMap
from phantoms.tissues import Tissue
from volumes.load import load_path

# Fine enough for what is scanned of the region, coarse enough to load many.
_SPACING_MM = {Region.BRAIN: 1.25, Region.KNEE: 0.7, Region.ABDOMEN: 1.6}
_REGION_WORDS = {"brain": Region.BRAIN, "knee": Region.KNEE, "abdomen": Region.ABDOMEN}
# Organs tell that a source's voxels are larger than its header says: kidneys of 47 ml, L3 of 19 ml (150 and 55 ml are
# usual) in the SPL abdomen, whose 256 pixels at 360 mm, a usual field of view in CT, would be 1.5 times as wide.
_TRUE_SIZE = {Region.ABDOMEN: 1.5}
_VERSION = "4"  # of the completion: raise it when a cached map would come out differently


@dataclass(frozen=True)
class AtlasLibrary:
    """The label maps in a folder: `<name>_labels.nii.gz` beside `<name>_labels.tsv` (columns label and name).

    The region is told by a word of the file's name (brain, knee, abdomen); files of other regions are not used.

    Attributes:
        folder: where the maps lie.
        cache: where finished tissue maps are kept as bytes; None keeps them in memory only.
    """

    folder: Path
    cache: Path | None = None

    @cached_property
    def files(self) -> dict[Region, tuple[Path, ...]]:
        """The usable maps of each region, by name."""
        found: dict[Region, tuple[Path, ...]] = {}
        for path in sorted(self.folder.glob("*_labels.nii.gz")):
            for word, region in _REGION_WORDS.items():
                if word in path.name.lower():
                    found[region] = (*found.get(region, ()), path)
        return found

    def maps_of(self, region: Region) -> tuple[TissueMap, ...]:
        """The finished tissue maps of a region, none where the folder has no map of it."""
        return tuple(_load(path, region, self.cache) for path in self.files.get(region, ()))


@lru_cache(maxsize=8)
def _load(path: Path, region: Region, cache: Path | None) -> TissueMap:
    if cache is None:
        return _build(path, region)
    state = path.stat()
    key = f"{path.name}-{state.st_size}-{state.st_mtime_ns}-{_VERSION}"
    kept = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    if not kept.exists():
        _keep(_build(path, region), kept)
    with np.load(kept) as arrays:
        x, y, z = (float(value) for value in arrays["origin_mm"])
        return TissueMap(arrays["labels"], float(arrays["spacing_mm"]), (x, y, z), bool(arrays["lateral_right"]))


def _keep(tissue_map: TissueMap, path: Path) -> None:
    import io

    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        labels=tissue_map.labels,
        spacing_mm=tissue_map.spacing_mm,
        origin_mm=tissue_map.origin_mm,
        lateral_right=tissue_map.lateral_right,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, buffer.getvalue())


def _build(path: Path, region: Region) -> TissueMap:
    volume = load_path(path).chosen
    table = _tissue_table(path.with_name(path.name.replace(".nii.gz", ".tsv")))
    labels = table[np.clip(volume.voxels, 0, len(table) - 1).astype(np.int32)]
    x, y, z = (spacing * _TRUE_SIZE.get(region, 1.0) for spacing in volume.spacing_mm)
    return complete(_resampled(labels, (x, y, z), _SPACING_MM[region]), region)


def _tissue_table(path: Path) -> Labels:
    """The tissue of every label number; structures without a known name are left for completion, as air.

    Raises:
        VolumeError: the name table is missing or lacks its columns.
    """
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = [(int(row["label"]), row["name"]) for row in csv.DictReader(lines, delimiter="\t")]
    except (OSError, KeyError, ValueError) as error:
        raise VolumeError(
            f"The name table {path.name} of a label map could not be read: {error}.",
            remedy="Put a tab-separated table with the columns label and name beside the map.",
        ) from error
    table = np.zeros(max(label for label, _ in rows) + 2, dtype=np.uint8)
    for label, name in rows:
        table[label] = tissue_of(name) or Tissue.AIR
    return table


def _resampled(labels: Labels, spacing_mm: tuple[float, float, float], wanted_mm: float) -> TissueMap:
    """Nearest neighbours on an isotropic grid around what is labelled, with a margin for what completion adds."""
    occupied = np.argwhere(labels > 0)
    margin_mm = 46.0
    spacing = np.array(spacing_mm)
    low_mm, high_mm = occupied.min(0) * spacing - margin_mm, occupied.max(0) * spacing + margin_mm
    if (labels[:, :, :3] > 0).any():  # cut through the body: no margin beyond the cut
        low_mm[2], high_mm[2] = occupied.min(0)[2] * spacing[2], occupied.max(0)[2] * spacing[2]
    axes = []
    for axis in range(3):
        index = np.rint(np.arange(low_mm[axis], high_mm[axis], wanted_mm) / spacing[axis]).astype(int)
        axes.append(np.where((index < 0) | (index >= labels.shape[axis]), -1, index))
    padded = np.pad(labels, [(0, 1)] * 3)  # index -1 reads the air behind the last voxel
    half = [-(len(index) - 1) / 2 * wanted_mm for index in axes]
    return TissueMap(padded[np.ix_(*axes)], wanted_mm, (half[0], half[1], half[2]))
