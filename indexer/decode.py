"""From a series' files to the small array that its image tower encodes: what a worker does, one series at a time.

The volume itself never leaves the worker. Everything that can go wrong with one series ends as a `FailedSeries` with
stage, reason and remedy; reasons are redacted: no path, no header text, and no words of errors that are not ours.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from common.errors import MrseekError
from indexer.content import array_hash, content_hash
from indexer.records import Geometry, Stage

if TYPE_CHECKING:
    from encoders.contract import Preparer
    from volumes.volume import SeriesVolumes, Volume

_ASK = "Look at the series with another viewer; if it opens there, please report it to mrseek's developers."


@dataclass(frozen=True, slots=True)
class DecodeTask:
    """One series to decode. `content_hash` is the content under which it is indexed already, "" for none."""

    ticket: int
    row_id: int
    root: str
    files: tuple[str, ...]
    entities: dict[str, str] = field(default_factory=dict)
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What decoding a content told beside its voxels, in types that JSON holds."""

    geometry: Geometry
    stack: str
    stacks: tuple[str, ...]
    policy: str
    reader: str
    defects: tuple[dict[str, str], ...]
    sidecar: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Plain types, as the catalog keeps them."""
        return asdict(self)


def reading_from_json(raw: Mapping[str, Any]) -> Reading:
    """The reading that `Reading.as_json` wrote."""
    geometry = dict(raw["geometry"])
    geometry["shape"], geometry["spacing_mm"] = tuple(geometry["shape"]), tuple(geometry["spacing_mm"])
    return Reading(
        geometry=Geometry(**geometry),
        stack=raw["stack"],
        stacks=tuple(raw["stacks"]),
        policy=raw["policy"],
        reader=raw["reader"],
        defects=tuple(raw["defects"]),
        sidecar=raw["sidecar"],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A series ready to be encoded."""

    ticket: int
    row_id: int
    content_hash: str
    image_hash: str
    reading: Reading
    prepared: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Untouched:
    """A series whose files have other times or places, and the content that is indexed already."""

    ticket: int


@dataclass(frozen=True, slots=True)
class FailedSeries:
    """A series that failed."""

    ticket: int
    stage: Stage
    error_class: str
    reason: str
    remedy: str


Result = Decoded | Untouched | FailedSeries


def decode(task: DecodeTask, prepare: "Preparer") -> Result:  # noqa: PLR0911 - one return for each way to fail
    """Reads, hashes, decodes and prepares one series; never raises for what is wrong with it."""
    stage = Stage.DECODE
    try:
        files = [Path(task.root, name) for name in task.files]
        content = content_hash(files)
        if content == task.content_hash:
            return Untouched(task.ticket)
        series = _load(files, task.entities)
        reading = reading_of(series)
        stage = Stage.PREPARE
        prepared = np.ascontiguousarray(prepare(series.chosen), dtype=np.float32)
        if not np.isfinite(prepared).all():
            raise MrseekError("The prepared volume has values that are not finite.", remedy=_ASK)
        return Decoded(task.ticket, task.row_id, content, array_hash(prepared), reading, prepared)
    except MrseekError as error:
        reason, remedy = _without_paths(error.message, task), _without_paths(error.remedy, task)
        return FailedSeries(task.ticket, stage, type(error).__name__, reason, remedy or _ASK)
    except FileNotFoundError:
        remedy = "Run `mrseek index` again: it looks at the archive as it is then."
        return FailedSeries(task.ticket, stage, "FileNotFoundError", "A file was gone when it was to be read.", remedy)
    except PermissionError:
        remedy = "Give yourself the right to read it, and run `mrseek retry`."
        return FailedSeries(task.ticket, stage, "PermissionError", "A file may not be read.", remedy)
    except MemoryError:
        remedy = "Run `mrseek retry` with fewer workers, or on a machine with more memory."
        return FailedSeries(task.ticket, stage, "MemoryError", "The memory did not suffice for this series.", remedy)
    except Exception as error:  # noqa: BLE001 - one series never stops a run, whatever its decoder raises
        name = type(error).__name__
        return FailedSeries(task.ticket, stage, name, f"An unexpected {name} came up.", _ASK)


def reading_of(series: "SeriesVolumes") -> Reading:
    """What a series' volumes tell beside their voxels."""
    return Reading(
        geometry=recorded_geometry(series.chosen, len(series.volumes)),
        stack=series.chosen.stack,
        stacks=tuple(volume.stack for volume in series.volumes),
        policy=series.policy,
        reader=series.reader,
        defects=tuple(
            {"code": defect.code, "severity": defect.severity.value, "message": defect.message}
            for defect in series.defects
        ),
        sidecar=plain(dict(series.sidecar)),
    )


def plain(value: Any) -> Any:
    """The same in types that JSON and PostgreSQL hold: no NumPy, no NaN, no NUL characters."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return str(value).replace("\0", "")


def _load(files: list[Path], entities: Mapping[str, str]) -> "SeriesVolumes":
    from volumes.load import load_series

    return load_series(files, entities=entities)


def recorded_geometry(volume: "Volume", volumes: int) -> Geometry:
    """What a header keeps of a volume's grid, of a series of so many volumes."""
    from volumes.geometry import geometry_of

    plane = geometry_of(volume)
    x, y, z = volume.voxels.shape
    return Geometry(
        shape=(x, y, z),
        spacing_mm=volume.spacing_mm,
        plane=str(plane.plane),
        oblique_deg=float(plane.oblique_deg),
        slices=int(plane.slices),
        slice_spacing_mm=float(plane.slice_spacing_mm),
        in_plane_mm=float(plane.in_plane_mm),
        volumes=volumes,
    )


def _without_paths(text: str, task: DecodeTask) -> str:
    """Folder and file names often hold patients' names; the ledger names the series on its own."""
    for name in task.files:
        text = text.replace(str(Path(task.root, name)), "the file")
    text = text.replace(task.root, "the archive")
    for name in task.files:
        text = text.replace(name, "the file").replace(name.rpartition("/")[2], "the file")
    return text
