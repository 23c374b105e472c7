"""The columns of a snapshot's two tables: the names that filters, answers and exports use. Data only, no Arrow at
import.

`series.parquet` has one row a series, sorted by series_id; `reports.parquet` one row a passage, sorted by report_id
and ordinal. A `row_id` is a positive 63-bit number taken from the sha256 of what the row stands for (`row_id_of`):
stable over runs, the same in the FAISS file of each channel, never a position. Beside these columns stand those that
the user's table brings (`x_...` where a name clashes).
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """Types that Parquet, DuckDB and JSON agree on."""

    TEXT = "string"
    REAL = "double"
    WHOLE = "int64"
    FLAG = "bool"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, its type, what it says, and whether answers and exports show it unasked."""

    name: str
    type: ColumnType
    help: str
    shown: bool = True


def _text(name: str, meaning: str, shown: bool = True) -> Column:
    return Column(name, ColumnType.TEXT, meaning, shown)


def _real(name: str, meaning: str, shown: bool = True) -> Column:
    return Column(name, ColumnType.REAL, meaning, shown)


def _whole(name: str, meaning: str, shown: bool = True) -> Column:
    return Column(name, ColumnType.WHOLE, meaning, shown)


def _flag(name: str, meaning: str, shown: bool = True) -> Column:
    return Column(name, ColumnType.FLAG, meaning, shown)


SERIES_COLUMNS: tuple[Column, ...] = (
    _whole("row_id", "63-bit identity of the row", shown=False),
    _text("series_id", "pseudonym of the series"),
    _text("study_id", "pseudonym of the study"),
    _text("patient_id", "pseudonym of the patient"),
    _flag("patient_known", "the archive says whose it is; where it does not, the study's folder stands in"),
    _text("source", "name of the source that it was found in"),
    _text("path", "path relative to the source's root: the file, or the folder of a DICOM series"),
    _text("format", "dicom, bids or nifti"),
    _text("content_hash", "sha256 over the series' files", shown=False),
    _text("card", "one line of plain words made from the header"),
    _text("modality", "MR"),
    _text("sequence", "T1, T2, FLAIR, PD, DWI, ADC, ..."),
    _text("plane", "axial, coronal, sagittal, 3d, multi"),
    _text("region", "normalised anatomy: brain, spine, prostate, knee, ..."),
    _text("body_part", "BodyPartExamined as the header states it"),
    _text("role", "anatomical, functional, diffusion, perfusion, fieldmap, localizer, derived, map"),
    _flag("contrast", "contrast agent given"),
    _flag("fat_sat", "fat saturated"),
    _text("side", "left or right"),
    _real("age_years", "age at the scan; 90 stands for 90 and above"),
    _text("sex", "F, M, O"),
    _text("study_date", "ISO date of the study; a filter may use it, answers do not show it unasked", shown=False),
    _text("manufacturer", "Siemens, GE, Philips, Canon, Hitachi, UIH, ..."),
    _text("model", "scanner model"),
    _real("field_strength_t", "field strength, tesla"),
    _real("tr_ms", "repetition time"),
    _real("te_ms", "echo time"),
    _real("ti_ms", "inversion time"),
    _real("flip_angle_deg", "flip angle"),
    _real("b_value", "highest b-value, s/mm2"),
    _real("spacing_x_mm", "voxel spacing left-right"),
    _real("spacing_y_mm", "voxel spacing back-front"),
    _real("spacing_z_mm", "voxel spacing foot-head"),
    _real("slice_spacing_mm", "distance between slices"),
    _real("slice_thickness_mm", "thickness of a slice"),
    _whole("slices", "number of slices"),
    _whole("volumes", "how many volumes the series holds"),
    _text("stack", "which of its volumes stands for the series; empty for an only one"),
    _text("stacks", "all its volumes, separated by spaces"),
    _text("series_description", "as the header states it"),
    _text("protocol", "protocol name as the header states it"),
    _text("study_description", "as the header states it"),
    _text("site", "institution or site, where the source says"),
    _text("bids_ses", "BIDS session"),
    _text("bids_task", "BIDS task"),
    _text("bids_acq", "BIDS acquisition"),
    _text("bids_run", "BIDS run"),
    _text("bids_suffix", "BIDS suffix"),
    _text("defects", "header defects as JSON: code, severity, message", shown=False),
    _text("evidence", "what decided each derived column, as JSON: raw, rule, confidence", shown=False),
)

REPORT_COLUMNS: tuple[Column, ...] = (
    _whole("row_id", "63-bit identity of the row", shown=False),
    _text("report_id", "pseudonym of the report"),
    _text("study_id", "pseudonym of the study; empty where no study was found for it", shown=True),
    _text("patient_id", "pseudonym of the patient"),
    _text("section", "findings, impression, indication, ..."),
    _whole("ordinal", "place of the passage in its report, from 0"),
    _text("text", "the passage; never shown unasked", shown=False),
    _text("content_hash", "sha256 of the whole report's text, whitespace and case folded", shown=False),
    _whole("series", "number of indexed series in its study"),
)

# What no answer or export shows unless it is asked for: one list, so that all of them keep to it.
HIDDEN_SERIES_COLUMNS = frozenset(column.name for column in SERIES_COLUMNS if not column.shown)
HIDDEN_REPORT_COLUMNS = frozenset(column.name for column in REPORT_COLUMNS if not column.shown)


def row_id_of(*identity: str) -> int:
    """A positive 63-bit number for an identity: ("series", series_id), or ("passage", report_id, ordinal).

    >>> row_id_of("series", "ser-0") == row_id_of("series", "ser-0") > 0
    True
    """
    digest = hashlib.sha256("\x1f".join(identity).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
