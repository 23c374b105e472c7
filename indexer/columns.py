"""The columns of `series.parquet` that a series' header and voxels decide, from its normalised header."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from indexer.decode import Reading, plain
from indexer.records import Derived, FoundSeries, SeriesHeader

_BIDS = ("ses", "task", "acq", "run", "suffix")


def header_columns(found: FoundSeries, header: SeriesHeader, reading: Reading) -> dict[str, Any]:
    """Column name to value, in types that JSON holds; None where nothing is known."""
    columns = _header_values(header) | _shape_values(reading)
    columns |= {f"bids_{name}": found.entities.get(name) or None for name in _BIDS}
    columns["patient_known"] = bool(found.patient_key)
    columns["defects"] = json.dumps(list(reading.defects), sort_keys=True)
    columns["evidence"] = json.dumps(plain(_evidence(header)), sort_keys=True, ensure_ascii=False)
    return {name: plain(value) for name, value in columns.items()}


def _header_values(header: SeriesHeader) -> dict[str, Any]:
    """Every field of the header but its geometry, derived ones by their value, empty text as None."""
    values = {}
    for field in fields(header):
        value = getattr(header, field.name)
        value = value.value if isinstance(value, Derived) else value
        values[field.name] = None if value == "" else value
    del values["geometry"]
    return values


def _shape_values(reading: Reading) -> dict[str, Any]:
    geometry = reading.geometry
    return {
        "spacing_x_mm": geometry.spacing_mm[0],
        "spacing_y_mm": geometry.spacing_mm[1],
        "spacing_z_mm": geometry.spacing_mm[2],
        "slice_spacing_mm": geometry.slice_spacing_mm,
        "slices": geometry.slices,
        "volumes": geometry.volumes,
        "stack": reading.stack,
        "stacks": " ".join(stack for stack in reading.stacks if stack),
    }


def _evidence(header: SeriesHeader) -> Mapping[str, Mapping[str, object]]:
    """What decided each derived value."""
    derived = {field.name: getattr(header, field.name) for field in fields(header)}
    return {
        name: {"raw": value.raw, "rule": value.rule, "confidence": value.confidence}
        for name, value in derived.items()
        if isinstance(value, Derived) and value.rule
    }
