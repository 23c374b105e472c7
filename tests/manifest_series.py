"""The real series of ../shared/data with their normalised headers beside what the manifest says of them.

The manifest is for measuring only. Headers come from the inventory (headers, sidecars, folder and file names) and from
the geometry of the series' box, which the manifest states and the volumes confirm (tests of `volumes`).
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from indexer.header.card import card_text
from indexer.header.normalise import normalise_header
from indexer.records import FoundSeries, Geometry, SeriesHeader
from indexer.sources.inventory import take_inventory

_PLANES = {"axial": 2, "coronal": 1, "sagittal": 0}
_RAS_AXIS = {"R": 0, "L": 0, "A": 1, "P": 1, "S": 2, "I": 2}


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
    names = sorted(file.name for file in (root / row["path"]).iterdir()) if path.endswith("/") else [""]
    found = next(found_by_file[path + name] for name in names if path + name in found_by_file)
    header = normalise_header(found, {}, manifest_geometry(row))
    return ManifestSeries(row["series_id"], row, header, card_text(header))


def manifest_geometry(row: dict[str, str]) -> Geometry:
    """The geometry of a row's box along X, Y, Z; DICOM rows list columns, rows and slices in the acquired plane."""
    shape = [int(part) for part in row["shape"].split()[0].split("x")]
    spacing = [float(part) for part in row["spacing_mm"].split("x")]
    plane = row["plane"].split()[0]
    plane = {"3D": "3d", "multi-plane": "axial"}.get(plane, plane)
    axes = [_RAS_AXIS[letter] for letter in row["orientation"]] or _acquired_axes(plane)
    ordered = sorted(zip(axes, shape[:3], spacing[:3], strict=True))
    slice_axis = _PLANES.get(plane, 2)
    return Geometry(
        shape=tuple(count for _, count, _ in ordered),  # type: ignore[arg-type]
        spacing_mm=tuple(step for *_, step in ordered),  # type: ignore[arg-type]
        plane=plane,
        oblique_deg=0.0,
        slices=ordered[slice_axis][1],
        slice_spacing_mm=ordered[slice_axis][2],
        in_plane_mm=max(step for axis, _, step in ordered if axis != slice_axis),
        volumes=3 if row["plane"].startswith("multi-plane") else 1,
    )


def _acquired_axes(plane: str) -> list[int]:
    slice_axis = _PLANES.get(plane, 2)
    return [*(axis for axis in range(3) if axis != slice_axis), slice_axis]
