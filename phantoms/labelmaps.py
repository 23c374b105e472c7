"""Label maps of real anatomy, read from a folder into tissue maps and kept as small files of bytes."""

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.atomic import write_bytes
from common.errors import VolumeError
from phantoms.anatomy import Region
from phantoms.completion import complete
from phantoms.spine_places import from_plain, to_plain
from phantoms.structures import Structures
from phantoms.tissue_map import TissueMap
from volumes.load import load_path

# Fine enough for what is scanned of the region, coarse enough to load many.
_SPACING_MM = {
    Region.BRAIN: 1.25,
    Region.KNEE: 0.7,
    Region.ABDOMEN: 1.6,
    Region.LUMBAR_SPINE: 1.4,
    Region.CERVICAL_SPINE: 1.1,
}
_VARIANTS = {  # people that one map stands for
    Region.BRAIN: 4,
    Region.KNEE: 3,
    Region.ABDOMEN: 3,
    Region.LUMBAR_SPINE: 3,
    Region.CERVICAL_SPINE: 3,
}
_REGIONS_OF = {
    "brain": (Region.BRAIN,),
    "knee": (Region.KNEE,),
    "abdomen": (Region.ABDOMEN, Region.LUMBAR_SPINE),
    "neck": (Region.CERVICAL_SPINE,),
}
# Organs tell that a source's voxels are larger than its header says. In the SPL abdomen, as its header has it, L1 to L5
# are 18 mm apart (36 are usual), L3 has 19 ml (55), kidneys 47 ml (150), the pelvis is 188 mm wide (270): these sizes
# come out right together when voxels are 1.35 times as wide and slices twice as far apart.
_TRUE_SIZE = {"abdomen": (1.35, 1.35, 1.95)}
_VERSION = "6"  # of the completion: raise it when a cached map would come out differently


@dataclass(frozen=True)
class AtlasLibrary:
    """The label maps in a folder: `<name>_labels.nii.gz` beside `<name>_labels.tsv` (columns label and name).

    The regions are told by a word of the file's name (brain, knee, abdomen, neck); files of other regions are not used.
    From one file come several maps, which differ in what the file leaves open, such as the thickness of fat.

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
            for word, regions in _REGIONS_OF.items():
                if word in path.name.lower():
                    for region in regions:
                        found[region] = (*found.get(region, ()), path)
        return found

    def number_of(self, region: Region) -> int:
        """How many tissue maps there are of a region."""
        return len(self.files.get(region, ())) * _VARIANTS.get(region, 1)

    def map_of(self, region: Region, number: int) -> TissueMap:
        """One finished tissue map of a region."""
        path_number, variant = divmod(number, _VARIANTS[region])
        return _load(self.files[region][path_number], region, variant, self.cache)


@lru_cache(maxsize=24)
def _load(path: Path, region: Region, variant: int, cache: Path | None) -> TissueMap:
    if cache is None:
        return _build(path, region, variant)
    state = path.stat()
    key = f"{path.name}-{state.st_size}-{state.st_mtime_ns}-{region}-{variant}-{_VERSION}"
    kept = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    if not kept.exists():
        _keep(_build(path, region, variant), kept)
    with np.load(kept) as arrays:
        x, y, z = (float(value) for value in arrays["origin_mm"])
        spine = json.loads(str(arrays["spine"]))
        return TissueMap(
            arrays["labels"],
            float(arrays["spacing_mm"]),
            (x, y, z),
            bool(arrays["lateral_right"]),
            None if spine is None else from_plain(spine),
        )


def _keep(tissue_map: TissueMap, path: Path) -> None:
    import io

    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        labels=tissue_map.labels,
        spacing_mm=tissue_map.spacing_mm,
        origin_mm=tissue_map.origin_mm,
        lateral_right=tissue_map.lateral_right,
        spine=json.dumps(tissue_map.spine and to_plain(tissue_map.spine)),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, buffer.getvalue())


def _build(path: Path, region: Region, variant: int) -> TissueMap:
    volume = load_path(path).chosen
    names = _names(path.with_name(path.name.replace(".nii.gz", ".tsv")))
    labels = np.clip(volume.voxels, 0, max(names) + 1).astype(np.uint16)
    scale = next((scale for word, scale in _TRUE_SIZE.items() if word in path.name.lower()), (1.0, 1.0, 1.0))
    x, y, z = (spacing * factor for spacing, factor in zip(volume.spacing_mm, scale, strict=True))
    grid, origin_mm = _resampled(labels, (x, y, z), _SPACING_MM[region])
    structures = Structures(grid, names)
    return complete(TissueMap(structures.tissues, _SPACING_MM[region], origin_mm), region, structures, variant)


def _names(path: Path) -> dict[int, str]:
    """The name of every label number.

    Raises:
        VolumeError: the name table is missing or lacks its columns.
    """
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            return {int(row["label"]): row["name"] for row in csv.DictReader(lines, delimiter="\t")}
    except (OSError, KeyError, ValueError) as error:
        raise VolumeError(
            f"The name table {path.name} of a label map could not be read: {error}.",
            remedy="Put a tab-separated table with the columns label and name beside the map.",
        ) from error


def _resampled(
    labels: NDArray[np.uint16], spacing_mm: tuple[float, float, float], wanted_mm: float
) -> tuple[NDArray[np.uint16], tuple[float, float, float]]:
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
    return padded[np.ix_(*axes)], (half[0], half[1], half[2])
