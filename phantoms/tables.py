"""The tables of an archive: reports as a hospital would export them, the truth about every series and finding."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from common.atomic import write_text
from phantoms.scene import Acquisition, Measured
from phantoms.study import Patient, Series, Study

REPORT_FIELDS = ("report_id", "patient_id", "study_uid", "accession", "path", "date", "text")
TRUTH_FIELDS = (
    "series_uid",
    "study_uid",
    "patient_id",
    "path",
    "series_number",
    "series_description",
    "region",
    "laterality",
    "sequence",
    "sequence_kind",
    "plane",
    "acquisition_type",
    "contrast_agent",
    "fat_saturated",
    "b_value",
    "manufacturer",
    "model",
    "field_strength_t",
    "tr_ms",
    "te_ms",
    "ti_ms",
    "flip_angle_deg",
    "matrix",
    "fov_mm",
    "in_plane_mm",
    "slices",
    "thickness_mm",
    "slice_pitch_mm",
    "centre_mm",
    "tilt_deg",
    "age_years",
    "sex",
    "date",
    "visit",
    "anatomy_seed",
    "findings",
)
FINDING_FIELDS = (
    "study_uid",
    "patient_id",
    "region",
    "finding",
    "stage",
    "side",
    "place",
    "size_mm",
    "count",
    "measured_size_mm",
    "measured_volume_ml",
    "measured_count",
    "x_mm",
    "y_mm",
    "z_mm",
)

Row = Mapping[str, object]


def report_row(patient: Patient, study: Study, path: str, text: str) -> Row:
    """One row of reports.csv; `path` is the study's folder in the archive."""
    return {
        "report_id": f"R-{study.accession}",
        "patient_id": patient.patient_id,
        "study_uid": study.uid,
        "accession": study.accession,
        "path": path,
        "date": study.date.isoformat(),
        "text": text,
    }


def truth_row(patient: Patient, study: Study, series: Series, path: str) -> Row:
    """One row of truth.csv; `path` is the series' file or folder in the archive."""
    return {
        "series_uid": series.uid,
        "study_uid": study.uid,
        "patient_id": patient.patient_id,
        "path": path,
        "series_number": series.number,
        "series_description": series.description,
        "manufacturer": study.scanner.vendor.value,
        "model": study.scanner.model,
        **_what_is_shown(study, series),
        **_settings(series.acquisition),
        "age_years": study.subject.age_years,
        "sex": patient.sex,
        "date": study.date.isoformat(),
        "visit": study.number,
        "anatomy_seed": study.subject.seed,
        "findings": "; ".join(finding.kind.value for finding in study.findings),
    }


def _what_is_shown(study: Study, series: Series) -> Row:
    return {
        "region": study.region.value,
        "laterality": study.laterality,
        "sequence": series.sequence.weighting.value,
        "sequence_kind": series.acquisition.sequence.value,
        "plane": series.acquisition.plane.value,
        "acquisition_type": "3D" if series.sequence.volumetric else "2D",
        "contrast_agent": series.contrast_agent,
        "fat_saturated": int(series.acquisition.fat_saturated),
        "slice_pitch_mm": series.pitch_mm,
    }


def _settings(acquisition: Acquisition) -> Row:
    """The scanner's settings; what a sequence has not stays empty."""
    return {
        "b_value": f"{acquisition.b_value:g}" if acquisition.b_value else "",
        "field_strength_t": acquisition.field_strength_t,
        "tr_ms": acquisition.tr_ms,
        "te_ms": acquisition.te_ms,
        "ti_ms": acquisition.ti_ms or "",
        "flip_angle_deg": acquisition.flip_angle_deg,
        "matrix": "x".join(map(str, acquisition.matrix)),
        "fov_mm": round(max(acquisition.matrix) * acquisition.in_plane_mm, 2),
        "in_plane_mm": acquisition.in_plane_mm,
        "slices": acquisition.slices,
        "thickness_mm": acquisition.thickness_mm,
        "centre_mm": " ".join(f"{value:g}" for value in acquisition.centre_mm),
        "tilt_deg": " ".join(f"{value:g}" for value in acquisition.tilt_deg),
    }


def finding_row(patient: Patient, study: Study, measured: Measured) -> Row:
    """One row of findings.csv: as it was asked for, and as it lies in the patient."""
    finding = measured.finding
    x_mm, y_mm, z_mm = (round(value, 2) for value in measured.centre_mm)
    return {
        "study_uid": study.uid,
        "patient_id": patient.patient_id,
        "region": study.region.value,
        "finding": finding.kind.value,
        "stage": finding.stage,
        "side": finding.side.value,
        "place": finding.place,
        "size_mm": finding.size_mm,
        "count": finding.count,
        "measured_size_mm": round(measured.size_mm, 2),
        "measured_volume_ml": round(measured.volume_ml, 4),
        "measured_count": measured.lesions,
        "x_mm": x_mm,
        "y_mm": y_mm,
        "z_mm": z_mm,
    }


def write_table(path: Path, fields: Sequence[str], rows: Iterable[Row], *, delimiter: str = ",") -> None:
    """Writes rows under a header line, quoted where needed, with line feeds on every system."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fields, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, buffer.getvalue())
