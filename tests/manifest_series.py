"""The real series of ../shared/data with their normalised headers beside what the manifest says of them.

The manifest is for measuring only. Headers come from the inventory (headers, sidecars, folder and file names) and from
the geometry of the series' representative volume.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.header.card import card_text
from indexer.header.normalise import normalise_header
from indexer.records import FoundSeries, Geometry, SeriesHeader
from indexer.sources.inventory import take_inventory
from volumes.geometry import geometry_of
from volumes.load import load_series


@dataclass(frozen=True, slots=True)
class ManifestSeries:
    """One series: what the manifest says, and what header normalisation made of it."""

    series_id: str
    manifest: dict[str, str]
    header: SeriesHeader
    card: str


@lru_cache(maxsize=2)
def manifest_series(root: Path) -> tuple[ManifestSeries, ...]:
    """Every series that the manifest lists, in its order; two of its rows are echoes of one series, with one header."""
    found_by_file = {stat.path: found for found in take_inventory(root / "series").series for stat in found.files}
    with (root / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(_series(row, root, found_by_file) for row in rows)


def _series(row: dict[str, str], root: Path, found_by_file: dict[str, FoundSeries]) -> ManifestSeries:
    path = row["path"].removeprefix("series/")
    folder = root / row["path"]
    files = sorted(folder.iterdir()) if path.endswith("/") else [folder]
    found = next(
        found_by_file[name] for file in files if (name := str(file.relative_to(root / "series"))) in found_by_file
    )
    header = normalise_header(found, {}, real_geometry(files))
    return ManifestSeries(row["series_id"], row, header, card_text(header))


def real_geometry(files: list[Path]) -> Geometry:
    """The geometry of a series' representative volume, read from its files."""
    loaded = load_series(files)
    volume = loaded.volumes[loaded.representative]
    plane = geometry_of(volume)
    x, y, z = volume.voxels.shape
    return Geometry(
        shape=(x, y, z),
        spacing_mm=volume.spacing_mm,
        plane=plane.plane,
        oblique_deg=plane.oblique_deg,
        slices=plane.slices,
        slice_spacing_mm=plane.slice_spacing_mm,
        in_plane_mm=plane.in_plane_mm,
        volumes=len(loaded.volumes),
    )
