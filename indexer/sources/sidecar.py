"""JSON sidecars (BIDS, dcm2niix) as header text under DICOM keywords: seconds become milliseconds."""

import json
from collections.abc import Mapping
from pathlib import Path

from indexer.header.keywords import SECONDS_IN_SIDECARS
from indexer.sources.dicom_tags import DESCRIPTIVE

_RENAMED = {
    "ManufacturersModelName": "ManufacturerModelName",
    "BodyPart": "BodyPartExamined",
    "EchoNumber": "EchoNumbers",
    "NumberOfVolumes": "NumberOfTemporalPositions",
    "PulseSequenceType": "PulseSequenceName",
    "ImageOrientationPatientDICOM": "ImageOrientationPatient",
    "RepetitionTimeExcitation": "RepetitionTime",
    "RepetitionTimePreparation": "RepetitionTime",
}
_LARGEST_BYTES = 4 * 1024 * 1024  # a sidecar is a few kB; a JSON file beyond this is something else


def read_sidecar(path: Path) -> dict[str, object]:
    """The JSON object in a file; empty where it is none, for a broken sidecar must not cost the series."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return {}
        content = json.loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def sidecar_tags(sidecar: Mapping[str, object]) -> dict[str, str]:
    r"""Header text from a sidecar. Only keywords that describe the scan pass; identifying ones never do.

    >>> sidecar_tags({"EchoTime": 0.00293, "PatientName": "x", "ImageType": ["ORIGINAL", "M"]})
    {'EchoTime': '2.93', 'ImageType': 'ORIGINAL\\M'}
    """
    tags: dict[str, str] = {}
    for name, value in sidecar.items():
        keyword = _RENAMED.get(name, name)
        text = _text(value, 1000.0 if keyword in SECONDS_IN_SIDECARS else 1.0)
        if keyword in DESCRIPTIVE and text and (name == keyword or keyword not in tags):
            tags[keyword] = text
    return tags


def b_values(path: Path) -> str:
    """The different b-values of a .bval file (s/mm2, one a volume), ascending; of more than twelve the two ends."""
    try:
        values = sorted({round(float(word)) for word in path.read_text(encoding="ascii", errors="replace").split()})
    except (OSError, ValueError, OverflowError):
        return ""
    shown = values if len(values) <= 12 else [values[0], values[-1]]
    return "\\".join(str(value) for value in shown)


def _text(value: object, factor: float) -> str:
    if isinstance(value, list):
        return "\\".join(text for part in value if (text := _text(part, factor)))
    if isinstance(value, bool):
        return "YES" if value else "NO"
    if isinstance(value, int | float):
        return f"{round(value * factor, 6):.10g}"
    return value.strip() if isinstance(value, str) else ""
